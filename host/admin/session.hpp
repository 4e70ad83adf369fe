#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json_fwd.hpp>

#include "host/admin/server.hpp"
#include "host/net/listener.hpp"

namespace crawlhub {

// What all sessions of a server share. Thread: that of io, but for the constants.
struct AdminServer::State {
  State(boost::asio::io_context& context, Options opts, const CommandRegistry& commands, EventBus& events,
        Post run)
      : io(context),
        options(std::move(opts)),
        registry(commands),
        bus(events),
        post(std::move(run)),
        acceptor(io),
        pause(io) {}

  boost::asio::io_context& io;
  const Options options;
  const CommandRegistry& registry;
  EventBus& bus;
  const Post post;
  std::optional<ListeningSocket> listening;  // owns the socket file
  boost::asio::local::stream_protocol::acceptor acceptor;
  boost::asio::steady_timer pause;  // after an accept that failed
  std::deque<std::weak_ptr<Session>> known;

  static void accept(const std::shared_ptr<State>& state);
  void admit(const std::shared_ptr<State>& state, boost::asio::local::stream_protocol::socket socket);
};

// One connection of the admin socket. Thread: that of io, unless it says otherwise.
class AdminServer::Session : public std::enable_shared_from_this<Session> {
 public:
  using Socket = boost::asio::local::stream_protocol::socket;

  Session(std::shared_ptr<State> state, Socket socket);

  void run() { do_read(); }
  // Answers with an error and closes.
  void refuse(std::int32_t code, std::string_view text);
  // Closes, at once or when the command that runs is answered.
  void stop();

 private:
  void do_read();
  void on_read(const boost::system::error_code& error, std::size_t size);
  void handle(std::string_view line);
  void execute(std::string name, std::string arguments);
  void on_answer(const CommandAnswer& answer);
  void do_write(std::string line, bool last);
  void follow(const nlohmann::json& arguments);
  void watch_peer();
  void on_event(const Event& event);  // Thread: of the bus.
  void on_ended();                    // Thread: of the bus.
  void wake();                        // Thread: any.
  void do_write_events();
  void close();

  const std::shared_ptr<State> state_;
  Socket socket_;
  std::string input_;
  std::string output_;
  char ignored_ = 0;
  bool busy_ = false;      // a command runs
  bool stopping_ = false;  // close when it is answered
  bool writing_ = false;   // events are under way

  // Events on their way from the bus's thread to the socket's.
  struct Outbox {
    std::mutex mutex;
    std::string lines;   // guarded by mutex
    bool ended = false;  // guarded by mutex: nothing follows
  };
  Outbox outbox_;
  std::unique_ptr<Subscription> subscription_;
};

}  // namespace crawlhub
