#include "host/envelope/envelope_parser.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "host/core/clock.hpp"
#include "host/envelope/json_walk.hpp"
#include "host/framing/framer.hpp"

namespace crawlhub {
namespace {

// Storage that one huge message made grow past this is given back with the next.
constexpr std::size_t kKeptMembers = 4096;
constexpr std::size_t kKeptUnescaped = std::size_t{1} << 20;

// Up to this many extra members comparing each with each is the fastest way to find a repeated one.
constexpr std::size_t kFewExtras = 16;

constexpr char kEmptyObject[2 + kTextPadding] = {'{', '}'};

crawlhub_str to_str(std::string_view text) {
  return {text.data(), text.size()};
}
std::string_view to_view(crawlhub_str text) {
  return {text.ptr, text.len};
}

bool same_key(const crawlhub_member& a, const crawlhub_member& b) {
  return to_view(a.key) == to_view(b.key);
}

// The later one of two members with the same key, nullptr where there are none.
const crawlhub_member* find_repeated(const std::vector<crawlhub_member>& members) {
  if (members.size() <= kFewExtras) {
    for (auto member = members.begin(); member != members.end(); ++member) {
      const auto same = [&](const crawlhub_member& other) { return same_key(*member, other); };
      if (std::any_of(members.begin(), member, same)) return &*member;
    }
    return nullptr;
  }
  std::vector<const crawlhub_member*> sorted;
  for (const crawlhub_member& member : members) sorted.push_back(&member);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto* a, const auto* b) { return to_view(a->key) < to_view(b->key); });
  const auto found = std::adjacent_find(sorted.begin(), sorted.end(),
                                        [](const auto* a, const auto* b) { return same_key(*a, *b); });
  return found == sorted.end() ? nullptr : found[1];
}

// The envelope's own fields; a bit each.
enum Field : unsigned {
  kExtra = 0,
  kType = 1,
  kTimestamp = 2,
  kJobId = 4,
  kSeq = 8,
  kLease = 16,
  kData = 32
};

Field field_of(std::string_view key) {
  switch (key.size()) {
    case 3:
      return key == "seq" ? kSeq : kExtra;
    case 4:
      return key == "data" ? kData : key == "type" ? kType : kExtra;
    case 5:
      return key == "jobId" ? kJobId : key == "lease" ? kLease : kExtra;
    case 9:
      return key == "timestamp" ? kTimestamp : kExtra;
    default:
      return kExtra;
  }
}

// One message being read.
class Reading {
 public:
  using At = JsonWalk::At;
  using Value = JsonWalk::Value;

  Reading(const JsonWalk& walk, EnvelopeParser::Storage& storage, crawlhub_message& message)
      : walk_(walk), storage_(storage), message_(message) {}

  bool envelope() {
    At at = walk_.begin();
    if (walk_.peek(at) != '{') return walk_.fail(walk_.here(at), "expected a JSON object") != nullptr;
    at = walk_.object(at, 1, [this](const Value& key, At value) { return member(key, value); });
    return at != nullptr && finish(at);
  }

 private:
  At member(const Value& key, At at) {
    const std::string_view name = unescaped(key.content());
    const Field field = field_of(name);
    if (field == kExtra) return indexed(name, at, 2, storage_.extras);
    if ((seen_ & field) != 0) return repeated(key.begin, name);
    seen_ |= field;
    if (field == kData) return data(at);
    Value value;
    at = walk_.value(at, 2, value);
    return at != nullptr && assign(field, value) ? at : nullptr;
  }

  At data(At at) {
    const char* begin = walk_.here(at);
    if (walk_.peek(at) != '{') {
      Value value;
      at = walk_.value(at, 2, value);
      if (at == nullptr || value.kind == CRAWLHUB_JSON_NULL) return at;
      return refuse(begin, "\"data\" must be an object");
    }
    at = walk_.object(at, 2, [this](const Value& key, At value) {
      return indexed(unescaped(key.content()), value, 3, storage_.members);
    });
    if (at == nullptr) return nullptr;
    message_.data = {begin, static_cast<std::uint64_t>(walk_.container_end(at) - begin)};
    return at;
  }

  At indexed(std::string_view key, At at, unsigned depth, std::vector<crawlhub_member>& members) {
    Value value;
    at = walk_.value(at, depth, value);
    if (at == nullptr) return nullptr;
    crawlhub_member& member = members.emplace_back();
    member.key = to_str(key);
    member.value = to_str(value.text());
    member.kind = value.kind;
    return at;
  }

  bool assign(Field field, const Value& value) {
    if (field == kType) {
      if (value.kind != CRAWLHUB_JSON_STRING)
        return mistyped(value, "\"type\" must be a string", CRAWLHUB_E_NO_TYPE);
      message_.type = to_str(unescaped(value.content()));
      return true;
    }
    if (value.kind == CRAWLHUB_JSON_NULL) return true;
    if (field == kTimestamp) {
      timestamp(value);
      return true;
    }
    if (field == kJobId) {
      if (value.kind != CRAWLHUB_JSON_STRING) return mistyped(value, "\"jobId\" must be a string");
      message_.job_id = to_str(unescaped(value.content()));
      return true;
    }
    const bool is_seq = field == kSeq;
    message_.flags |= is_seq ? CRAWLHUB_MESSAGE_SEQ : CRAWLHUB_MESSAGE_LEASE;
    return number(value, is_seq ? message_.seq : message_.lease) ||
           mistyped(value, is_seq ? "\"seq\" must be a whole number from 0 to 2^64-1"
                                  : "\"lease\" must be a whole number from 0 to 2^64-1");
  }

