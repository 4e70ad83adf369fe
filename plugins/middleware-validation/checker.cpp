#include "checker.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace crawlhub::validation {
namespace {

constexpr std::size_t kFewUnknown = 8;

constexpr std::array<bool, 256> job_id_characters() {
  std::array<bool, 256> allowed{};
  for (int c = 'a'; c <= 'z'; ++c) allowed[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) allowed[static_cast<std::size_t>(c)] = true;
  for (int c = '0'; c <= '9'; ++c) allowed[static_cast<std::size_t>(c)] = true;
  allowed['_'] = allowed['-'] = true;
  return allowed;
}

constexpr auto kJobIdCharacters = job_id_characters();

// Texts of peers go into error texts: kept short, and on one line.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text.substr(0, 60)) out += static_cast<unsigned char>(c) < ' ' ? '?' : c;
  return out + (text.size() > 60 ? "...\"" : "\"");
}

// The keys that no rule knows, seen so far: a repeated one is looked for among them. Few is the common case.
class UnknownKeys {
 public:
  // Returns false where key was there already. With more than a few, repeated() must be asked at the end.
  bool add(std::string_view key) {
    if (count_ == kFewUnknown) {
      if (many_.empty()) many_.assign(few_.begin(), few_.end());
      many_.push_back(key);
      return true;
    }
    for (std::size_t i = 0; i < count_; ++i) {
      if (few_[i] == key) return false;
    }
    few_[count_++] = key;
    return true;
  }
  // One that stands twice among many, or empty.
  std::string_view repeated() {
    std::sort(many_.begin(), many_.end());
    const auto twice = std::adjacent_find(many_.begin(), many_.end());
    return twice == many_.end() ? std::string_view{} : *twice;
  }

 private:
  std::array<std::string_view, kFewUnknown> few_;
  std::size_t count_ = 0;
  std::vector<std::string_view> many_;
};

bool refuse_repeated(Refusal& refusal, std::string_view key) {
  refusal = {CRAWLHUB_E_REPEATED_FIELD, "data." + std::string(key) + ": expected once, but it stands twice"};
  return false;
}

// Whether the value of a field is looked at at all.
bool is_judged(Need need, bool older, bool hello) noexcept {
  if (need == Need::kOlder) return older;
  return need != Need::kExtension || hello;
}

}  // namespace

bool is_job_id(std::string_view text) noexcept {
  if (text.size() < 3 || text.size() > 100) return false;
  bool good = true;
  for (const char c : text) good &= kJobIdCharacters[static_cast<unsigned char>(c)];
  return good;
}

bool is_older(const crawlhub_message& message) noexcept {
  return Members(message.extras, message.extra_count, message.member_stride).find("dialect").raw() ==
         "\"older\"";
}

Checker::Checker(std::vector<std::string> entity_types) : entity_types_(std::move(entity_types)) {
  std::vector<std::string_view> names;
  for (const Rule& rule : rules()) {
    names.push_back(rule.type);
    std::vector<std::string_view> keys;
    Compiled compiled{&rule, {}, 0, 0};
    for (const Field& field : rule.fields) {
      const std::uint32_t bit = 1u << keys.size();
      keys.push_back(field.key);
      if (field.need == Need::kRequired || field.need == Need::kRequiredNewer) compiled.required |= bit;
      if (field.need == Need::kRequired) compiled.required_older |= bit;
    }
    compiled.keys = KeyTable(keys);
    compiled_.push_back(std::move(compiled));
  }
  types_ = KeyTable(names);
}

bool Checker::check(const crawlhub_message& message, Refusal& refusal) const {
  const int at = types_.find(view(message.type));
  const bool known = at >= 0;
  if (known && !check_job(*compiled_[static_cast<std::size_t>(at)].rule, view(message.job_id), refusal))
    return false;
  return !known || check_members(compiled_[static_cast<std::size_t>(at)], message, refusal);
}

bool Checker::check_job(const Rule& rule, std::string_view job_id, Refusal& refusal) const {
  if (job_id.empty()) {
    if (!rule.needs_job) return true;
    refusal = {CRAWLHUB_E_MISSING_FIELD,
               "jobId: expected the id of a job on a " + std::string(rule.type) + ", but it is missing"};
    return false;
  }
  if (is_job_id(job_id)) return true;
  refusal = {CRAWLHUB_E_INVALID_FIELD, "jobId: expected 3 to 100 of A-Z a-z 0-9 _ -, got " + quoted(job_id)};
  return false;
}

bool Checker::check_members(const Compiled& compiled, const crawlhub_message& message,
                            Refusal& refusal) const {
  const bool older = message.extra_count != 0 && is_older(message);
  const bool hello = (message.connection->flags & CRAWLHUB_CONNECTION_HELLO) != 0;
  const Context context{entity_types_, older};
  std::uint32_t seen = 0;
  std::uint32_t given = 0;  // seen, and not null
  UnknownKeys unknown;
  Breach breach;
  for (const Member value : Members(message.members, message.member_count, message.member_stride)) {
    const int at = compiled.keys.find(value.key());
    if (at < 0) {
      if (!unknown.add(value.key())) return refuse_repeated(refusal, value.key());
      continue;
    }
    const std::uint32_t bit = 1u << at;
    if ((seen & bit) != 0) return refuse_repeated(refusal, value.key());
    seen |= bit;
    if (!value.present()) continue;
    given |= bit;
    const Field& field = compiled.rule->fields[static_cast<std::size_t>(at)];
    if (!is_judged(field.need, older, hello) || suits(field, value, context, breach)) continue;
    refusal = {CRAWLHUB_E_INVALID_FIELD, "data." + std::string(field.key) + breach.where + ": expected " +
                                             breach.expected + ", got " + breach.got};
    return false;
  }
  if (const auto twice = unknown.repeated(); !twice.empty()) return refuse_repeated(refusal, twice);
  return check_missing(compiled, given, older, refusal);
}

bool Checker::check_missing(const Compiled& compiled, std::uint32_t given, bool older,
                            Refusal& refusal) const {
  const std::uint32_t missing = (older ? compiled.required_older : compiled.required) & ~given;
  if (missing == 0) return true;
  const Field& field = compiled.rule->fields[static_cast<std::size_t>(std::countr_zero(missing))];
  refusal = {CRAWLHUB_E_MISSING_FIELD, "data." + std::string(field.key) + ": expected " +
                                           expectation(field, entity_types_) + ", but it is missing"};
  return false;
}

}  // namespace crawlhub::validation
