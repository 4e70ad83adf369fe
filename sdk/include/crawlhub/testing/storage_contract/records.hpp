// Progress, accounts, areas, entities and the error log.
#pragma once

#include <crawlhub/testing/storage_contract/driver.hpp>
#include <crawlhub/testing/storage_contract/leases.hpp>

namespace crawlhub::inline sdk::testing::records {

inline void given_wins_and_absent_stays(StorageDriver& d) {
  d.account("acc");
  leases::running(d, "job");
  d.event("job", CRAWLHUB_EVENT_PROGRESS, {}, [](auto& event) {
    event->flags |= CRAWLHUB_HAS_PROCESSED | CRAWLHUB_HAS_TOTAL | CRAWLHUB_HAS_PAGE;
    event->processed = 10;
    event->total = 50;
    event->page = 2;
    event.text(&crawlhub_job_event::stage, std::string_view("fetching"));
    event.text(&crawlhub_job_event::message, std::string_view("page \"two\"\n"));
    event.text(&crawlhub_job_event::resume_state, std::string_view(R"({"currentPage":2})"));
    event.text(&crawlhub_job_event::item_counts, std::string_view(R"({"note":4})"));
  });
  d.event("job", CRAWLHUB_EVENT_PROGRESS, {}, [](auto& event) {
    event->flags |= CRAWLHUB_HAS_PROCESSED | CRAWLHUB_HAS_RATE;
    event->processed = 60;
    event->rate = 2.5;
    event.text(&crawlhub_job_event::item_counts, std::string_view(R"({"note":5,"label":1})"));
  });
  const auto job = d.job("job");
  const auto progress = job["progress"];
  const auto entity = progress["entities"].at(0);
  demand_same(progress["stage"], "fetching", "a stage that was not given again");
  demand_same(progress["message"], "page \"two\"\n", "a message that was not given again");
  demand_same(entity["entity_type"], "issue", "a report without a type is of the job's");
  demand_same(entity["total_processed"], 60, "processed");
  demand_same(entity["total_discovered"], 60, "a processed above the total raises it");
  demand_same(entity["current_page"], 2, "a page that was not given again");
  demand_same(progress["processing_rate"], 2.5, "rate");
  demand_same(progress["item_counts"], (nlohmann::json{{"note", 5}, {"label", 1}}), "counts of each type");
  demand_same(job["resumeState"], (nlohmann::json{{"currentPage", 2}}), "resume state");
}

inline void counts_are_kept_for_each_type(StorageDriver& d) {
  d.account("acc");
  leases::running(d, "job");
  const auto report = [&](std::string_view type, double processed) {
    d.event("job", CRAWLHUB_EVENT_PROGRESS, {}, [&](auto& event) {
      event->flags |= CRAWLHUB_HAS_PROCESSED;
      event->processed = processed;
      event.text(&crawlhub_job_event::entity_type, type);
    });
  };
  report("issue", 5);
  report("commit", 7);
  report("issue", 6);
  d.event("job", CRAWLHUB_EVENT_PROGRESS, {}, [](auto& event) {
    event.text(
        &crawlhub_job_event::entities,
        std::string_view(
            R"([{"entity_type":"branch","total_discovered":9,"total_processed":3,"sub_collection":"x"}])"));
  });
  const auto counts = d.job("job")["counts"];
  demand_same(counts, (nlohmann::json{{"issue", 6}, {"commit", 7}, {"branch", 3}}), "counts of the job");
  demand_same(d.query(CRAWLHUB_QUERY_ENTITY_COUNTS)["items"], counts, "items of all jobs");
  d.event("job", CRAWLHUB_EVENT_COMPLETED, {}, [](auto& event) {
    event.text(&crawlhub_job_event::detail,
               std::string_view(R"({"finalCounts":{"issue":8},"outputFiles":["a.json"]})"));
  });
  demand_same(d.query(CRAWLHUB_QUERY_ENTITY_COUNTS)["items"]["issue"], 8, "items by the final counts");
  demand_same(d.job("job")["outputFiles"], nlohmann::json::array({"a.json"}), "output files");
}

inline void a_job_that_finishes_forgets_its_resume_state(StorageDriver& d) {
  d.account("acc");
  leases::running(d, "job");
  const auto resume = [](auto& event) {
    event.text(&crawlhub_job_event::resume_state, std::string_view(R"({"lastEntityId":"9"})"));
    event.text(&crawlhub_job_event::error, std::string_view("too slow"));
    event.text(&crawlhub_job_event::error_type, std::string_view("timeout"));
    event.text(&crawlhub_job_event::detail, std::string_view(R"({"retryCount":1})"));
  };
  d.event("job", CRAWLHUB_EVENT_FAILED, {}, resume);
  const auto failed = d.job("job");
  demand_same(failed["errorType"], "timeout", "error type");
  demand_same(failed["errorDetails"], (nlohmann::json{{"retryCount", 1}}), "error details");
  d.now += 60 * StorageDriver::kSecond;
  demand_same(d.claim({}).at(0).resume_state, R"({"lastEntityId":"9"})", "resume state in the next claim");
  d.event("job", CRAWLHUB_EVENT_COMPLETED);
  demand(d.job("job")["resumeState"].is_null(), "a finished job has no resume state");
}

inline void accounts_keep_what_is_not_given(StorageDriver& d) {
  d.account("acc", "one", "https://git.example");
  d.account("acc", "two", "");
  d.account("other");
  const auto accounts = d.query(CRAWLHUB_QUERY_ACCOUNTS);
  demand_same(accounts.size(), std::size_t{2}, "how many accounts");
  const auto one = d.query(CRAWLHUB_QUERY_ACCOUNTS, {{"name", "acc"}}).at(0);
  demand_same(one["token"], "two", "token");
  demand_same(one["url"], "https://git.example", "URL");
}

inline Told area(StorageDriver& d, std::string_view path, std::string_view id, std::string_view type,
                 std::string_view account = "", std::string_view job = "") {
  auto put = d.ops().add<crawlhub_area_put>(CRAWLHUB_OP_AREA_PUT, 0, path);
  put->now_ns = d.now;
  put.text(&crawlhub_area_put::gitlab_id, id).text(&crawlhub_area_put::type, type);
  put.text(&crawlhub_area_put::account, account).text(&crawlhub_area_put::job, job);
  return d.commit_one();
}

inline void areas_are_known_by_id_and_type(StorageDriver& d) {
  d.account("acc");
  d.add("job");
  demand_same(area(d, "a/b", "1", "group", "acc").status, CRAWLHUB_RESULT_OK, "a new area");
  demand_same(area(d, "a/b", "1", "group", "acc").status, CRAWLHUB_RESULT_DUPLICATE, "the same again");
  demand_same(area(d, "a/b", "1", "project").status, CRAWLHUB_RESULT_OK, "the same id, another type");
  demand_same(area(d, "moved", "1", "group", "second").status, CRAWLHUB_RESULT_OK, "a moved path");
  area(d, "moved", "1", "group", "", "job");
  demand_same(area(d, "x", "", "group").status, CRAWLHUB_RESULT_REFUSED, "an area without an id");
  const auto areas = d.query(CRAWLHUB_QUERY_AREAS)["areas"];
  demand_same(areas.size(), std::size_t{2}, "how many areas");
  demand_same(areas[1]["fullPath"], "moved", "path of the older one");
  demand_same(areas[1]["accounts"], 2, "accounts that are authorized for it");
  demand_same(d.query(CRAWLHUB_QUERY_ENTITY_COUNTS)["areas"], (nlohmann::json{{"group", 1}, {"project", 1}}),
              "counts");
}

inline void entities_are_unique(StorageDriver& d) {
  const auto put = [&](std::string_view id, std::string_view type, std::string_view name) {
    auto entity = d.ops().add<crawlhub_entity_put>(CRAWLHUB_OP_ENTITY_PUT, 0, id);
    entity->now_ns = d.now;
    entity.text(&crawlhub_entity_put::entity_type, type).text(&crawlhub_entity_put::name, name);
    return d.commit_one().status;
  };
  demand_same(put("1", "user", "a"), CRAWLHUB_RESULT_OK, "a new entity");
  demand_same(put("1", "user", "a"), CRAWLHUB_RESULT_DUPLICATE, "the same again");
  demand_same(put("1", "user", "b"), CRAWLHUB_RESULT_OK, "another name");
  demand_same(put("1", "issue", "a"), CRAWLHUB_RESULT_OK, "another type");
  demand_same(d.query(CRAWLHUB_QUERY_ENTITY_COUNTS)["entities"], (nlohmann::json{{"user", 1}, {"issue", 1}}),
              "counts");
}

inline void the_error_log_is_filtered(StorageDriver& d) {
  const auto add = [&](std::string_view id, std::int32_t category, std::int32_t severity,
                       std::string_view job) {
    auto error = d.ops().add<crawlhub_error_add>(CRAWLHUB_OP_ERROR_ADD, 0, id);
    error->code = CRAWLHUB_E_JOB_FAILED;
    error->category = category;
    error->severity = severity;
    error->now_ns = d.now;
    error.text(&crawlhub_error_add::message, std::string_view("it broke"))
        .text(&crawlhub_error_add::job, job);
    return d.commit_one().status;
  };
  demand_same(add("e1", CRAWLHUB_CATEGORY_JOB, CRAWLHUB_SEVERITY_HIGH, "job"), CRAWLHUB_RESULT_OK,
              "a record");
  demand_same(add("e1", CRAWLHUB_CATEGORY_JOB, CRAWLHUB_SEVERITY_HIGH, "job"), CRAWLHUB_RESULT_DUPLICATE,
              "the same again");
  add("e2", CRAWLHUB_CATEGORY_JOB, CRAWLHUB_SEVERITY_LOW, "");
  add("e3", CRAWLHUB_CATEGORY_NETWORK, CRAWLHUB_SEVERITY_LOW, "");
  const auto ids = [&](const nlohmann::json& parameters) {
    std::string text;
    const auto page = d.query(CRAWLHUB_QUERY_ERRORS_LIST, parameters);
    for (const auto& error : page["errors"]) text += error["id"].get<std::string>();
    return text;
  };
  demand_same(ids({{"limit", 10}}), "e3e2e1", "all, newest first");
  demand_same(ids({{"category", "job_processing"}}), "e2e1", "by category");
  demand_same(ids({{"severity", "low"}, {"category", "job_processing"}}), "e2", "by category and severity");
  demand_same(ids({{"jobId", "job"}}), "e1", "by job");
  demand_same(ids({{"category", "nonsense"}}), "", "by a category that does not exist");
}

}  // namespace crawlhub::inline sdk::testing::records
