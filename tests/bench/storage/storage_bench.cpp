// How many operations a second a storage backend commits, by itself: the writer's thread, no sockets, no
// messages. Wall-clock time, and the thread's own time on the processor, which other programs on the machine
// disturb less.
#include <chrono>
#include <cstdio>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <time.h>

#include <crawlhub/ops.hpp>
#include <crawlhub/testing/plugin_harness.hpp>

using namespace crawlhub;
using testing::PluginHarness;

namespace {

constexpr std::int64_t kNow = 1'700'000'000'000'000'000;
constexpr std::size_t kJobs = 10'000;

double seconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

class Bench {
 public:
  explicit Bench(PluginHarness& plugin) : plugin_(plugin) {}

  void commit(const crawlhub_op* ops, std::size_t count) {
    crawlhub_result none{};
    none.struct_size = sizeof none;
    results_.assign(count, none);
    plugin_.storage()->commit(plugin_.self(), ops, count, sizeof(crawlhub_op), results_.data(),
                              sizeof(crawlhub_result));
    for (const crawlhub_result& result : results_) {
      if (result.status > CRAWLHUB_RESULT_DUPLICATE) {
        std::fprintf(stderr, "refused: %.*s\n", static_cast<int>(result.text.len), result.text.ptr);
        std::exit(1);
      }
    }
    // As the host does: housekeeping when 100 ms have gone by.
    if (const double now = seconds(CLOCK_MONOTONIC); now - maintained_ > 0.1) {
      maintained_ = now;
      plugin_.storage()->maintain(plugin_.self());
    }
  }
  void commit(OpBuilder& ops) {
    auto list = ops.ops();
    submissions_.assign(list.begin(), list.end());
    for (std::size_t i = 0; i < submissions_.size(); ++i) submissions_[i].submission = i + 1;
    commit(submissions_.data(), submissions_.size());
    ops.clear();
  }
  const std::vector<crawlhub_result>& results() const { return results_; }

  // Runs work, which returns how many it did, and reports.
  void measure(const std::string& what, const std::function<std::size_t()>& work) {
    const double wall = seconds(CLOCK_MONOTONIC);
    const double cpu = seconds(CLOCK_THREAD_CPUTIME_ID);
    const auto count = static_cast<double>(work());
    const double wall_time = seconds(CLOCK_MONOTONIC) - wall;
    const double cpu_time = seconds(CLOCK_THREAD_CPUTIME_ID) - cpu;
    std::printf("%-44s %10.0f /s  %10.0f /s of processor  %7.2f us each\n", what.c_str(), count / wall_time,
                count / cpu_time, cpu_time / count * 1e6);
    std::fflush(stdout);
  }

