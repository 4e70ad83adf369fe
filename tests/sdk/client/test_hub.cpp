#include "tests/sdk/client/test_hub.hpp"

#include <filesystem>
#include <stdexcept>

#include <catch2/catch.hpp>

namespace crawlhub::client::test {

using namespace std::chrono_literals;

TestHub::TestHub(Behaviour behaviour) : behaviour_(std::move(behaviour)) {
  char folder[] = "/tmp/crawlhub-client-XXXXXX";
  folder_ = ::mkdtemp(folder);
  path_ = folder_ + "/hub.sock";
  listen();
  thread_ = std::thread([this] { run(); });
}

TestHub::~TestHub() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.raise();
  thread_.join();
  std::filesystem::remove_all(folder_);
}

void TestHub::listen() {
  ::unlink(path_.c_str());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(path_.begin(), path_.end(), address.sun_path);
  Socket listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (::bind(listener.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener.fd(), 8) != 0) {
    throw std::runtime_error("cannot listen on " + path_);
  }
  listener_ = std::move(listener);
}

void TestHub::change(const std::function<void(Behaviour&)>& change) {
  const std::lock_guard lock(mutex_);
  change(behaviour_);
}

void TestHub::offer(std::vector<Json> jobs) {
  const std::lock_guard lock(mutex_);
  for (auto& job : jobs) jobs_.push_back(std::move(job));
}

void TestHub::say(const Json& message) {
  const std::lock_guard lock(mutex_);
  to_say_.push_back(message.dump() + "\n");
  wake_.raise();
}

void TestHub::drop() {
  const std::lock_guard lock(mutex_);
  drop_ = true;
  wake_.raise();
}

void TestHub::go_down() {
  const std::lock_guard lock(mutex_);
  down_ = drop_ = true;
  wake_.raise();
}

void TestHub::come_back() {
  const std::lock_guard lock(mutex_);
  down_ = false;
  wake_.raise();
}

void TestHub::wait_for(const std::function<bool(const std::vector<Json>&)>& enough) {
  std::unique_lock lock(mutex_);
  const bool came = changed_.wait_for(lock, 10s, [&] { return enough(received_); });
  lock.unlock();
  REQUIRE(came);
}

Json TestHub::wait_for(const std::string& type, std::size_t count) {
  Json found;
  wait_for([&](const std::vector<Json>& all) {
    std::size_t seen = 0;
    for (const auto& message : all) {
      if (message["type"] == type && ++seen == count) found = message;
    }
    return seen >= count;
  });
  return found;
}

std::vector<Json> TestHub::received(const std::string& type) {
  auto all = received();
  std::erase_if(all, [&](const Json& message) { return message["type"] != type; });
  return all;
}

std::vector<Json> TestHub::received() {
  const std::lock_guard lock(mutex_);
  return received_;
}

void TestHub::run() {
  while (true) {
    pollfd waits[3] = {{wake_.fd(), POLLIN, 0},
                       {crawler_ ? -1 : listener_.fd(), POLLIN, 0},
                       {crawler_ ? crawler_->fd() : -1, POLLIN, 0}};
    ::poll(waits, 3, -1);
    wake_.lower();
    const std::lock_guard lock(mutex_);
    if (stop_) return;
    if (std::exchange(drop_, false)) crawler_.reset();
    if (down_) listener_ = Socket();
    if (!down_ && !listener_) listen();
    if (!crawler_) accept();
    if (!crawler_) continue;
    for (; !to_say_.empty(); to_say_.pop_front()) crawler_->queue(to_say_.front());
    if (!crawler_->flush() || !crawler_->receive([this](std::string_view line) {
          received_.push_back(Json::parse(line));
          on_line(*crawler_, received_.back());
        }) ||
        !crawler_->flush()) {
      crawler_.reset();
    }
    changed_.notify_all();
  }
}

void TestHub::accept() {
  if (!listener_) return;
  Socket socket(::accept4(listener_.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!socket) return;
  crawler_ = std::make_unique<Connection>(std::move(socket));
  expected_seq_ = 1;
}

void TestHub::on_line(Connection& crawler, const Json& message) {
  const auto seq = message.find("seq");
  if (seq != message.end()) {
    // The numbering of a connection has no gap.
    if (*seq != expected_seq_++) throw std::runtime_error("unexpected seq in " + message.dump());
  }
  answer(crawler, message);
  if (seq == message.end() || !behaviour_.ack) return;
  Json ack = {{"type", "ack"}, {"timestamp", "2025-01-01T00:00:00Z"}, {"data", {{"seq", *seq}}}};
  if (auto entry = behaviour_.refuse ? behaviour_.refuse(message) : std::nullopt) {
    (*entry)["seq"] = *seq;
    ack["data"]["rejected"] = Json::array({*entry});
  }
  crawler.queue(ack.dump() + "\n");
}

void TestHub::answer(Connection& crawler, const Json& message) {
  if (message["type"] == "hello" && behaviour_.answer_hello) {
    const Json welcome = {{"connectionId", "c1"},
                          {"protocolVersion", "1.0.0"},
                          {"capabilities", behaviour_.grants},
                          {"heartbeatInterval", behaviour_.heartbeat_interval},
                          {"durability", "full"}};
    crawler.queue(Json{{"type", "welcome"}, {"data", welcome}}.dump() + "\n");
  }
  if (message["type"] == "job_request") {
    Json jobs = Json::array();
    for (; !jobs_.empty(); jobs_.pop_front()) jobs.push_back(jobs_.front());
    crawler.queue(Json{{"type", "job_response"}, {"data", {{"jobs", jobs}}}}.dump() + "\n");
  }
}

}  // namespace crawlhub::client::test
