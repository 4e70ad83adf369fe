#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <crawlhub/client/connection.hpp>
#include <crawlhub/client/detail/shared.hpp>
#include <crawlhub/client/job.hpp>

namespace crawlhub::client::test {

/// A hub of one connection at a time on a Unix socket of its own: says welcome, hands out jobs, acks, and
/// writes down what it was told. Real sockets, real protocol, no state of jobs.
class TestHub {
 public:
  struct Behaviour {
    std::vector<std::string> grants = {"acks", "leases", "errors", "control"};
    bool answer_hello = true;
    bool ack = true;  ///< false: read on and say nothing
    int heartbeat_interval = 30000;
    /// A message to be refused: its entry in `rejected` without `seq`.
    std::function<std::optional<Json>(const Json&)> refuse = {};
  };

  TestHub() : TestHub(Behaviour{}) {}
  explicit TestHub(Behaviour behaviour);
  ~TestHub();

  std::string address() const { return "unix:" + path_; }

  void change(const std::function<void(Behaviour&)>& change);
  /// Jobs for the next job_requests, all at once.
  void offer(std::vector<Json> jobs);
  /// Sends a message to the crawler on the present connection.
  void say(const Json& message);
  /// Closes the present connection.
  void drop();
  /// Stops listening (and closes), as a hub that is down; listens again.
  void go_down();
  void come_back();

  /// Waits (at most 10 s) until what came in satisfies `enough`; a failed wait fails the test.
  void wait_for(const std::function<bool(const std::vector<Json>&)>& enough);
  /// Waits for the `count`th message of a type and returns it.
  Json wait_for(const std::string& type, std::size_t count = 1);
  std::vector<Json> received(const std::string& type);
  std::vector<Json> received();

 private:
  void listen();
  void run();
  void accept();
  void serve(Connection& crawler);
  void on_line(Connection& crawler, const Json& message);
  void answer(Connection& crawler, const Json& message);

  std::string folder_;
  std::string path_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Behaviour behaviour_;
  std::vector<Json> received_;
  std::deque<Json> jobs_;
  std::deque<std::string> to_say_;
  std::uint64_t expected_seq_ = 1;
  bool drop_ = false;
  bool down_ = false;
  bool stop_ = false;
  Socket listener_;
  std::unique_ptr<Connection> crawler_;  // of the hub's thread
  crawlhub::client::detail::Signal wake_;
  std::thread thread_;
};

}  // namespace crawlhub::client::test
