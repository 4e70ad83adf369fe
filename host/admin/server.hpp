#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "host/commands/registry.hpp"
#include "host/core/status.hpp"
#include "host/events/bus.hpp"

namespace crawlhub {

// The admin socket: a Unix socket that only its owner may use, for the command line.
// A request is a line {"command": NAME, "arguments": {..}}; its answer is a line {"ok": true, "answer": JSON}
// or
// {"ok": false, "code": WORD, "error": SENTENCE}. A connection's requests are done one after the other.
// {"command": "events", "arguments": {"prefix": P}} is answered by a line, and then by one for each event,
// {"event": NAME, "number": N, "time": ISO, "data": JSON}, until the client sends or closes.
// Thread: constructed, stopped and destroyed by one; its sockets belong to the thread that runs io.
class AdminServer {
 public:
  // Runs a task on a thread that may wait; false where it takes no more.
  using Post = std::function<bool(std::function<void()>)>;

  struct Options {
    std::string path;
    std::size_t connections = 64;
    std::size_t request_size = 16U << 20;  // Bytes; a longer line is refused and the connection closed.
    std::size_t write_queue = 4U << 20;    // Bytes of events that may wait for a client.
  };

  // Listens. io, registry, bus and what post stands for must outlive the server, and every task given to
  // post. Errors: BAD_CONFIG.
  static Result<std::unique_ptr<AdminServer>> start(boost::asio::io_context& io, Options options,
                                                    const CommandRegistry& registry, EventBus& bus,
                                                    Post post);
  // As stop.
  ~AdminServer();
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  // Takes no more connections, ends the event streams, closes each connection when its command is done, and
  // removes the socket file. Does not wait.
  void stop();

 private:
  class Session;
  struct State;
  explicit AdminServer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace crawlhub
