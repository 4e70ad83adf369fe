// Judges a message by the rules, reading only the host's index of its members.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/abi/errors.h>
#include <crawlhub/abi/message.h>
#include <crawlhub/json_value.hpp>
#include <crawlhub/key_table.hpp>

#include "rules.hpp"
#include "shapes.hpp"

namespace crawlhub::validation {

// Why a message is refused: a code of the catalogue and a sentence that names the field and the rule.
struct Refusal {
  std::int32_t code = 0;
  std::string text;
};

// Built once, then read by every worker at once. check allocates only for refusals and for messages with many
// unknown fields.
class Checker {
 public:
  explicit Checker(std::vector<std::string> entity_types);

  // Returns true where the message keeps every rule; types without a rule do.
  bool check(const crawlhub_message& message, Refusal& refusal) const;

 private:
  struct Compiled {
    const Rule* rule;
    KeyTable keys;
    std::uint32_t required = 0;        // bits of fields, in the newer dialect
    std::uint32_t required_older = 0;  // and in the older one
  };

  bool check_job(const Rule& rule, std::string_view job_id, Refusal& refusal) const;
  bool check_members(const Compiled& compiled, const crawlhub_message& message, Refusal& refusal) const;
  bool check_missing(const Compiled& compiled, std::uint32_t given, bool older, Refusal& refusal) const;

  KeyTable entity_types_;
  KeyTable types_;
  std::vector<Compiled> compiled_;
};

// Whether text may be the id of a job: 3 to 100 of A-Z a-z 0-9 _ -
bool is_job_id(std::string_view text) noexcept;

// Whether the compatibility middleware translated the message from the older dialect: it says so in the
// envelope.
bool is_older(const crawlhub_message& message) noexcept;

}  // namespace crawlhub::validation
