#include "host/envelope/envelope_parser.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>
#include <system_error>

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

std::string quoted(std::string_view name) {
  return '"' + std::string(name) + '"';
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
  Reading(JsonWalk& walk, EnvelopeParser::Storage& storage, crawlhub_message& message)
      : walk_(walk), storage_(storage), message_(message) {}

  bool envelope() {
    if (walk_.peek() != '{') return walk_.fail(walk_.offset(), "expected a JSON object");
    return walk_.object(1, [this](const JsonWalk::Value& key) { return member(key); }) && finish();
  }

 private:
  bool member(const JsonWalk::Value& key) {
    const std::string_view name = unescaped(key.content());
    const Field field = field_of(name);
    if (field == kExtra) return indexed(name, 2, storage_.extras);
    if ((seen_ & field) != 0) return refuse(key.begin, "repeated key " + quoted(name));
    seen_ |= field;
    return field == kData ? data() : assign(field);
  }

  bool data() {
    const char* begin = message_.text.ptr + walk_.offset();
    if (walk_.peek() != '{') {
      JsonWalk::Value value;
      if (!walk_.value(2, value)) return false;
      return value.kind == CRAWLHUB_JSON_NULL || refuse(begin, "\"data\" must be an object");
    }
    const auto on_member = [this](const JsonWalk::Value& key) {
      return indexed(unescaped(key.content()), 3, storage_.members);
    };
    if (!walk_.object(2, on_member)) return false;
    message_.data = {begin, static_cast<std::uint64_t>(walk_.container_end() - begin)};
    return true;
  }

  bool indexed(std::string_view key, unsigned depth, std::vector<crawlhub_member>& members) {
    JsonWalk::Value value;
    if (!walk_.value(depth, value)) return false;
    members.push_back({to_str(key), to_str(value.text()), value.kind, 0});
    return true;
  }

  bool assign(Field field) {
    JsonWalk::Value value;
    if (!walk_.value(2, value)) return false;
    if (field == kType) return type(value);
    if (value.kind == CRAWLHUB_JSON_NULL) return true;
    switch (field) {
      case kTimestamp:
        timestamp(value);
        return true;
      case kJobId:
        if (value.kind != CRAWLHUB_JSON_STRING) return refuse(value.begin, "\"jobId\" must be a string");
        message_.job_id = to_str(unescaped(value.content()));
        return true;
      case kSeq:
        message_.flags |= CRAWLHUB_MESSAGE_SEQ;
        return number(value, message_.seq) ||
               refuse(value.begin, "\"seq\" must be a whole number from 0 to 2^64-1");
      default:
        message_.flags |= CRAWLHUB_MESSAGE_LEASE;
        return number(value, message_.lease) ||
               refuse(value.begin, "\"lease\" must be a whole number from 0 to 2^64-1");
    }
  }

  bool type(const JsonWalk::Value& value) {
    if (value.kind != CRAWLHUB_JSON_STRING) {
      return refuse(value.begin, "\"type\" must be a string", CRAWLHUB_E_NO_TYPE);
    }
    message_.type = to_str(unescaped(value.content()));
    return true;
  }

  // An unreadable one is no error: whoever minds finds its text, and that it is not marked as readable.
  void timestamp(const JsonWalk::Value& value) {
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

  static bool number(const JsonWalk::Value& value, std::uint64_t& number) {
    const auto read = std::from_chars(value.begin, value.end, number);
    return value.kind == CRAWLHUB_JSON_NUMBER && read.ec == std::errc() && read.ptr == value.end;
  }

  bool finish() {
    if (!walk_.finish()) return false;
    if ((seen_ & kType) == 0) return refuse(walk_.container_end() - 1, "no \"type\"", CRAWLHUB_E_NO_TYPE);
    if (storage_.extras.size() < 2) return true;
    const crawlhub_member* repeated = find_repeated(storage_.extras);
    return repeated == nullptr ||
           refuse(repeated->value.ptr, "repeated key " + quoted(to_view(repeated->key)));
  }

  std::string_view unescaped(std::string_view content) {
    if (!walk_.has_escapes() || content.find('\\') == std::string_view::npos) return content;
    char* begin = storage_.unescaped.get() + storage_.unescaped_used;
    const char* end = unescape(content, begin);
    storage_.unescaped_used += static_cast<std::size_t>(end - begin);
    return {begin, static_cast<std::size_t>(end - begin)};
  }

  bool refuse(const char* where, std::string reason, ErrorCode code = CRAWLHUB_E_BAD_ENVELOPE) {
    return walk_.fail(static_cast<std::size_t>(where - message_.text.ptr), std::move(reason), code);
  }

  JsonWalk& walk_;
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

}  // namespace

bool EnvelopeParser::parse(std::string_view text, crawlhub_message& message) {
  reset(storage_);
  const auto* connection = message.connection;
  const auto route = message.route;
  message = {};
  message.struct_size = sizeof message;
  message.route = route;
  message.connection = connection;
  message.member_stride = sizeof(crawlhub_member);
  message.text = to_str(text);
  message.data = {kEmptyObject, 2};
  if (!structure_.index(text, error_)) return false;
  JsonWalk walk(text, structure_.positions(), error_);
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
  JsonWalk walk(json, structure_.positions(), error_);
  JsonWalk::Value value;
  if (!walk.value(2, value) || !walk.finish()) return false;
  const std::size_t newline = json.find('\n');
  return newline == std::string_view::npos || walk.fail(newline, "a raw newline; a message is one line");
}

}  // namespace crawlhub
