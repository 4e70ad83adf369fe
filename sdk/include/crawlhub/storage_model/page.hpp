// The parameters that queries share: a page of a list, and what is wanted of it.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <crawlhub/json_index.hpp>
#include <crawlhub/json_text.hpp>

namespace crawlhub::storage_model {

// Reads the parameters of a query. Thread: one at a time.
class Parameters {
 public:
  static constexpr std::int64_t kDefaultLimit = 50;
  static constexpr std::int64_t kMostLimit = 1000;

  // False where they are not a JSON object.
  bool read(std::string_view json) { return json.empty() || index_.read(json); }

  // Empty where absent.
  std::string text(std::string_view key) const { return index_.find(key).string().value_or(""); }
  bool has(std::string_view key) const { return index_.find(key).present(); }
  std::int64_t limit() const {
    return std::clamp(index_.find("limit").integer().value_or(kDefaultLimit), std::int64_t{1}, kMostLimit);
  }
  // The cursor: the row after which the page begins. Nothing where it is absent; nothing and bad() where it
  // is none.
  std::optional<std::int64_t> after() const {
    const std::string cursor = text("after");
    std::int64_t row = 0;
    const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), row);
    if (cursor.empty() || error != std::errc() || end != cursor.data() + cursor.size()) return std::nullopt;
    return row;
  }
  bool bad_cursor() const { return has("after") && !after(); }

 private:
  JsonIndex index_;
};

// Ends a page that was begun with {"...":[ : closes both, with the cursor of the next one where there is
// more.
inline void end_page(JsonText& json, bool more, std::int64_t last_row) {
  json.end_array().key("next");
  more ? json.value(std::to_string(last_row)) : json.null();
  json.end_object();
}

}  // namespace crawlhub::storage_model
