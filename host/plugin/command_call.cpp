#include "host/plugin/command_call.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "host/errors/catalogue.hpp"

crawlhub_status crawlhub_command_call::reply(std::string_view json) {
  if (answered_ || !nlohmann::json::accept(json)) return CRAWLHUB_INVALID;
  answer_ = {0, std::string(json)};
  // In valid JSON a raw line break is white space. Answers are one line: faces that send lines rely on it.
  std::ranges::replace_if(
      answer_.text, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  answered_ = true;
  return CRAWLHUB_OK;
}

crawlhub_status crawlhub_command_call::fail(std::int32_t code, std::string_view text) {
  if (answered_) return CRAWLHUB_INVALID;
  const bool known = crawlhub::catalogue_entry(code).code == code;
  answer_ = {known ? code : CRAWLHUB_E_PLUGIN_FAILED, std::string(text)};
  answered_ = true;
  return CRAWLHUB_OK;
}
