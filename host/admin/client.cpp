#include "host/admin/client.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <sys/socket.h>
#include <sys/un.h>

#include <crawlhub/abi/errors.h>

namespace crawlhub {

namespace {

using Json = nlohmann::ordered_json;

Status gone(const std::string& why) {
  return {CRAWLHUB_E_NETWORK_FAILED, "the hub went away: " + why};
}

std::string last_error() {
  return std::generic_category().message(errno);
}

std::string request_line(std::string_view command, const Json& arguments) {
  const Json request{{"command", command}, {"arguments", arguments}};
  return request.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<AdminAnswer> read_answer(const std::string& line) {
  auto json = Json::parse(line, nullptr, false);
  if (!json.is_object() || !json.contains("ok")) return gone("it answered what is not an answer: " + line);
  AdminAnswer answer;
  if (json["ok"] == true) {
    answer.answer = std::move(json["answer"]);
  } else {
    answer.code = json.value("code", "internal");
    answer.error = json.value("error", "the hub gave no reason");
  }
  return answer;
}

}  // namespace

Result<AdminClient> AdminClient::connect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return {CRAWLHUB_E_NETWORK_FAILED, path + ": is too long for the path of a socket"};
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return {CRAWLHUB_E_NETWORK_FAILED, path + ": " + last_error()};
  while (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno != EINTR) return {CRAWLHUB_E_NETWORK_FAILED, path + ": " + last_error()};
  }
  return AdminClient(std::move(fd));
}

Status AdminClient::send(std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return gone(last_error());
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

Result<std::string> AdminClient::read_line() {
  std::array<char, 16384> chunk;
  std::size_t seen = 0;
  for (;;) {
    if (const auto end = input_.find('\n', seen); end != std::string::npos) {
      std::string line = input_.substr(0, end);
      input_.erase(0, end + 1);
      return line;
    }
    seen = input_.size();
    const auto got = ::recv(fd_.get(), chunk.data(), chunk.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return gone(got == 0 ? "it closed the connection" : last_error());
    input_.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

Result<AdminAnswer> AdminClient::call(std::string_view command, const Json& arguments) {
  if (auto status = send(request_line(command, arguments)); !status) return status;
  const auto line = read_line();
  if (!line) return line.status();
  return read_answer(*line);
}

Status AdminClient::follow(std::string_view prefix, const std::function<bool(const std::string&)>& on_event) {
  auto begun = call("events", {{"prefix", prefix}});
  if (!begun) return std::move(begun).status();
  if (!begun->ok()) return {CRAWLHUB_E_BAD_ARGUMENT, begun->error};
  for (;;) {
    const auto line = read_line();
    if (!line) return line.status();
    const auto json = Json::parse(*line, nullptr, false);
    if (json.is_object() && json.contains("error"))
      return {CRAWLHUB_E_SLOW_CONSUMER, json.value("error", "")};
    if (!on_event(*line)) return {};
  }
}

}  // namespace crawlhub
