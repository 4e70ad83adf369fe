// Adding jobs and handing them out.
#pragma once

#include <crawlhub/testing/storage_contract/driver.hpp>

namespace crawlhub::inline sdk::testing::claims {

inline std::string ids(const std::vector<ClaimedJob>& jobs) {
  std::string text;
  for (const ClaimedJob& job : jobs) (text += text.empty() ? "" : " ") += job.id;
  return text;
}

inline void highest_priority_first_then_oldest(StorageDriver& d) {
  d.account("acc");
  d.add("low", "issue", -5);
  d.add("old", "commit", 1);
  d.add("young", "issue", 1);
  d.add("high", "branch", 9);
  demand_same(ids(d.claim({}, 3)), "high old young", "the order of a claim");
  demand_same(ids(d.claim({}, 3)), "low", "what is left");
  demand_same(ids(d.claim({}, 3)), "", "when there is nothing");
}

inline void only_the_types_that_are_wanted(StorageDriver& d) {
  d.account("acc");
  d.add("a", "issue");
  d.add("b", "commit");
  d.add("c", "branch");
  demand_same(ids(d.claim({}, 5, "unknown\n")), "", "a type that no job has");
  demand_same(ids(d.claim({}, 5, "branch\nissue\n")), "a c", "two types");
  demand_same(ids(d.claim({}, 5)), "b", "all types");
}

inline void not_before_its_time(StorageDriver& d) {
  d.account("acc");
  d.adding("later", "issue", 100)->run_at_ns = d.now + 5 * StorageDriver::kSecond;
  d.commit();
  d.add("now");
  demand_same(ids(d.claim({}, 5)), "now", "before its time");
  d.now += 5 * StorageDriver::kSecond;
  demand_same(ids(d.claim({}, 5)), "later", "at its time");
}

inline void a_job_without_a_usable_account_is_blocked(StorageDriver& d) {
  d.add("job");
  d.claiming({}, 5);
  Told told = d.commit_one();
  demand_same(told.as<crawlhub_claimed>()->blocked, 1u, "blocked jobs without an account");
  const auto head = told.as<crawlhub_claimed>();
  demand_same(std::string(head.text(&crawlhub_claimed::blocked_job)), "job", "the blocked job's name");
  demand_same(d.status("job"), "queued", "it stays queued");
  d.account("acc", "", "https://git.example");
  demand_same(ids(d.claim({}, 5)), "", "an account without a token");
  d.account("acc", "secret", "");
  const auto jobs = d.claim({}, 5);
  demand_same(ids(jobs), "job", "an account with both");
  demand_same(jobs[0].token, "secret", "the claim carries the token");
  demand_same(jobs[0].url, "https://git.example", "and the account's URL");
}

inline void the_jobs_own_url_counts(StorageDriver& d) {
  d.account("acc", "secret", "");
  d.adding("job").text(&crawlhub_job_add::url, std::string_view("https://own.example"));
  d.commit();
  demand_same(d.claim({}).at(0).url, "https://own.example", "URL in the claim");
}

inline void a_removed_account_blocks(StorageDriver& d) {
  d.account("acc");
  d.add("job");
  d.ops().add(CRAWLHUB_OP_ACCOUNT_REMOVE, 0, "acc");
  demand_same(d.commit_one().status, CRAWLHUB_RESULT_OK, "removing an account");
  d.ops().add(CRAWLHUB_OP_ACCOUNT_REMOVE, 0, "acc");
  demand_same(d.commit_one().code, CRAWLHUB_E_UNKNOWN_ACCOUNT, "removing it again");
  demand_same(ids(d.claim({})), "", "its job");
  d.account("acc");
  demand_same(ids(d.claim({})), "job", "its job when it is back");
}

inline void a_new_token_wakes_jobs_whose_credential_expired(StorageDriver& d) {
  d.account("acc");
  d.add("job");
  d.claim({});
  d.event("job", CRAWLHUB_EVENT_TOKEN_REQUEST);
  d.command("job", CRAWLHUB_EVENT_TOKEN_EXPIRED);
  demand_same(d.status("job"), "credential_expired", "state after the refresh failed");
  d.account("acc", "newer");
  demand_same(d.status("job"), "queued", "state with a new token");
  demand_same(d.claim({}).at(0).token, "newer", "the token that is handed out");
}

inline void ids_and_keys_are_unique(StorageDriver& d) {
  d.account("acc");
  const auto add = [&](std::string_view id, std::string_view key, std::string_view parent = "") {
    d.adding(id).text(&crawlhub_job_add::unique_key, key).text(&crawlhub_job_add::spawned_from, parent);
    return d.commit_one();
  };
  demand_same(add("root-1", "key").status, CRAWLHUB_RESULT_OK, "a root");
  demand_same(add("root-2", "key").text, "root-1", "another root with its key: the text names the first");
  demand_same(add("root-1", "other").status, CRAWLHUB_RESULT_DUPLICATE, "the same id");
  add("root-3", "");
  demand_same(add("child-1", "key", "root-1").status, CRAWLHUB_RESULT_OK, "a child may have its root's key");
  demand_same(add("child-2", "key", "root-3").status, CRAWLHUB_RESULT_OK, "and a child of another root");
  demand_same(add("grandchild", "key", "child-1").text, "child-1", "but not two of one root");
  demand_same(add("orphan", "", "nothing").code, CRAWLHUB_E_UNKNOWN_JOB, "a parent that does not exist");
}

inline void children_inherit(StorageDriver& d) {
  d.account("acc");
  d.adding("root")
      .text(&crawlhub_job_add::url, std::string_view("https://own.example"))
      .text(&crawlhub_job_add::provider, std::string_view("gitlab"));
  d.commit();
  auto child = d.ops().add<crawlhub_job_add>(CRAWLHUB_OP_JOB_ADD, 0, "child");
  child->now_ns = d.now;
  child.text(&crawlhub_job_add::entity_type, std::string_view("commit"));
  child.text(&crawlhub_job_add::spawned_from, std::string_view("root"));
  child.text(&crawlhub_job_add::gitlab_id, std::string_view("42"));
  demand_same(d.commit_one().status, CRAWLHUB_RESULT_OK, "a child");
  const auto job = d.job("child");
  demand_same(job["account"], "acc", "account");
  demand_same(job["url"], "https://own.example", "URL");
  demand_same(job["provider"], "gitlab", "provider");
  demand_same(job["root"], "root", "root");
  demand_same(job["spawnedFrom"], "root", "parent");
  demand_same(job["gitlabId"], "42", "GitLab id");
}

inline void a_chain_goes_on_only_after_its_first(StorageDriver& d) {
  d.account("acc");
  d.add("job");
  d.eventing("job", CRAWLHUB_EVENT_DISCOVERED);  // nobody ever held it
  auto add = d.adding("chained");
  d.ops().add(CRAWLHUB_OP_ACCOUNT_REMOVE, CRAWLHUB_OP_CHAINED, "acc");
  const auto refused = d.commit(true);
  demand_same(refused.at(0).status, CRAWLHUB_RESULT_REFUSED, "the first");
  demand_same(refused.at(1).status, CRAWLHUB_RESULT_OK, "one that is not chained");
  demand_same(refused.at(2).status, CRAWLHUB_RESULT_SKIPPED, "one that is");
  d.claim({}, 1);
  d.eventing("job", CRAWLHUB_EVENT_DISCOVERED);
  d.ops().add(CRAWLHUB_OP_ACCOUNT_REMOVE, CRAWLHUB_OP_CHAINED, "acc");
  const auto accepted = d.commit(true);
  demand_same(accepted.at(1).status, CRAWLHUB_RESULT_OK, "one chained to an accepted first");
  static_cast<void>(add);
}

inline void a_refusal_spoils_no_neighbour(StorageDriver& d) {
  d.account("acc");
  d.adding("a");
  d.eventing("nothing", CRAWLHUB_EVENT_STARTED);
  d.ops().add(77, 0, "key");
  d.adding("b");
  const auto told = d.commit();
  demand_same(told.at(0).status, CRAWLHUB_RESULT_OK, "before");
  demand_same(told.at(1).code, CRAWLHUB_E_UNKNOWN_JOB, "an unknown job");
  demand_same(told.at(2).status, CRAWLHUB_RESULT_REFUSED, "an unknown kind");
  demand_same(told.at(3).status, CRAWLHUB_RESULT_OK, "after");
  demand_same(d.query(CRAWLHUB_QUERY_JOB_COUNTS)["queued"], 2, "queued jobs");
}

inline void one_batch_may_hold_a_whole_life(StorageDriver& d) {
  d.account("acc");
  d.adding("job");
  d.claiming({}, 1);
  d.eventing("job", CRAWLHUB_EVENT_STARTED);
  for (int i = 1; i <= 5; ++i) {
    d.eventing(
        "job", CRAWLHUB_EVENT_PROGRESS, {},
        [&](auto& event) {
          event->flags |= CRAWLHUB_HAS_PROCESSED;
          event->processed = i;
        },
        CRAWLHUB_OP_MERGE);
  }
  d.eventing("job", CRAWLHUB_EVENT_COMPLETED);
  for (const Told& told : d.commit()) demand_same(told.status, CRAWLHUB_RESULT_OK, "each operation");
  demand_same(d.status("job"), "finished", "state");
  demand_same(d.job("job")["progress"]["entities"][0]["total_processed"], 5, "its newest progress");
}

}  // namespace crawlhub::inline sdk::testing::claims
