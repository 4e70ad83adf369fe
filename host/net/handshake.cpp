// hello and welcome (docs/protocol.md, "Extensions").
#include <algorithm>

#include <nlohmann/json.hpp>

#include "host/net/connection.hpp"
#include "host/net/workers.hpp"

namespace crawlhub {

namespace {

constexpr std::size_t kMostIdLength = 128;
constexpr std::string_view kProtocolVersion = "1.0.0";

struct Capability {
  std::string_view name;
  std::uint32_t flag;
};

// Those that the host or the ABI knows; plugins may offer more.
constexpr Capability kCapabilities[] = {
    {"acks", CRAWLHUB_CONNECTION_ACKS},       {"errors", CRAWLHUB_CONNECTION_ERRORS},
    {"leases", CRAWLHUB_CONNECTION_LEASES},   {"push", CRAWLHUB_CONNECTION_PUSH},
    {"control", CRAWLHUB_CONNECTION_CONTROL},
};

// Why the hello's data cannot be used; empty where it can.
std::string problem(const nlohmann::json& data) {
  const auto id = data.find("crawlerId");
  if (id == data.end() || !id->is_string() || id->get_ref<const std::string&>().empty())
    return "data.crawlerId: expected a string that is not empty";
  const std::string& text = id->get_ref<const std::string&>();
  if (text.size() > kMostIdLength) return "data.crawlerId: expected at most 128 bytes";
  if (std::ranges::any_of(text, [](unsigned char c) { return c <= ' ' || c == 0x7f; }))
    return "data.crawlerId: expected no spaces or control characters";
  const auto type = data.find("type");
  if (type != data.end() && !type->is_null() && *type != "crawler")
    return "data.type: expected \"crawler\"; other roles need a plugin that gives them";
  const auto list = data.find("capabilities");
  if (list != data.end() && !list->is_null() &&
      (!list->is_array() || !std::ranges::all_of(*list, [](const auto& one) { return one.is_string(); })))
    return "data.capabilities: expected a list of strings";
  const auto most = data.find("maxConcurrentJobs");
  if (most != data.end() && !most->is_null() &&
      (!most->is_number_unsigned() || most->get<std::uint64_t>() == 0 ||
       most->get<std::uint64_t>() > UINT32_MAX))
    return "data.maxConcurrentJobs: expected a whole number of at least 1";
  const auto version = data.find("version");
  if (version != data.end() && !version->is_null() && !version->is_string())
    return "data.version: expected a string";
  return {};
}

}  // namespace

void Connection::on_hello(const crawlhub_message& message) {
  if ((info_.flags & CRAWLHUB_CONNECTION_HELLO) != 0 || hello_)
    return report(CRAWLHUB_E_HANDSHAKE, "a second hello", kNoTicket);
  if (stats_.messages_received > 1)
    return report(CRAWLHUB_E_HANDSHAKE, "hello must be the first message", kNoTicket);
  const auto data =
      nlohmann::json::parse(message.data.ptr, message.data.ptr + message.data.len, nullptr, false);
  info_.flags |= CRAWLHUB_CONNECTION_ERRORS;  // a refused hello is told in any case
  const std::string wrong = problem(data);
  if (!wrong.empty()) return close(CRAWLHUB_E_HANDSHAKE, wrong);
  info_.flags &= ~CRAWLHUB_CONNECTION_ERRORS;

  hello_ = std::make_unique<Hello>();
  hello_->crawler_id = data["crawlerId"].get<std::string>();
  hello_->version = data.value("version", std::string());
  hello_->data.assign(message.data.ptr, message.data.len);
  for (const auto& wanted : data.value("capabilities", nlohmann::json::array())) {
    const auto& offered = worker_.workers().options().capabilities;
    const std::string name = wanted.get<std::string>();
    if (offered.contains(name) && std::ranges::find(hello_->capabilities, name) == hello_->capabilities.end())
      hello_->capabilities.push_back(name);
  }
  info_.max_concurrent_jobs = data.value("maxConcurrentJobs", std::uint32_t{0});

  const Workers::Claim claim = worker_.workers().claim_crawler(hello_->crawler_id, id(), owner_);
  if (claim.forbidden) {
    hello_->crawler_id.clear();
    info_.flags |= CRAWLHUB_CONNECTION_ERRORS;
    return close(CRAWLHUB_E_FORBIDDEN, "data.crawlerId: another user's crawler is connected under this id");
  }
  if (claim.previous == 0) return welcome();
  // The first one ends before this one is heard, so that its leases are free to be taken up again.
  pause(Pause::kHandshake);
  worker_.workers().close_then(claim.previous, CRAWLHUB_E_TAKEN_OVER,
                               "another connection took over this crawlerId", [&worker = worker_, id = id()] {
                                 worker.post([&worker, id] {
                                   Connection* self = worker.find(id);
                                   if (self == nullptr || self->closing_) return;
                                   self->welcome();
                                   self->resume();
                                 });
                               });
}

void Connection::welcome() {
  info_.flags |= CRAWLHUB_CONNECTION_HELLO;
  info_.crawler_id = {hello_->crawler_id.data(), hello_->crawler_id.size()};
  for (const Capability& capability : kCapabilities) {
    if (std::ranges::find(hello_->capabilities, capability.name) != hello_->capabilities.end())
      info_.flags |= capability.flag;
  }
  const Status allowed = worker_.lane().hello(*this, hello_->data);
  if (!allowed) {
    info_.flags |= CRAWLHUB_CONNECTION_ERRORS;
    return close(allowed.code(), allowed.text());
  }
  if ((info_.flags & CRAWLHUB_CONNECTION_ACKS) != 0) inflight_ = std::make_unique<Inflight>();
  const nlohmann::json data = {
      {"connectionId", name_},
      {"protocolVersion", kProtocolVersion},
      {"capabilities", hello_->capabilities},
      {"heartbeatInterval", worker_.limits().heartbeat_interval_ns / 1'000'000},
      {"durability", worker_.workers().options().durability},
  };
  write("jobId", "welcome", {}, data.dump());
  worker_.workers().observer().connection_event("authenticated", view(), {});
}

}  // namespace crawlhub
