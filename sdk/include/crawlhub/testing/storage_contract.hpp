// The contract of a storage backend, as checks that any backend must pass (docs/architecture.md, "Storage").
//
//   for (const ContractCheck& check : storage_contract()) {
//     if (check.needs_durability && !durable) continue;
//     StorageDriver backend(PLUGIN_FILE);      // a new one for each check
//     check.run(backend);                      // throws ContractBroken
//   }
// RandomModel compares a backend with another one, such as storage-memory, on random operations.
#pragma once

#include <string_view>
#include <vector>

#include <crawlhub/testing/storage_contract/claims.hpp>
#include <crawlhub/testing/storage_contract/driver.hpp>
#include <crawlhub/testing/storage_contract/leases.hpp>
#include <crawlhub/testing/storage_contract/queries.hpp>
#include <crawlhub/testing/storage_contract/random_model.hpp>
#include <crawlhub/testing/storage_contract/records.hpp>
#include <crawlhub/testing/storage_contract/restart.hpp>
#include <crawlhub/testing/storage_contract/state_table.hpp>

namespace crawlhub::inline sdk::testing {

struct ContractCheck {
  std::string_view name;  // as a sentence
  void (*run)(StorageDriver& fresh);
  bool needs_durability = false;
};

inline const std::vector<ContractCheck>& storage_contract() {
  static const std::vector<ContractCheck> checks = {
      {"every cell of the state table", state_table::check_all},
      {"a claim takes the highest priority first, then the oldest",
       claims::highest_priority_first_then_oldest},
      {"a claim takes only the types that are wanted", claims::only_the_types_that_are_wanted},
      {"a job is not handed out before its time", claims::not_before_its_time},
      {"a job without a usable account is blocked", claims::a_job_without_a_usable_account_is_blocked},
      {"the job's own URL counts", claims::the_jobs_own_url_counts},
      {"a removed account blocks its jobs", claims::a_removed_account_blocks},
      {"a new token wakes jobs whose credential expired",
       claims::a_new_token_wakes_jobs_whose_credential_expired},
      {"ids and unique keys are unique", claims::ids_and_keys_are_unique},
      {"children inherit from their parent", claims::children_inherit},
      {"a chain goes on only after its first", claims::a_chain_goes_on_only_after_its_first},
      {"a refusal spoils no neighbour", claims::a_refusal_spoils_no_neighbour},
      {"one batch may hold a job's whole life", claims::one_batch_may_hold_a_whole_life},
      {"a report revives what was lost", leases::a_report_revives_what_was_lost},
      {"only the last holder revives", leases::who_may_revive},
      {"what ended on purpose is not revived", leases::what_ended_on_purpose_is_not_revived},
      {"an old lease number is refused", leases::an_old_lease_number_is_refused},
      {"attempts are counted and given back", leases::attempts_are_counted_and_given_back},
      {"a lost job without attempts fails after its wait",
       leases::a_lost_job_without_attempts_fails_after_its_wait},
      {"a failure waits longer each time", leases::a_failure_waits_longer_each_time},
      {"a connection's end frees its own jobs only", leases::a_connection_end_frees_its_own_jobs_only},
      {"a hub's start ends the leases before it", leases::a_hub_start_ends_the_leases_before_it},
      {"pausing without control frees the lease", leases::pausing_without_control_frees_the_lease},
      {"discoveries are taken from the last holder", leases::discoveries_are_taken_from_the_last_holder},
      {"what progress gives wins, what it leaves out stays", records::given_wins_and_absent_stays},
      {"counts are kept for each entity type", records::counts_are_kept_for_each_type},
      {"a job that finishes forgets its resume state", records::a_job_that_finishes_forgets_its_resume_state},
      {"accounts keep what is not given", records::accounts_keep_what_is_not_given},
      {"areas are known by id and type", records::areas_are_known_by_id_and_type},
      {"entities are unique", records::entities_are_unique},
      {"the error log is filtered", records::the_error_log_is_filtered},
      {"pages cover a list once", queries::pages_cover_a_list_once},
      {"counters agree with the jobs", queries::counters_agree_with_the_jobs},
      {"progress of living jobs", queries::progress_of_living_jobs},
      {"every result that was told is seen", queries::every_result_that_was_told_is_seen},
      {"readers run beside the writer", queries::readers_run_beside_the_writer},
      {"nonsense is refused", queries::nonsense_is_refused},
      {"everything is there again after a restart", restart::everything_is_there_again, true},
      {"leases and their order go on after a restart", restart::leases_and_their_order_go_on, true},
  };
  return checks;
}

}  // namespace crawlhub::inline sdk::testing
