// What each built-in plugin costs on a job_progress: 300 bytes, 10,000 jobs touched in random order, the
// plugins as they are built, a host that takes what they submit and drops it. One line a plugin, the best of
// several rounds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <crawlhub/testing/plugin_harness.hpp>

using namespace crawlhub;
using namespace crawlhub::testing;

namespace {

constexpr std::size_t kJobs = 10'000;
constexpr std::size_t kMessages = 4'096;
constexpr int kRounds = 200;

std::string job_id(std::size_t number) {
  return "01jb3k2m4n5p6q7r8s9t0v" + std::to_string(1'000'000 + number);
}

std::string progress_text(const std::string& job, std::size_t number) {
  return R"({"type":"job_progress","timestamp":"2026-11-26T10:00:00.000Z","jobId":")" + job +
         R"(","data":{"stage":"fetching","entityType":"commit","processed":)" + std::to_string(number) +
         R"(,"total":5000,"message":"fetching page 12","currentPage":12,"itemCounts":{"commit":12,"note":34},)" +
         R"("resumeState":{"lastEntityId":"0123456789abcdef","currentPage":12,"entityType":"commit"}}})";
}

// Messages that share a few texts and name jobs of their own.
class Messages {
 public:
  Messages() {
    std::mt19937 random(1);
    for (std::size_t i = 0; i < kJobs; ++i) ids_.push_back(job_id(i));
    for (std::size_t i = 0; i < kTexts; ++i) texts_.emplace_back(progress_text(ids_[0], i), 0);
    for (std::size_t i = 0; i < kMessages; ++i)
      order_.push_back(static_cast<std::uint32_t>(random() % kJobs));
  }
  std::size_t size() const { return order_.size(); }
  // Lives: until the next call.
  const crawlhub_message& of_job(std::size_t job, std::uint32_t route,
                                 const crawlhub_connection& connection) {
    message_ = texts_[job % kTexts].raw(route, connection);
    message_.job_id = str(ids_[job]);
    return message_;
  }
  const crawlhub_message& at(std::size_t i, std::uint32_t route, const crawlhub_connection& connection) {
    return of_job(order_[i], route, connection);
  }

 private:
  static constexpr std::size_t kTexts = 16;
  std::vector<std::string> ids_;
  std::deque<FakeMessage> texts_;
  std::vector<std::uint32_t> order_;
  crawlhub_message message_{};
};

template <class Work>
void measure(const char* name, std::size_t count, Work work) {
  double best = 1e30;
  for (int round = 0; round < kRounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - begin;
    best = std::min(best, spent.count() / static_cast<double>(count));
  }
  std::printf("%-44s %8.1f ns a message\n", name, best);
}

// The plugin, started, behind a host that drops what is submitted.
struct Bench {
  explicit Bench(const std::string& name, const std::string& config = "{}") : plugin(PLUGINS + name + ".so") {
    directory = (std::filesystem::temp_directory_path() / "crawlhub-bench-XXXXXX").string();
    if (mkdtemp(directory.data()) == nullptr) std::abort();
    plugin.host().state_directory = directory;
    plugin.host().on_query = [](std::uint32_t kind, std::string_view) {
      return Answer{Outcome::kOk, kind == CRAWLHUB_QUERY_ACCOUNTS ? "[]" : "{}"};
    };
    plugin.host().on_op = [](const RecordedOp&) { return ScriptedResult{.number = 1}; };
    if (!plugin.start(config)) {
      for (const auto& line : plugin.host().logs) std::fprintf(stderr, "%s\n", line.text.c_str());
      std::abort();
    }
  }
  ~Bench() {
    plugin.stop();
    std::filesystem::remove_all(directory);
  }
  // From now on nothing is kept: the host costs next to nothing.
  void go_silent() {
    auto* table = const_cast<crawlhub_host*>(plugin.host().table());
    table->submit = [](crawlhub_call*, const crawlhub_op*, std::uint64_t) { return CRAWLHUB_OK; };
    table->publish = [](const crawlhub_host*, crawlhub_str, crawlhub_str) {};
    table->log_enabled = [](const crawlhub_host*, std::int32_t) { return 0; };
  }

  std::string directory;
  PluginHarness plugin;
};

void bench_middleware(const char* name, Messages& list) {
  Bench bench(name);
  bench.go_silent();
  FakeLink link(1, 0, "");
  Exchange exchange;
  FakeCall call{&bench.plugin.host(), &link, &exchange};
  const crawlhub_connection& connection = link.raw(0);
  measure(name, list.size(), [&] {
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto status = bench.plugin.middleware()->before(
          bench.plugin.self(), reinterpret_cast<crawlhub_call*>(&call), &list.at(i, 0, connection));
      if (status != CRAWLHUB_OK) std::abort();
    }
  });
}

