#include "host/admin/session.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>

#include <crawlhub/abi/errors.h>

#include "host/core/clock.hpp"
#include "host/core/json_text.hpp"
#include "host/errors/catalogue.hpp"

namespace crawlhub {

namespace {

using nlohmann::json;

constexpr int kDeepest = 64;               // As for messages: what recursion can take.
constexpr std::size_t kEventBound = 4096;  // Events that may wait in the bus for one client.

std::string error_line(std::int32_t code, std::string_view text) {
  std::string line;
  JsonWriter(line)
      .begin_object()
      .field("ok", false)
      .field("code", catalogue_entry(code).wire)
      .field("error", text)
      .end_object();
  return line += '\n';
}

std::string answer_line(const CommandAnswer& answer) {
  if (answer.code != 0) return error_line(answer.code, answer.text);
  std::string line = "{\"ok\":true,\"answer\":" + (answer.text.empty() ? "null" : answer.text);
  // JSON has raw line ends only between its tokens, where a space says the same.
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line += "}\n";
}

struct Request {
  std::string command;
  json arguments;
};

Result<Request> parse_request(std::string_view line) {
  bool too_deep = false;
  auto request = json::parse(
      line,
      [&](int depth, json::parse_event_t, json&) {
        too_deep = too_deep || depth > kDeepest;
        return !too_deep;
      },
      false);
  if (too_deep) return {CRAWLHUB_E_TOO_DEEP, "the request is nested too deeply"};
  if (request.is_discarded())
    return {CRAWLHUB_E_NOT_JSON, "the request is not JSON: one object a line is expected"};
  if (!request.is_object() || !request.contains("command") || !request["command"].is_string()) {
    return {CRAWLHUB_E_BAD_ARGUMENT, R"(expected {"command": "name", "arguments": {..}})"};
  }
  Request result{request["command"], request.value("arguments", json::object())};
  if (!result.arguments.is_object()) return {CRAWLHUB_E_BAD_ARGUMENT, "arguments: expected an object"};
  return result;
}

std::string event_line(const Event& event) {
  std::string line;
  JsonWriter(line)
      .begin_object()
      .field("event", event.name)
      .field("number", event.number)
      .field("time", format_iso8601(event.time_ns))
      .raw_field("data", event.json)
      .end_object();
  return line += '\n';
}

}  // namespace

AdminServer::Session::Session(std::shared_ptr<State> state, Socket socket)
    : state_(std::move(state)), socket_(std::move(socket)) {}

void AdminServer::Session::refuse(std::int32_t code, std::string_view text) {
  do_write(error_line(code, text), true);
}

void AdminServer::Session::stop() {
  stopping_ = true;
  if (!busy_) close();
}

void AdminServer::Session::do_read() {
  boost::asio::async_read_until(
      socket_, boost::asio::dynamic_buffer(input_, state_->options.request_size), '\n',
      [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
        self->on_read(error, size);
      });
}

void AdminServer::Session::on_read(const boost::system::error_code& error, std::size_t size) {
  if (error == boost::asio::error::not_found) {
    return refuse(CRAWLHUB_E_TOO_LONG,
                  "the request is longer than " + std::to_string(state_->options.request_size) + " bytes");
  }
  if (error) return close();
  const std::string line = input_.substr(0, size - 1);
  input_.erase(0, size);
  handle(line);
}

void AdminServer::Session::handle(std::string_view line) {
  const auto request = parse_request(line);
  if (!request) return do_write(error_line(request.code(), request.error()), false);
  if (request->command == "events") return follow(request->arguments);
  execute(request->command, request->arguments.dump());
}

void AdminServer::Session::execute(std::string name, std::string arguments) {
  busy_ = true;
  const bool taken =
      state_->post([self = shared_from_this(), name = std::move(name), args = std::move(arguments)] {
        auto answer = std::make_shared<CommandAnswer>(self->state_->registry.execute(name, args));
        boost::asio::post(self->state_->io, [self, answer] { self->on_answer(*answer); });
      });
  if (!taken) on_answer({CRAWLHUB_E_DRAINING, "the hub has too much to do, or is about to stop; try again"});
}

void AdminServer::Session::on_answer(const CommandAnswer& answer) {
  busy_ = false;
  do_write(answer_line(answer), stopping_);
}

void AdminServer::Session::do_write(std::string line, bool last) {
  output_ = std::move(line);
  boost::asio::async_write(
      socket_, boost::asio::buffer(output_),
      [self = shared_from_this(), last](const boost::system::error_code& error, std::size_t) {
        if (error || last || self->stopping_) return self->close();
        self->do_read();
      });
}

void AdminServer::Session::follow(const json& arguments) {
  const auto prefix = arguments.value("prefix", json(""));
  if (!prefix.is_string()) {
    return do_write(error_line(CRAWLHUB_E_BAD_ARGUMENT, "prefix: expected a string"), false);
  }
  outbox_.lines = "{\"ok\":true,\"answer\":{}}\n";
  // The session outlives its subscription: close() ends it before the last reference goes.
  subscription_ = state_->bus.subscribe(
      prefix.get<std::string>(), kEventBound, [this](const Event& event) { on_event(event); },
      [this] { on_ended(); });
  watch_peer();
  do_write_events();
}

// A client that follows events has nothing more to say: whatever comes ends it.
void AdminServer::Session::watch_peer() {
  socket_.async_read_some(
      boost::asio::buffer(&ignored_, 1),
      [self = shared_from_this()](const boost::system::error_code&, std::size_t) { self->close(); });
}

void AdminServer::Session::on_event(const Event& event) {
  const std::string line = event_line(event);
  {
    const std::lock_guard lock(outbox_.mutex);
    if (outbox_.ended) return;
    if (outbox_.lines.size() + line.size() > state_->options.write_queue) {
      outbox_.lines +=
          error_line(CRAWLHUB_E_SLOW_CONSUMER, "events were not read fast enough; follow them again");
      outbox_.ended = true;
    } else {
      outbox_.lines += line;
    }
  }
  wake();
}

void AdminServer::Session::on_ended() {
  {
    const std::lock_guard lock(outbox_.mutex);
    if (outbox_.ended) return;
    outbox_.lines +=
        error_line(CRAWLHUB_E_SLOW_CONSUMER, "events were not read fast enough; follow them again");
    outbox_.ended = true;
  }
  wake();
}

void AdminServer::Session::wake() {
  boost::asio::post(state_->io, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->do_write_events();
  });
}

void AdminServer::Session::do_write_events() {
  if (writing_ || !socket_.is_open()) return;
  bool last = false;
  {
    const std::lock_guard lock(outbox_.mutex);
    output_.clear();
    output_.swap(outbox_.lines);
    last = outbox_.ended;
  }
  if (output_.empty()) return last ? close() : void();
  writing_ = true;
  boost::asio::async_write(socket_, boost::asio::buffer(output_),
                           [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
                             self->writing_ = false;
                             if (error) return self->close();
                             self->do_write_events();
                           });
}

void AdminServer::Session::close() {
  subscription_.reset();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace crawlhub
