#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include <crawlhub/call.hpp>

// Looks names up on a thread of its own, since that may wait, and [worker] may not.
class Resolver {
 public:
  explicit Resolver(std::size_t most_waiting) : most_waiting_(most_waiting) {}
  ~Resolver() { stop(); }

  void start();
  // Refuses what still waits, and ends the thread. No call of a token follows.
  void stop();

  // Answers token with the addresses of host, and completes it. False where too many wait. Thread: any.
  bool resolve(crawlhub::Token token, std::string job_id, std::string host);

 private:
  struct Question {
    crawlhub::Token token;
    std::string job_id, host;
  };
  void run();

  const std::size_t most_waiting_;
  std::mutex mutex_;  // guards the next two
  std::deque<Question> waiting_;
  bool stopping_ = false;
  std::condition_variable changed_;
  std::thread thread_;
};