void bench_jobs(Messages& list) {
  Bench bench("handler-jobs");
  bench.go_silent();
  static void* self;
  self = bench.plugin.self();
  auto* table = const_cast<crawlhub_host*>(bench.plugin.host().table());
  table->submit_then = [](crawlhub_call* call, const crawlhub_op*, std::uint64_t, crawlhub_continuation fn,
                          void* context) {
    crawlhub_result result{};
    result.struct_size = sizeof result;
    result.number = 1;
    fn(self, call, &result, 1, sizeof result, context);
    return CRAWLHUB_OK;
  };
  std::uint32_t route = 0;
  for (const RegisteredType& type : bench.plugin.host().types) {
    if (type.type == "job_progress") route = type.route;
  }
  FakeLink link(1, 0, "");
  Exchange exchange;
  FakeCall call{&bench.plugin.host(), &link, &exchange};
  auto* raw = reinterpret_cast<crawlhub_call*>(&call);
  const crawlhub_connection& connection = link.raw(0);
  const auto handle = [&](const crawlhub_message& message) {
    if (bench.plugin.handler()->handle(self, raw, &message) != CRAWLHUB_OK) std::abort();
  };
  for (std::size_t i = 0; i < kJobs; ++i) handle(list.of_job(i, route, connection));  // known from now on
  measure("handler-jobs", list.size(), [&] {
    for (std::size_t i = 0; i < list.size(); ++i) handle(list.at(i, route, connection));
  });
  bench.plugin.handler()->disconnected(self, raw, &link.raw(0), str("done"));
}

void bench_progress(Messages& list) {
  Bench bench("handler-progress");
  bench.go_silent();
  std::uint32_t route = 0;
  for (const RegisteredType& type : bench.plugin.host().types) {
    if (type.type == "job_progress") route = type.route;
  }
  FakeLink link(1, 0, "");
  const crawlhub_connection& connection = link.raw(0);
  crawlhub_message batch[64];
  crawlhub_observation seen[64];
  for (std::size_t i = 0; i < 64; ++i) {
    seen[i] = {sizeof seen[i], CRAWLHUB_ACCEPTED, 0, 0, sizeof(crawlhub_result), &batch[i], nullptr};
  }
  for (std::size_t i = 0; i < kJobs; ++i) {  // known from now on
    batch[0] = list.of_job(i, route, connection);
    bench.plugin.handler()->observe(bench.plugin.self(), seen, 1, sizeof seen[0]);
  }
  measure("handler-progress, 64 a batch", list.size(), [&] {
    for (std::size_t i = 0; i < list.size(); i += 64) {
      for (std::size_t k = 0; k < 64; ++k) batch[k] = list.at(i + k, route, connection);
      bench.plugin.handler()->observe(bench.plugin.self(), seen, 64, sizeof seen[0]);
    }
  });
}

// One message of 64,000 areas, with a storage that accepts at once: how long the worker is held for each
// slice.
void bench_discovery() {
  Bench bench("handler-discovery");
  std::string text = R"({"type":"jobs_discovered","jobId":"job-1","data":{"discovered_jobs":[)";
  for (int i = 0; i < 64'000; ++i) {
    const std::string number = std::to_string(i);
    text += std::string(i == 0 ? "" : ",") +
            R"({"job_type":"crawl_project","entity_id":"gid://gitlab/Project/)" + number +
            R"(","namespace_path":"group/sub/project-)" + number + R"(","entity_name":"Project )" + number +
            R"("})";
  }
  text += "]}}";
  FakeMessage message(text, 0);
  FakeLink link(1, 0, "");
  Exchange exchange;
  FakeCall call{&bench.plugin.host(), &link, &exchange};
  static std::uint64_t ops;
  static crawlhub_continuation then;
  static void* context;
  auto* table = const_cast<crawlhub_host*>(bench.plugin.host().table());
  table->submit_then = [](crawlhub_call*, const crawlhub_op*, std::uint64_t count, crawlhub_continuation fn,
                          void* c) {
    ops = count;
    then = fn;
    context = c;
    return CRAWLHUB_OK;
  };
  auto* raw = reinterpret_cast<crawlhub_call*>(&call);
  std::uint64_t all = 0;
  double longest = 0;
  double whole = 0;
  const auto timed = [&](auto step) {
    ops = 0;
    const auto begin = std::chrono::steady_clock::now();
    step();
    const std::chrono::duration<double, std::micro> spent = std::chrono::steady_clock::now() - begin;
    longest = std::max(longest, spent.count());
    whole += spent.count();
    all += ops;
  };
  timed([&] { bench.plugin.handler()->handle(bench.plugin.self(), raw, &message.raw(1, link.raw(0))); });
  const std::vector<crawlhub_result> results(4096, crawlhub_result{});
  while (ops != 0) {
    timed([&] { then(bench.plugin.self(), raw, results.data(), ops, sizeof(crawlhub_result), context); });
  }
  std::printf("%-44s %8.1f ms in all, %llu operations, longest step %.0f us\n",
              "handler-discovery, 64,000 areas", whole / 1000, static_cast<unsigned long long>(all), longest);
}

}  // namespace

// bench_plugins [NAME]: only the plugin of that name.
int main(int argc, char** argv) {
  const std::string only = argc > 1 ? argv[1] : "";
  const auto wanted = [&](const char* name) { return only.empty() || only == name; };
  Messages list;
  for (const char* name : {"middleware-compatibility", "middleware-validation", "middleware-log"}) {
    if (wanted(name)) bench_middleware(name, list);
  }
  if (wanted("handler-jobs")) bench_jobs(list);
  if (wanted("handler-progress")) bench_progress(list);
  if (wanted("handler-discovery")) bench_discovery();
}
