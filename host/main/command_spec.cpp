#include "host/main/command_spec.hpp"

#include <algorithm>
#include <cctype>

namespace crawlhub {

namespace {

std::string text_member(const Json& object, const char* name) {
  const auto it = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

const Json& member(const Json& object, const char* name) {
  static const Json kNone;
  if (!object.is_object()) return kNone;
  const auto it = object.find(name);
  return it == object.end() ? kNone : *it;
}

// The first type that is not null; empty where the schema names none.
std::string type_of(const Json& schema) {
  const Json& type = member(schema, "type");
  if (type.is_string()) return type;
  if (type.is_array()) {
    for (const Json& one : type) {
      if (one.is_string() && one != "null") return one;
    }
  }
  return {};
}

// Help puts sentences into lists, where they have no full stop.
std::string without_stop(std::string text) {
  if (!text.empty() && text.back() == '.') text.pop_back();
  return text;
}

OptionSpec parse_option(const std::string& property, const Json& schema, const Json& required) {
  OptionSpec option;
  option.property = property;
  option.type = type_of(schema);
  option.help = without_stop(text_member(schema, "description"));
  option.required =
      required.is_array() && std::find(required.begin(), required.end(), Json(property)) != required.end();
  if (const Json& choices = member(schema, "enum"); choices.is_array()) {
    for (const Json& choice : choices)
      option.choices.push_back(choice.is_string() ? choice.get<std::string>() : choice.dump());
  }
  const Json& hints = member(schema, "x-cli");
  option.flag = text_member(hints, "flag");
  option.file = member(hints, "file") == true;
  option.local = member(hints, "local") == true;
  const Json& position = member(hints, "positional");
  if (position.is_number_integer()) {
    option.position = position;
  } else if (option.flag.empty()) {
    option.flag = "--" + kebab_case(property);
  }
  return option;
}

std::string words_of(const std::string& name) {
  std::string words = name;
  std::replace(words.begin(), words.end(), '.', ' ');
  return words;
}

}  // namespace

std::string kebab_case(std::string_view name) {
  std::string result;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isupper(byte) != 0) result += '-';
    result += c == '_' ? '-' : static_cast<char>(std::tolower(byte));
  }
  return result;
}

std::string OptionSpec::placeholder() const {
  std::string text = kebab_case(property);
  for (char& c : text) c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

const OptionSpec* CommandSpec::find(std::string_view property) const {
  const auto it =
      std::find_if(options.begin(), options.end(), [&](const auto& o) { return o.property == property; });
  return it == options.end() ? nullptr : &*it;
}

CommandSpec parse_command_spec(const Json& descriptor) {
  CommandSpec spec;
  spec.name = text_member(descriptor, "name");
  spec.words = text_member(descriptor, "words");
  if (spec.words.empty()) spec.words = words_of(spec.name);
  spec.summary = without_stop(text_member(descriptor, "summary"));
  const Json& input = member(descriptor, "input");
  if (const Json& properties = member(input, "properties"); properties.is_object()) {
    for (const auto& [property, schema] : properties.items()) {
      spec.options.push_back(parse_option(property, schema, member(input, "required")));
    }
  }
  std::stable_sort(spec.options.begin(), spec.options.end(), [](const auto& a, const auto& b) {
    const auto rank = [](const OptionSpec& o) { return o.flag.empty() ? o.position : 1000; };
    return rank(a) < rank(b);
  });
  const Json& shown = member(descriptor, "columns");
  spec.list = text_member(shown, "list");
  if (const Json& columns = member(shown, "columns"); columns.is_array()) {
    for (const Json& column : columns) {
      spec.columns.push_back(
          {text_member(column, "title"), text_member(column, "path"), text_member(column, "format")});
    }
  }
  return spec;
}

CommandSpec merge_specs(const CommandSpec& builtin, CommandSpec hub) {
  hub.words = builtin.words;
  for (const auto& option : builtin.options) {
    if (!option.local) continue;
    std::erase_if(hub.options, [&](const OptionSpec& other) { return other.property == option.property; });
    hub.options.push_back(option);
  }
  if (hub.columns.empty()) {
    hub.list = builtin.list;
    hub.columns = builtin.columns;
  }
  return hub;
}

}  // namespace crawlhub