 private:
  PluginHarness& plugin_;
  std::vector<crawlhub_result> results_;
  std::vector<crawlhub_op> submissions_;
  double maintained_ = 0;
};

std::string job_id(const char* kind, std::size_t i) {
  return std::string(kind) + "-01HZXW4Q7M-" + std::to_string(i);
}

void add_job(OpBuilder& ops, const std::string& id) {
  auto add = ops.add<crawlhub_job_add>(CRAWLHUB_OP_JOB_ADD, 0, id);
  add->now_ns = kNow;
  add->priority = 1;
  add.text(&crawlhub_job_add::entity_type, std::string_view("issue")).text(&crawlhub_job_add::entity_id, id);
  add.text(&crawlhub_job_add::account, std::string_view("acc"));
}

void claim(OpBuilder& ops, std::uint64_t connection, std::uint32_t limit) {
  auto claim = ops.add<crawlhub_job_claim>(CRAWLHUB_OP_JOB_CLAIM, CRAWLHUB_OP_RELAXED, "");
  claim->limit = limit;
  claim->connection = connection;
  claim->now_ns = kNow;
  claim.text(&crawlhub_job_claim::hub, std::string_view("hub-01HZXW4Q7M"));
  claim.text(&crawlhub_job_claim::incarnation, std::string_view("run-01HZXW4Q7M"));
}

OpBody<crawlhub_job_event> event(OpBuilder& ops, std::string_view id, std::uint16_t kind,
                                 std::uint64_t connection, std::uint32_t flags = 0) {
  auto event = ops.add<crawlhub_job_event>(CRAWLHUB_OP_JOB_EVENT, flags, id);
  event->event = kind;
  event->connection = connection;
  event->now_ns = kNow;
  event->max_attempts = 3;
  event.text(&crawlhub_job_event::hub, std::string_view("hub-01HZXW4Q7M"));
  event.text(&crawlhub_job_event::incarnation, std::string_view("run-01HZXW4Q7M"));
  return event;
}

// What a 300-byte job_progress carries.
void progress(OpBuilder& ops, std::string_view id, std::uint64_t connection, int step) {
  auto body = event(ops, id, CRAWLHUB_EVENT_PROGRESS, connection, CRAWLHUB_OP_MERGE);
  body->flags = CRAWLHUB_HAS_PROCESSED | CRAWLHUB_HAS_TOTAL | CRAWLHUB_HAS_PAGE | CRAWLHUB_HAS_RATE;
  body->processed = step;
  body->total = 5000;
  body->page = step / 100;
  body->rate = 12.5;
  body.text(&crawlhub_job_event::stage, std::string_view("fetching"));
  body.text(&crawlhub_job_event::entity_type, std::string_view("issue"));
  body.text(&crawlhub_job_event::message, std::string_view("Fetching issues of the project"));
  body.text(&crawlhub_job_event::resume_state,
            R"({"lastEntityId":"gid://gitlab/Issue/)" + std::to_string(step) + "\"}");
  body.text(&crawlhub_job_event::item_counts, std::string_view(R"({"issue":120,"note":48})"));
}

std::uint64_t connection_of(std::size_t job) {
  return job / 625 + 1;
}

void set_up(Bench& bench) {
  OpBuilder ops;
  auto put = ops.add<crawlhub_account_put>(CRAWLHUB_OP_ACCOUNT_PUT, 0, "acc");
  put->now_ns = kNow;
  put.text(&crawlhub_account_put::token, std::string_view("t"))
      .text(&crawlhub_account_put::url, std::string_view("https://x"));
  bench.commit(ops);
  bench.measure("jobs added, 1,000 a batch", [&] {
    for (std::size_t i = 0; i < kJobs; ++i) {
      add_job(ops, job_id("run", i));
      if (ops.size() == 1000) bench.commit(ops);
    }
    return kJobs;
  });
  bench.measure("jobs claimed, 5 a claim, 64 claims a batch", [&] {
    for (std::size_t i = 0; i < kJobs; i += 5) {
      claim(ops, connection_of(i), 5);
      if (ops.size() == 64) bench.commit(ops);
    }
    bench.commit(ops);
    return kJobs;
  });
  bench.measure("jobs started, 64 a batch", [&] {
    for (std::size_t i = 0; i < kJobs; ++i) {
      event(ops, job_id("run", i), CRAWLHUB_EVENT_STARTED, connection_of(i), CRAWLHUB_OP_RELAXED);
      if (ops.size() == 64) bench.commit(ops);
    }
    bench.commit(ops);
    return kJobs;
  });
}

void measure_progress(Bench& bench, std::size_t batch, std::size_t total) {
  constexpr std::size_t kMessages = 40'960;
  std::mt19937 random(7);
  OpBuilder ops;
  for (std::size_t i = 0; i < kMessages; ++i) {
    const std::size_t job = random() % kJobs;
    progress(ops, job_id("run", job), connection_of(job), static_cast<int>(i));
  }
  const auto list = ops.ops();
  std::vector<crawlhub_op> messages(list.begin(), list.end());
  bench.measure("progress, " + std::to_string(batch) + " a batch", [&] {
    std::size_t done = 0;
    for (std::size_t at = 0; done < total; done += batch, at += batch) {
      if (at + batch > messages.size()) at = 0;
      bench.commit(messages.data() + at, batch);
    }
    return done;
  });
}

// Each worker takes a step a batch: a batch is what a round trip of all of them brings.
void measure_whole_jobs(Bench& bench, std::size_t workers, std::size_t rounds) {
  static std::size_t made = 0;
  bench.measure("whole jobs, " + std::to_string(workers) + " workers, a step a batch", [&] {
    OpBuilder ops;
    std::vector<std::string> ids(workers);
    for (std::size_t round = 0; round < rounds; ++round) {
      for (auto& id : ids) add_job(ops, id = job_id("whole", made++));
      bench.commit(ops);
      for (std::size_t w = 0; w < workers; ++w) claim(ops, 100 + w, 1);
      bench.commit(ops);
      // Nothing else is queued: worker w got job w.
      for (std::size_t w = 0; w < workers; ++w)
        event(ops, ids[w], CRAWLHUB_EVENT_STARTED, 100 + w, CRAWLHUB_OP_RELAXED);
      bench.commit(ops);
      for (int step = 1; step <= 5; ++step) {
        for (std::size_t w = 0; w < workers; ++w) progress(ops, ids[w], 100 + w, step);
        bench.commit(ops);
      }
      for (std::size_t w = 0; w < workers; ++w) {
        event(ops, ids[w], CRAWLHUB_EVENT_COMPLETED, 100 + w)
            .text(&crawlhub_job_event::detail,
                  std::string_view(R"({"finalCounts":{"issue":120},"outputFiles":["a"]})"));
      }
      bench.commit(ops);
    }
    return workers * rounds;
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: storage_bench PLUGIN FOLDER [full|relaxed]\n");
    return 2;
  }
  PluginHarness plugin(argv[1]);
  plugin.host().state_directory = plugin.host().config_directory = argv[2];
  const std::string durability = argc > 3 ? argv[3] : "full";
  if (!plugin.start(R"({"durability":")" + durability + "\"}")) return 1;
  Bench bench(plugin);
  set_up(bench);
  const std::size_t total = durability == "full" ? 500'000 : 3'000'000;
  for (const std::size_t batch : {64u, 512u, 4096u})
    measure_progress(bench, batch, batch == 64 ? total / 3 : total);
  for (const std::size_t workers : {1u, 16u, 64u})
    measure_whole_jobs(bench, workers, workers == 1 ? 500 : 300);
  bench.measure("stop, all folded (one is a stop)", [&] { return plugin.stop() ? 1 : 0; });
  return 0;
}
