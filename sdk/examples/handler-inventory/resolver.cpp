#include "resolver.hpp"

#include <memory>
#include <utility>
#include <vector>

#include <netdb.h>
#include <sys/socket.h>

#include <crawlhub/json_text.hpp>
#include <crawlhub/str.hpp>

namespace {

std::vector<std::string> addresses_of(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return {};
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(found, freeaddrinfo);
  std::vector<std::string> addresses;
  for (const addrinfo* at = list.get(); at; at = at->ai_next) {
    char text[NI_MAXHOST];
    if (getnameinfo(at->ai_addr, at->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text);
    }
  }
  return addresses;
}

void answer(const crawlhub::Token& token, const std::string& job_id, const std::string& host) {
  const std::vector<std::string> addresses = addresses_of(host);
  if (addresses.empty()) {
    static_cast<void>(token.refuse(CRAWLHUB_E_NOT_FOUND, crawlhub::join("no address is known for ", host)));
    return;
  }
  crawlhub::JsonText json;
  json.begin_object().field("host", host).key("addresses").begin_array();
  for (const std::string& address : addresses) json.value(address);
  // The crawler may have gone meanwhile: then both do nothing, and say kGone.
  static_cast<void>(token.reply("machine_lookup_reply", job_id, json.end_array().end_object()));
  static_cast<void>(token.accept());
}

}  // namespace

void Resolver::start() {
  thread_ = std::thread([this] { run(); });
}

void Resolver::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Resolver::resolve(crawlhub::Token token, std::string job_id, std::string host) {
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_ || waiting_.size() >= most_waiting_) return false;
    waiting_.push_back({token, std::move(job_id), std::move(host)});
  }
  changed_.notify_one();
  return true;
}

void Resolver::run() {
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const Question question = std::move(waiting_.front());
    waiting_.pop_front();
    const bool ending = stopping_;
    lock.unlock();
    if (ending) {
      static_cast<void>(question.token.refuse(CRAWLHUB_E_PLUGIN_GONE, "the plugin stops; send it again"));
    } else {
      answer(question.token, question.job_id, question.host);
    }
  }
}
