#include "shapes.hpp"

#include <algorithm>

#include <crawlhub/json_walk.hpp>

#include "padded.hpp"

namespace crawlhub::validation {
namespace {

constexpr std::size_t kShown = 48;  // bytes of a value that an error repeats

// A value as an error shows it: its kind, and itself where that is short and helps.
std::string describe(Member value) {
  std::string out(json_kind_name(value.kind()));
  const auto kind = value.kind();
  const bool scalar =
      kind == CRAWLHUB_JSON_NUMBER || kind == CRAWLHUB_JSON_STRING || kind == CRAWLHUB_JSON_BOOL;
  if (scalar && value.raw().size() <= kShown) (out += ' ') += value.raw();
  return out;
}

bool breaks(Breach& breach, std::string where, std::string expected, Member value) {
  breach = {std::move(where), std::move(expected), describe(value)};
  return false;
}

bool at_least_zero(Member number) {
  return number.raw().front() != '-' || number.number().value_or(-1) >= 0;  // -0 is zero
}

bool one_of(std::span<const std::string_view> words, Member value) {
  std::string unescaped;
  std::string_view text = value.inside();
  if (has_escape(text)) text = unescaped = value.string().value_or("");
  for (const std::string_view word : words) {
    if (word == text) return true;
  }
  return false;
}

bool known_type(const KeyTable& types, Member value) {
  const std::string_view text = value.inside();
  return types.contains(has_escape(text) ? std::string_view(*value.string()) : text);
}

// The first character of a number, or of null, which counts as absent.
bool begins_number(char c) {
  return c == '-' || (c >= '0' && c <= '9') || c == 'n';
}

// Every member is a number, or null. Looked at twice only where one is not: to say which.
bool number_map(Member object, Breach& breach) {
  if (all_members(object.raw(), [](std::string_view, char first) { return begins_number(first); }))
    return true;
  for (JsonWalk walk(object.raw()); walk.next();) {
    const Member member = walk.member();
    if (!member.present() || member.is(CRAWLHUB_JSON_NUMBER)) continue;
    return breaks(breach, "." + std::string(member.key()), "a number", member);
  }
  return true;
}

bool text_list(Member list, Breach& breach) {
  std::size_t at = 0;
  for (JsonWalk walk(list.raw()); walk.next(); ++at) {
    if (walk.member().is(CRAWLHUB_JSON_STRING)) continue;
    return breaks(breach, "[" + std::to_string(at) + "]", "a string", walk.member());
  }
  return true;
}

bool resume_suits(std::string_view key, char first) {
  if (has_escape(key)) return false;  // to be looked at closely
  if (key == "\"lastEntityId\"" || key == "\"entityType\"") return first == '"' || first == 'n';
  return key != "\"currentPage\"" || begins_number(first);
}

// As number_map: the second look says what is wrong, if anything is.
bool resume_state(Member object, Breach& breach) {
  if (all_members(object.raw(), resume_suits)) return true;
  for (JsonWalk walk(object.raw()); walk.next();) {
    const Member member = walk.member();
    if (!member.present()) continue;
    const bool text = member.key() == "lastEntityId" || member.key() == "entityType";
    if (text && !member.is(CRAWLHUB_JSON_STRING)) {
      return breaks(breach, "." + std::string(member.key()), "a string", member);
    }
    if (member.key() == "currentPage" && !member.is(CRAWLHUB_JSON_NUMBER)) {
      return breaks(breach, ".currentPage", "a number", member);
    }
  }
  return true;
}

// One entry of the older dialect's lists: a name and two numbers.
bool entity_entry(Member entry, const std::string& where, Breach& breach) {
  if (!entry.is(CRAWLHUB_JSON_OBJECT)) return breaks(breach, where, "an object", entry);
  bool named = false;
  for (JsonWalk walk(entry.raw()); walk.next();) {
    const Member member = walk.member();
    const std::string_view key = member.key();
    if (key == "entity_type") {
      if (!member.is(CRAWLHUB_JSON_STRING)) return breaks(breach, where + ".entity_type", "a string", member);
      named = true;
    } else if (key == "total_discovered" || key == "total_processed") {
      if (!member.is(CRAWLHUB_JSON_NUMBER) || !at_least_zero(member)) {
        return breaks(breach, where + "." + std::string(key), "a number >= 0", member);
      }
    }
  }
  if (named) return true;
  breach = {where + ".entity_type", "a string", "nothing"};
  return false;
}

bool entity_list(Member list, Breach& breach) {
  std::size_t at = 0;
  for (JsonWalk walk(list.raw()); walk.next(); ++at) {
    if (!entity_entry(walk.member(), "[" + std::to_string(at) + "]", breach)) return false;
  }
  return true;
}

std::uint32_t kind_for(Shape shape) {
  switch (shape) {
    case Shape::kBoolean:
      return CRAWLHUB_JSON_BOOL;
    case Shape::kNumber:
    case Shape::kCount:
      return CRAWLHUB_JSON_NUMBER;
    case Shape::kText:
    case Shape::kWord:
    case Shape::kEntityType:
      return CRAWLHUB_JSON_STRING;
    case Shape::kTextList:
    case Shape::kList:
    case Shape::kEntityList:
      return CRAWLHUB_JSON_ARRAY;
    case Shape::kNumberMap:
    case Shape::kResumeState:
    case Shape::kObject:
      return CRAWLHUB_JSON_OBJECT;
    case Shape::kAny:
      break;
  }
  return 0;
}

bool content_suits(const Field& field, Member value, const Context& context, Breach& breach) {
  switch (field.shape) {
    case Shape::kCount:
      return at_least_zero(value);
    case Shape::kWord:
      return one_of(field.words, value);
    case Shape::kEntityType:
      return context.older || known_type(context.entity_types, value);
    case Shape::kNumberMap:
      return number_map(value, breach);
    case Shape::kTextList:
      return text_list(value, breach);
    case Shape::kResumeState:
      return resume_state(value, breach);
    case Shape::kEntityList:
      return entity_list(value, breach);
    default:
      return true;
  }
}

template <class Words>
std::string listed(const Words& words, std::size_t count) {
  std::string out = "one of ";
  for (std::size_t i = 0; i < count; ++i) {
    if (i != 0) out += ", ";
    out += words[i];
  }
  return out;
}

}  // namespace

bool suits(const Field& field, Member value, const Context& context, Breach& breach) {
  const auto wanted = kind_for(field.shape);
  if ((wanted == 0 || value.is(wanted)) && content_suits(field, value, context, breach)) return true;
  if (breach.expected.empty()) breaks(breach, "", expectation(field, context.entity_types), value);
  return false;
}

std::string expectation(const Field& field, const KeyTable& entity_types) {
  switch (field.shape) {
    case Shape::kCount:
      return "a number >= 0";
    case Shape::kWord:
      return listed(field.words, field.words.size());
    case Shape::kEntityType:
      return listed(entity_types, entity_types.size());
    case Shape::kNumberMap:
      return "an object of numbers";
    case Shape::kTextList:
      return "a list of strings";
    case Shape::kAny:
      return "a value";
    default:
      return std::string(json_kind_name(kind_for(field.shape)));
  }
}

}  // namespace crawlhub::validation
