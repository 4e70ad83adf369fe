// Convenience for those who use nlohmann/json: the only header of the SDK that includes it. Parsing a message
// again costs microseconds; message.data() costs none.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include <crawlhub/json_value.hpp>
#include <crawlhub/message.hpp>

namespace crawlhub::inline sdk {

// Nothing where text is not JSON.
inline std::optional<nlohmann::json> parse_json(std::string_view text) {
  nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded()) return std::nullopt;
  return json;
}

// The host has checked both: they parse. Null where the member is absent.
inline nlohmann::json to_json(Member member) {
  return parse_json(member.raw()).value_or(nullptr);
}
inline nlohmann::json data_of(const Message& message) {
  return parse_json(message.data_json()).value_or(nullptr);
}

// One line, without a raw newline: fit for reply and publish. What is not UTF-8 becomes U+FFFD.
inline std::string to_text(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace crawlhub::inline sdk
