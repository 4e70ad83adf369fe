// Filling results, and the flat bodies they carry.
#pragma once

#include <cstring>
#include <string_view>
#include <vector>

#include <crawlhub/abi/storage.h>
#include <crawlhub/storage_model/account.hpp>
#include <crawlhub/storage_model/arena.hpp>
#include <crawlhub/storage_model/job.hpp>

namespace crawlhub::storage_model {

inline void set_ok(crawlhub_result& result, std::uint64_t number = 0) noexcept {
  result.status = CRAWLHUB_RESULT_OK;
  result.number = number;
}
inline void set_duplicate(crawlhub_result& result, crawlhub_str text = {nullptr, 0}) noexcept {
  result.status = CRAWLHUB_RESULT_DUPLICATE;
  result.text = text;
}
// text: lives as long as the result.
inline void set_refused(crawlhub_result& result, std::int32_t code, std::string_view text) noexcept {
  result.status = CRAWLHUB_RESULT_REFUSED;
  result.code = code;
  result.text = str(text);
}

// Writes jobs as crawlhub_job. Thread: one at a time.
class JobWriter {
 public:
  JobWriter(const Names& names, const Accounts& accounts) : names_(names), accounts_(accounts) {}

  // The size of the record, a multiple of 8.
  std::size_t measure(const Job& job, bool with_secrets) {
    collect(job, with_secrets);
    std::size_t size = sizeof(crawlhub_job);
    for (const Text& text : texts_) size += text.view.size();
    return (size + 7) & ~std::size_t{7};
  }
  // REQUIRES: measure(job, ..) came last; at has that size and is 8-byte aligned.
  void write(char* at, std::size_t size, const Job& job) const {
    crawlhub_job record{};
    record.struct_size = sizeof record;
    record.size = static_cast<std::uint32_t>(size);
    record.state = record.state_before = job.state;
    record.ran_before = job.started_ns != 0;
    record.attempts = job.attempts;
    record.priority = job.priority;
    record.lease = job.lease.number;
    record.connection = job.lease.held() ? job.lease.connection : 0;
    record.created_ns = job.created_ns;
    record.started_ns = job.started_ns;
    record.finished_ns = job.finished_ns;
    record.run_at_ns = job.run_at_ns;
    std::uint32_t offset = sizeof record;
    for (const Text& text : texts_) {
      const auto length = static_cast<std::uint32_t>(text.view.size());
      record.*text.field = length == 0 ? crawlhub_text{0, 0} : crawlhub_text{offset, length};
      if (length != 0) std::memcpy(at + offset, text.view.data(), length);
      offset += length;
    }
    std::memcpy(at, &record, sizeof record);
    std::memset(at + offset, 0, size - offset);
  }

 private:
  struct Text {
    crawlhub_text crawlhub_job::*field;
    std::string_view view;
  };

  void collect(const Job& job, bool with_secrets) {
    const auto found = accounts_.find(names_.text(job.account));
    const Account* account = found == accounts_.end() ? nullptr : &found->second;
    std::string_view url = names_.text(job.url);
    if (url.empty() && account != nullptr) url = account->url;
    std::string_view provider = names_.text(job.provider);
    if (provider.empty() && account != nullptr) provider = account->provider;
    texts_.clear();
    texts_.push_back({&crawlhub_job::id, job.id});
    texts_.push_back({&crawlhub_job::entity_type, names_.text(job.entity_type)});
    texts_.push_back({&crawlhub_job::entity_id, job.entity_id});
    texts_.push_back({&crawlhub_job::account, names_.text(job.account)});
    texts_.push_back({&crawlhub_job::provider, provider});
    texts_.push_back({&crawlhub_job::url, url});
    texts_.push_back({&crawlhub_job::resume_state, job.progress.resume_state});
    texts_.push_back({&crawlhub_job::root, job.root});
    texts_.push_back({&crawlhub_job::spawned_from, job.spawned_from});
    texts_.push_back({&crawlhub_job::gitlab_id, job.gitlab_id});
    texts_.push_back({&crawlhub_job::crawler, names_.text(job.lease.crawler)});
    if (!with_secrets || account == nullptr) return;
    texts_.push_back({&crawlhub_job::token, account->token});
    texts_.push_back({&crawlhub_job::account_data, account->data});
  }

  const Names& names_;
  const Accounts& accounts_;
  std::vector<Text> texts_;
};

}  // namespace crawlhub::storage_model
