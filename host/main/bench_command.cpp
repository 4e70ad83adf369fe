#include "host/main/bench_command.hpp"

#include <iostream>
#include <memory>

#include <unistd.h>

#include "host/bench/ingest.hpp"
#include "host/config/load.hpp"

namespace crawlhub {

namespace {

// Stages, and while it measures a line that is written anew each second on a terminal and left out elsewhere.
class Teller {
 public:
  explicit Teller(Style style) : style_(style) {}

  void stage(const std::string& text) const { std::cerr << style_.dim(text + " ...") << '\n'; }

  void second(const bench::Measurement& so_far, double seconds) {
    if (::isatty(STDERR_FILENO) == 0) return;
    const double now = static_cast<double>(so_far.messages);
    std::cerr << "\r\x1b[K" << format_seconds(seconds) << "  " << format_count(now) << " acked  "
              << style_.bold(format_count(now - before_)) << "/s  refused "
              << format_count(static_cast<double>(so_far.rejected)) << std::flush;
    before_ = now;
    pending_ = true;
  }

  void done() const {
    if (pending_) std::cerr << '\n';
  }

 private:
  Style style_;
  double before_ = 0;
  bool pending_ = false;
};

int run_ingest_command(const Console& console, bench::Options options) {
  options.admin = console.admin;
  if (const std::string wrong = problem(options); !wrong.empty())
    return console.fail(kUsage, "bad_argument", wrong);
  Teller teller(console.err);
  const auto result = run_ingest(
      options, {[&](const std::string& text) { teller.stage(text); },
                [&](const bench::Measurement& so_far, double seconds) { teller.second(so_far, seconds); }});
  teller.done();
  if (!result) return console.fail(result.status());
  std::cout << (console.json ? to_json(*result).dump() + "\n" : to_text(*result));
  return result->good() ? kDone : kRefused;
}

void add_load_options(CLI::App& command, bench::Options& options) {
  command.add_option("--connect", options.connect, "where crawlers connect: unix:PATH or tcp:HOST:PORT")
      ->capture_default_str();
  command
      .add_option("--connections", options.connections, "connections, each a crawler with jobs of its own")
      ->capture_default_str();
  command.add_option("--window", options.window, "messages in flight on each")->capture_default_str();
  command.add_option("--jobs", options.jobs, "jobs, leased in equal parts over the connections")
      ->capture_default_str();
  command.add_option("--size", options.size, "bytes a message")->capture_default_str();
  command.add_option("--distinct", options.distinct, "different messages")->capture_default_str();
  command.add_option("--seconds", options.seconds, "how long to send")->capture_default_str();
  command.add_option("--messages", options.messages, "how many to send, instead of --seconds");
  command.add_option("--rate", options.rate, "messages a second in all (default: as fast as the hub acks)");
  command.add_option("--verify", options.verify, "jobs whose rows are compared afterwards")
      ->capture_default_str();
  command.add_option("--cpu", options.cpu, "stay on this processor")->type_name("N");
  command.add_flag("--keep", options.keep, "leave the jobs and the account behind");
}

}  // namespace

void add_bench_command(CLI::App& app, const Console& console,
                       std::function<void(std::function<int()>)> choose) {
  auto options = std::make_shared<bench::Options>();
  options->connect = "unix:" + default_directory(process_environment()) + "/crawler.sock";
  auto* group = app.add_subcommand("bench", "Measure a running hub that has no other work");
  group->require_subcommand(1);
  group->fallthrough();
  auto* ingest = group->add_subcommand(
      "ingest",
      "How many job_progress messages a second the hub acks, how long an ack takes, and whether the rows\n"
      "say afterwards what was acked. Adds jobs and an account, and ends them again.\n"
      "One connection with a window of 1 measures the round trip.");
  ingest->fallthrough();
  add_load_options(*ingest, *options);
  ingest->add_option("--idle", options->idle,
                     "before that, open so many idle connections and say what each costs");
  ingest->add_option("--hub-pid", options->hub_pid,
                     "process whose memory that is (default: the socket's peer)");
  ingest->callback([&console, options, choose] {
    choose([&console, options] { return run_ingest_command(console, *options); });
  });
}

}  // namespace crawlhub
