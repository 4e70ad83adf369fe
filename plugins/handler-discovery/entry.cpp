#include "entry.hpp"

#include <limits>

#include <crawlhub/json_walk.hpp>

namespace crawlhub::discovery {
namespace {

struct Kind {
  std::string_view job_type, entity_type, area_type;
};

constexpr Kind kKinds[] = {{"crawl_project", "project", "project"},
                           {"crawl_group", "group", "group"},
                           {"crawl_user", "user", "group"},
                           {"discover_namespaces", "areas", "group"}};

Fault expected(std::string_view key, std::string_view what, Member member) {
  if (!member.present()) return join('.', key, ": expected ", what, ", but it is missing");
  const std::string_view value = member.raw().substr(0, 48);
  return join('.', key, ": expected ", what, ", got ", json_kind_name(member.kind()), ' ', value);
}

Fault read_kind(Member member, JobEntry& entry) {
  for (const Kind& kind : kKinds) {
    if (kind.job_type != entry.job_type) continue;
    entry.entity_type = kind.entity_type;
    entry.area_type = kind.area_type;
    return {};
  }
  return expected("job_type", "one of discover_namespaces, crawl_user, crawl_group, crawl_project", member);
}

Fault read_priority(Member member, JobEntry& entry) {
  entry.priority = 1;
  if (!member) return {};
  const auto number = member.integer();
  using Limits = std::numeric_limits<std::int32_t>;
  if (!number || *number < Limits::min() || *number > Limits::max()) {
    return expected("priority", "a whole number", member);
  }
  entry.priority = static_cast<std::int32_t>(*number);
  return {};
}

Fault read_size(Member member, JobEntry& entry) {
  entry.size = {};
  if (!member) return {};
  if (!member.is(CRAWLHUB_JSON_OBJECT)) return expected("estimated_size", "an object of numbers", member);
  for (JsonWalk walk(member.raw()); walk.next();) {
    if (walk.member().present() && !walk.member().is(CRAWLHUB_JSON_NUMBER)) {
      return expected(join("estimated_size.", walk.key()), "a number", walk.member());
    }
  }
  entry.size = member.raw();
  return {};
}

}  // namespace

Fault EntryReader::take_text(std::string_view key, std::string& scratch, std::string_view& out,
                             bool required) {
  const Member member = fields_.find(key);
  out = {};
  if (!member && !required) return {};
  if (member.is(CRAWLHUB_JSON_NUMBER)) {
    out = member.raw();
    return {};
  }
  const auto text = member.string(scratch);
  if (!text) return expected(key, "a string", member);
  if (text->empty() && required) return join('.', key, ": expected a string, got an empty one");
  out = *text;
  return {};
}

Fault EntryReader::read(Member json, JobEntry& entry) {
  if (!json.is(CRAWLHUB_JSON_OBJECT)) return join(": expected an object, got ", json_kind_name(json.kind()));
  fields_.read(json.raw());
  Fault fault = take_text("job_type", type_, entry.job_type);
  if (fault.empty()) fault = read_kind(fields_.find("job_type"), entry);
  if (fault.empty()) fault = take_text("entity_id", id_, entry.id);
  if (fault.empty()) fault = take_text("namespace_path", path_, entry.path);
  if (fault.empty()) fault = take_text("entity_name", name_, entry.name);
  if (fault.empty()) fault = read_priority(fields_.find("priority"), entry);
  if (fault.empty()) fault = read_size(fields_.find("estimated_size"), entry);
  return fault;
}

Fault EntryReader::read(Member json, EntityEntry& entry) {
  if (!json.is(CRAWLHUB_JSON_OBJECT)) return join(": expected an object, got ", json_kind_name(json.kind()));
  fields_.read(json.raw());
  Fault fault = take_text("id", id_, entry.id);
  if (fault.empty()) fault = take_text("name", name_, entry.name);
  if (fault.empty()) fault = take_text("path", path_, entry.path);
  if (fault.empty()) fault = take_text("parentId", parent_, entry.parent_id, false);
  return fault;
}

}  // namespace crawlhub::discovery
