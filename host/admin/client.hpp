#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "host/core/status.hpp"
#include "host/core/unique_fd.hpp"

namespace crawlhub {

// What the hub answered to a command.
struct AdminAnswer {
  std::string code;               // empty: done; else a word of the catalogue: "unknown_job"
  std::string error;              // the sentence beside code
  nlohmann::ordered_json answer;  // where done

  bool ok() const { return code.empty(); }
};

// The other end of the admin socket (server.hpp says what is spoken). Its calls wait. Thread: one.
class AdminClient {
 public:
  // Errors: NETWORK_FAILED where no hub listens at path.
  static Result<AdminClient> connect(const std::string& path);

  // arguments: a JSON object. Errors: NETWORK_FAILED where the hub went away.
  Result<AdminAnswer> call(std::string_view command, const nlohmann::ordered_json& arguments);

  // Hands each event, a line of JSON, to on_event until it returns false (OK) or the hub ends the stream.
  // Errors: NETWORK_FAILED, SLOW_CONSUMER. The connection cannot be used afterwards.
  Status follow(std::string_view prefix, const std::function<bool(const std::string& line)>& on_event);

 private:
  explicit AdminClient(UniqueFd fd) : fd_(std::move(fd)) {}
  Status send(std::string_view text);
  Result<std::string> read_line();

  UniqueFd fd_;
  std::string input_;
};

}  // namespace crawlhub