  // An unreadable one is no error: whoever minds finds its text, and that it is not marked as readable.
  void timestamp(const Value& value) {
    if (value.kind != CRAWLHUB_JSON_STRING) {
      message_.timestamp = to_str(value.text());
      return;
    }
    const std::string_view text = unescaped(value.content());
    message_.timestamp = to_str(text);
    if (const auto time = parse_iso8601(text)) {
      message_.time_ns = *time;
      message_.flags |= CRAWLHUB_MESSAGE_TIME;
    }
  }

  static bool number(const Value& value, std::uint64_t& number) {
    const auto read = std::from_chars(value.begin, value.end, number);
    return value.kind == CRAWLHUB_JSON_NUMBER && read.ec == std::errc() && read.ptr == value.end;
  }

  bool finish(At at) {
    if (walk_.finish(at) == nullptr) return false;
    if ((seen_ & kType) == 0)
      return refuse(walk_.container_end(at) - 1, "no \"type\"", CRAWLHUB_E_NO_TYPE) != nullptr;
    if (storage_.extras.size() < 2) return true;
    const crawlhub_member* extra = find_repeated(storage_.extras);
    return extra == nullptr || repeated(extra->value.ptr, to_view(extra->key)) != nullptr;
  }

  std::string_view unescaped(std::string_view content) {
    if (!walk_.has_escapes() || content.find('\\') == std::string_view::npos) return content;
    char* begin = storage_.unescaped.get() + storage_.unescaped_used;
    const char* end = unescape(content, begin);
    storage_.unescaped_used += static_cast<std::size_t>(end - begin);
    return {begin, static_cast<std::size_t>(end - begin)};
  }

  At refuse(const char* where, const char* reason, ErrorCode code = CRAWLHUB_E_BAD_ENVELOPE) const {
    return walk_.fail(where, reason, code);
  }
  bool mistyped(const Value& value, const char* reason, ErrorCode code = CRAWLHUB_E_BAD_ENVELOPE) const {
    return refuse(value.begin, reason, code) != nullptr;
  }
  [[gnu::cold]] At repeated(const char* where, std::string_view key) const {
    return refuse(where, ("repeated key \"" + std::string(key) + '"').c_str());
  }

  const JsonWalk& walk_;
  EnvelopeParser::Storage& storage_;
  crawlhub_message& message_;
  unsigned seen_ = 0;  // Field bits
};

void clear_members(std::vector<crawlhub_member>& members) {
  if (members.capacity() > kKeptMembers) {
    members = {};
  } else {
    members.clear();
  }
}

void reset(EnvelopeParser::Storage& storage) {
  clear_members(storage.members);
  clear_members(storage.extras);
  storage.unescaped_used = 0;
  if (storage.unescaped_size > kKeptUnescaped) {
    storage.unescaped.reset();
    storage.unescaped_size = 0;
  }
}

void reserve_unescaped(EnvelopeParser::Storage& storage, std::size_t text_size) {
  const std::size_t wanted = text_size + kTextPadding;
  if (storage.unescaped_size >= wanted) return;
  storage.unescaped = std::make_unique<char[]>(wanted);
  storage.unescaped_size = wanted;
}

// Field by field: zeroing the whole struct costs 5 ns, and its caller's two fields are to stay.
void clear(crawlhub_message& message, std::string_view text) {
  message.struct_size = sizeof message;
  message.flags = 0;
  message.member_stride = sizeof(crawlhub_member);
  message.member_count = 0;
  message.extra_count = 0;
  message.text = to_str(text);
  message.type = {};
  message.job_id = {};
  message.timestamp = {};
  message.data = {kEmptyObject, 2};
  message.seq = 0;
  message.lease = 0;
  message.time_ns = 0;
}

}  // namespace

bool EnvelopeParser::parse(std::string_view text, crawlhub_message& message) {
  reset(storage_);
  clear(message, text);
  if (!structure_.index(text, error_)) return false;
  const JsonWalk walk(text, structure_.positions(), error_);
  if (walk.has_escapes()) reserve_unescaped(storage_, text.size());
  if (!Reading(walk, storage_, message).envelope()) return false;
  message.members = storage_.members.data();
  message.member_count = static_cast<std::uint32_t>(storage_.members.size());
  message.extras = storage_.extras.data();
  message.extra_count = static_cast<std::uint32_t>(storage_.extras.size());
  return true;
}

bool EnvelopeParser::check_value(std::string_view json) {
  if (!structure_.index(json, error_)) return false;
  const JsonWalk walk(json, structure_.positions(), error_);
  JsonWalk::Value value;
  const JsonWalk::At at = walk.value(walk.begin(), 2, value);
  if (at == nullptr || walk.finish(at) == nullptr) return false;
  const std::size_t newline = json.find('\n');
  return newline == std::string_view::npos ||
         walk.fail(json.data() + newline, "a raw newline; a message is one line") != nullptr;
}

}  // namespace crawlhub
