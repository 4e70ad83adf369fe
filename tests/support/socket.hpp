#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace crawlhub::testing {

// One end of a stream socket, blocking, with deadlines: what a crawler has in its hands.
class Socket {
 public:
  static Socket unix_path(const std::string& path);  // throws where nobody listens
  static Socket tcp(int port);
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();

  void send(std::string_view bytes);  // all of them; throws where the peer is gone
  void send_message(const nlohmann::json& message, bool newline = true);
  void end_of_output();  // half-closes
  // The next line as JSON; nothing where none came in time or the peer closed.
  std::optional<nlohmann::json> receive(std::chrono::milliseconds most = std::chrono::seconds(20));
  // Skips others until one of the type.
  std::optional<nlohmann::json> receive_type(const std::string& type,
                                             std::chrono::milliseconds most = std::chrono::seconds(20));
  // Whether the peer closes within the time; what it still says is kept for receive().
  bool closed(std::chrono::milliseconds most = std::chrono::seconds(20));
  int fd() const { return fd_; }

 private:
  explicit Socket(int fd) : fd_(fd) {}
  bool read_more(std::chrono::steady_clock::time_point deadline);

  int fd_ = -1;
  std::string buffer_;
  bool ended_ = false;
};

// A message as crawlers send it, with the time of now.
nlohmann::json message(const std::string& type, nlohmann::json data = nlohmann::json::object(),
                       const std::string& job_id = {});

}  // namespace crawlhub::testing
