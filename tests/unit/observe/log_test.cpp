#include "host/observe/log.hpp"

#include <array>
#include <csignal>
#include <memory>
#include <thread>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "host/core/clock.hpp"
#include "host/core/unique_fd.hpp"

using crawlhub::LogFormat;
using crawlhub::Logger;
using crawlhub::LogLevel;
using crawlhub::UniqueFd;

namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
    read_end.reset(ends[0]);
    write_end.reset(ends[1]);
  }

  // Everything until the write end is closed.
  std::string read_all() {
    write_end.reset();
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = read(read_end.get(), buffer.data(), buffer.size())) > 0;) {
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
  }

  UniqueFd read_end;
  UniqueFd write_end;
};

Logger::Options options_for(const Pipe& pipe) {
  Logger::Options options;
  options.fd = pipe.write_end.get();
  return options;
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("lines come out in order, and all of them before the logger goes") {
  Pipe pipe;
  {
    Logger log(options_for(pipe));
    for (int i = 0; i < 100; ++i) log.info("test", "line", {{"i", i}});
  }
  const std::string text = pipe.read_all();
  CHECK(count(text, "\n") == 100);
  CHECK(text.find("i=41\n") < text.find("i=42\n"));
}

TEST_CASE("the level can be changed while it runs") {
  Pipe pipe;
  {
    Logger log(options_for(pipe));
    CHECK(log.enabled(LogLevel::info));
    CHECK_FALSE(log.enabled(LogLevel::debug));
    log.debug("test", "hidden");
    log.set_level(LogLevel::debug);
    log.debug("test", "shown");
    log.set_level(LogLevel::off);
    log.error("test", "silenced");
    log.set_level(LogLevel::error);
    log.set_format(LogFormat::json);
    log.error("test", "in json");
  }
  const std::string text = pipe.read_all();
  CHECK(count(text, "\n") == 2);
  CHECK(text.find("shown") != std::string::npos);
  CHECK(text.find(R"("message":"in json"})") != std::string::npos);
}

TEST_CASE("a reader that reads nothing costs lines, never a wait") {
  Pipe pipe;
  auto options = options_for(pipe);
  options.queue = 64;
  options.drain_ns = 20'000'000;
  const std::string text(1000, 'x');
  const std::int64_t before = crawlhub::monotonic_ns();
  {
    Logger log(options);
    for (int i = 0; i < 5000; ++i) log.info("test", text);
    CHECK(log.dropped() > 0);
  }
  CHECK(crawlhub::monotonic_ns() - before < 5'000'000'000);
}

TEST_CASE("lost lines are reported once somebody reads again") {
  Pipe pipe;
  auto options = options_for(pipe);
  options.queue = 8;
  auto log = std::make_unique<Logger>(options);
  const std::string text(1000, 'x');
  while (log->dropped() == 0) log->info("test", text);
  std::string seen;
  std::thread reader([&] {
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = read(pipe.read_end.get(), buffer.data(), buffer.size())) > 0;) {
      seen.append(buffer.data(), static_cast<std::size_t>(got));
    }
  });
  log.reset();
  pipe.write_end.reset();
  reader.join();
  CHECK(seen.find("lines were dropped") != std::string::npos);
}

TEST_CASE("a closed stderr is no reason to fail") {
  Pipe pipe;
  signal(SIGPIPE, SIG_IGN);
  auto options = options_for(pipe);
  pipe.read_end.reset();
  Logger log(options);
  log.error("test", "nobody listens");
}

TEST_CASE("many threads may log at once") {
  Pipe pipe;
  {
    auto options = options_for(pipe);
    options.queue = 4096;
    Logger log(options);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&log] {
        for (int i = 0; i < 100; ++i) log.warn("test", "from a thread");
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(log.dropped() == 0);
  }
  CHECK(count(pipe.read_all(), "from a thread\n") == 400);
}

TEST_CASE("levels are named as in the configuration") {
  CHECK(crawlhub::parse_log_level("warn") == LogLevel::warn);
  CHECK(crawlhub::to_string(LogLevel::trace) == "trace");
  CHECK_FALSE(crawlhub::parse_log_level("verbose").has_value());
}
