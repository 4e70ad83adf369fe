#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace crawlhub::client {

using Json = nlohmann::ordered_json;

/// Where a crawler may go on after an interruption: what it reported last, given back with the job.
struct ResumeState {
  std::optional<std::string> last_entity_id = {};  ///< the last entity that is safely in the output
  std::optional<std::int64_t> current_page = {};
  std::optional<std::string> entity_type = {};
};

/// One job as the hub handed it out. Plain data: copy it freely.
struct Job {
  std::string id = {};
  std::string entity_type = {};  ///< project, commit, ... or areas: the discovery job
  std::string entity_id = {};    ///< the full path; for areas without a path the account's id
  std::string gitlab_url = {};   ///< where the entity lives
  std::string access_token = {};
  std::optional<ResumeState> resume_state = {};  ///< present where an earlier attempt reported one
  bool resumed = false;                          ///< the job ran before
  std::optional<std::uint64_t> lease = {};       ///< number of this hand-out, where leases were granted
};

inline Json to_json(const ResumeState& state) {
  Json json = Json::object();
  if (state.last_entity_id) json["lastEntityId"] = *state.last_entity_id;
  if (state.current_page) json["currentPage"] = *state.current_page;
  if (state.entity_type) json["entityType"] = *state.entity_type;
  return json;
}

namespace detail {

inline std::string text_of(const Json& object, const char* key) {
  const auto member = object.find(key);
  return member != object.end() && member->is_string() ? member->get<std::string>() : std::string();
}

inline std::optional<std::uint64_t> number_of(const Json& object, const char* key) {
  const auto member = object.find(key);
  if (member == object.end() || !member->is_number_unsigned()) return std::nullopt;
  return member->get<std::uint64_t>();
}

inline std::optional<ResumeState> resume_state_of(const Json& job) {
  const auto member = job.find("resumeState");
  if (member == job.end() || !member->is_object() || member->empty()) return std::nullopt;
  ResumeState state;
  if (auto id = text_of(*member, "lastEntityId"); !id.empty()) state.last_entity_id = std::move(id);
  if (auto type = text_of(*member, "entityType"); !type.empty()) state.entity_type = std::move(type);
  const auto page = member->find("currentPage");
  if (page != member->end() && page->is_number()) state.current_page = page->get<std::int64_t>();
  return state;
}

inline Job job_of_entry(const Json& entry) {
  Job job;
  job.id = text_of(entry, "id");
  job.entity_type = text_of(entry, "entityType");
  job.entity_id = text_of(entry, "entityId");
  job.gitlab_url = text_of(entry, "gitlabUrl");
  job.access_token = text_of(entry, "accessToken");
  job.resume_state = resume_state_of(entry);
  job.resumed = job.resume_state.has_value();
  job.lease = number_of(entry, "lease");
  return job;
}

inline std::string entity_type_of(std::string_view job_type) {
  if (job_type == "discover_namespaces") return "areas";
  if (job_type.starts_with("crawl_")) return std::string(job_type.substr(6));
  return std::string(job_type);
}

inline Job job_of_assignment(const Json& message, const Json& data) {
  Job job;
  job.id = text_of(data, "job_id");
  job.entity_type = entity_type_of(text_of(data, "job_type"));
  job.entity_id = text_of(data, "namespace_path");
  if (job.entity_id.empty()) job.entity_id = text_of(data, "entity_id");
  job.gitlab_url = text_of(data, "gitlab_host");
  job.access_token = text_of(data, "access_token");
  const auto resume = data.find("resume");
  job.resumed = resume != data.end() && resume->is_boolean() && resume->get<bool>();
  job.lease = number_of(data, "lease");
  if (!job.lease) job.lease = number_of(message, "lease");
  return job;
}

}  // namespace detail

/// The jobs in a `job_response` or a `job_assignment`; none for any other message. Entries without an id are
/// left out.
inline std::vector<Job> jobs_in(const Json& message) {
  std::vector<Job> jobs;
  const auto type = detail::text_of(message, "type");
  const auto data = message.find("data");
  if (data == message.end() || !data->is_object()) return jobs;
  if (type == "job_assignment") jobs.push_back(detail::job_of_assignment(message, *data));
  if (type == "job_response" && data->contains("jobs")) {
    for (const auto& entry : data->at("jobs")) {
      if (entry.is_object()) jobs.push_back(detail::job_of_entry(entry));
    }
  }
  std::erase_if(jobs, [](const Job& job) { return job.id.empty(); });
  return jobs;
}

}  // namespace crawlhub::client
