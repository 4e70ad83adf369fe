// What handler-jobs adds to status, metrics and drain.
#include <crawlhub/json_walk.hpp>

#include "jobs_handler.hpp"

namespace crawlhub::jobs {

std::string JobsHandler::status_section() {
  Answer answer = host().query(CRAWLHUB_QUERY_JOB_COUNTS, "{}");
  return answer ? std::move(answer.text) : "{}";
}

std::string JobsHandler::metrics_section() {
  std::string out =
      join("crawlhub_job_leases\tgauge\tJobs held by connections of this hub\t\t", held_.load(), '\n');
  const Answer answer = host().query(CRAWLHUB_QUERY_JOB_COUNTS, "{}");
  if (!answer) return out;
  for (JsonWalk walk(answer.text); walk.next();) {
    out += join("crawlhub_jobs\tgauge\tJobs by state\t{state=\"", walk.key(), "\"}\t", walk.member().raw(),
                '\n');
  }
  return out;
}

std::string JobsHandler::drain_section() {
  return join(held_.load());
}

}  // namespace crawlhub::jobs
