#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "host/core/status.hpp"
#include "host/http/routes.hpp"

namespace crawlhub {

// The HTTP listener: probes, metrics, and what else the routes say. HTTP/1.1 with keep-alive.
// Thread: constructed, stopped and destroyed by one; its sockets belong to the thread that runs io.
class HttpServer {
 public:
  // Runs a task on a thread that may wait; false where it takes no more.
  using Post = std::function<bool(std::function<void()>)>;

  struct Options {
    std::string listen;  // "127.0.0.1:8090"; port 0: any that is free
    std::string token;   // bearer token for routes that are not open; empty: those for loopback only
    std::size_t connections = 256;  // more wait to be accepted
    std::uint32_t header_size = 16U << 10;
    std::uint64_t body_size = 8U << 20;
    std::chrono::seconds request_timeout{15};  // for a request to come whole, and for its answer to be read
    std::chrono::seconds idle_timeout{75};     // between two requests of a connection
  };

  // Listens. io and what post stands for must outlive the server, and every task given to post. Errors:
  // BAD_CONFIG.
  static Result<std::unique_ptr<HttpServer>> start(boost::asio::io_context& io, Options options,
                                                   Routes routes, Post post);
  // As stop.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;

  // Takes no more connections and closes each when its request is answered. Does not wait.
  void stop();

 private:
  class Session;
  struct State;
  explicit HttpServer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace crawlhub
