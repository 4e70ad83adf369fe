// The older dialect of the protocol, told from the newer one and turned into it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/abi/message.h>
#include <crawlhub/json_text.hpp>
#include <crawlhub/json_value.hpp>
#include <crawlhub/key_table.hpp>

namespace crawlhub::compatibility {

// What a message has of the older dialect; bits, and the tag that its answer is known by.
inline constexpr std::uint32_t kOlderEnvelope = 1;  // job_id instead of jobId
inline constexpr std::uint32_t kOlderData = 2;

// Thread: any; it does not change once built.
class Translator {
 public:
  Translator();

  // Bits of the older dialect in message; 0: it is newer throughout. Looks at keys only.
  std::uint32_t spelling(const crawlhub_message& message) const noexcept;

  // Appends the whole message in the newer dialect. What has no newer name is kept; where a field stands in
  // both spellings the newer one counts. The envelope gets "dialect":"older" where data was translated:
  // entity names are free then, and fewer fields are required.
  void translate(const crawlhub_message& message, std::uint32_t spelling, JsonText& out) const;

 private:
  KeyTable types_;
  std::vector<KeyTable> older_keys_;  // by type
};

// Appends an answer's data in the older spelling. Returns false, and appends nothing, where both spell it
// alike.
bool translate_answer(std::string_view type, std::string_view data, JsonText& out);

}  // namespace crawlhub::compatibility
