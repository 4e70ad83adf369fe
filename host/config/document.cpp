#include "host/config/document.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <yaml-cpp/yaml.h>

#include "host/core/json_text.hpp"

namespace crawlhub {
namespace {

// A file with aliases of aliases grows without bound when it is written out.
constexpr std::size_t kMostNodes = 100'000;
constexpr std::size_t kMostDepth = 64;

Position position_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {1, 1};
  return {static_cast<std::uint32_t>(mark.line) + 1, static_cast<std::uint32_t>(mark.column) + 1};
}

// yaml-cpp's tree copied into ours.
class Copying {
 public:
  Copying(const std::string& source, std::vector<ConfigProblem>& errors) : source_(source), errors_(errors) {}

  ConfigNode copy(const YAML::Node& from, std::size_t depth = 0) {
    ConfigNode node;
    node.position = position_of(from.Mark());
    if (++count_ > kMostNodes || depth > kMostDepth) {
      if (!std::exchange(too_large_, true)) {
        fail(node.position, "", "the file holds too much: at most 64 levels and 100000 values are read");
      }
      return node;
    }
    switch (from.Type()) {
      case YAML::NodeType::Scalar:
        copy_scalar(from, node);
        break;
      case YAML::NodeType::Sequence:
        node.kind = ConfigNode::Kind::list;
        for (const YAML::Node& item : from) node.items.push_back(copy(item, depth + 1));
        break;
      case YAML::NodeType::Map:
        copy_map(from, node, depth);
        break;
      default:
        break;
    }
    return node;
  }

 private:
  static void copy_scalar(const YAML::Node& from, ConfigNode& node) {
    node.kind = ConfigNode::Kind::scalar;
    node.text = from.Scalar();
    // yaml-cpp tags a plain scalar "?", a quoted one "!".
    node.quoted = from.Tag() == "!" || from.Tag() == "tag:yaml.org,2002:str";
  }

  void copy_map(const YAML::Node& from, ConfigNode& node, std::size_t depth) {
    node.kind = ConfigNode::Kind::map;
    for (const auto& pair : from) {
      const Position position = position_of(pair.first.Mark());
      if (!pair.first.IsScalar()) {
        fail(position, "", "a key must be a plain word");
        continue;
      }
      const std::string& key = pair.first.Scalar();
      if (const auto* other = node.member(key)) {
        fail(position, key, "stands twice; first in line " + std::to_string(other->position.line));
        continue;
      }
      node.members.push_back({key, position, copy(pair.second, depth + 1)});
    }
  }

  void fail(Position position, std::string key, std::string text) {
    errors_.push_back({source_, position, std::move(key), std::move(text)});
  }

  const std::string& source_;
  std::vector<ConfigProblem>& errors_;
  std::size_t count_ = 0;
  bool too_large_ = false;
};

bool begins_with_tab(std::string_view text, std::size_t line) {
  for (; line > 1 && !text.empty(); --line)
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return text.substr(0, text.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// Whether text is a number as JSON writes it, so that it may be copied.
bool is_json_number(std::string_view text) {
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.empty() || digits[0] < '0' || digits[0] > '9') return false;
  if (digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9') return false;
  if (digits.back() == '.' || digits.find(".e") != std::string_view::npos ||
      digits.find(".E") != std::string_view::npos) {
    return false;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string ConfigProblem::place() const {
  if (position.line == 0) return source;
  return source + ':' + std::to_string(position.line) + ':' + std::to_string(position.column);
}

std::string ConfigProblem::to_string() const {
  return place() + (key.empty() ? "" : ": " + key) + ": " + text;
}

const ConfigNode::Member* ConfigNode::member(std::string_view key) const {
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const Member& m) { return m.key == key; });
  return found == members.end() ? nullptr : &*found;
}

const ConfigNode* ConfigNode::find(std::string_view key) const {
  const Member* found = member(key);
  return found == nullptr ? nullptr : &found->value;
}

bool ConfigNode::is_null() const {
  return kind == Kind::none ||
         (kind == Kind::scalar && !quoted && is_one_of(text, {"", "~", "null", "Null", "NULL"}));
}

ConfigNode parse_document(std::string_view text, const std::string& source,
                          std::vector<ConfigProblem>& errors) {
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
    if (documents.empty()) return {};
    if (documents.size() > 1) {
      errors.push_back(
          {source, position_of(documents[1].Mark()), "", "a second document: one file is one configuration"});
    }
    return Copying(source, errors).copy(documents[0]);
  } catch (const YAML::Exception& problem) {
    const Position position = position_of(problem.mark);
    const std::string hint =
        begins_with_tab(text, position.line) ? " (indent with blanks, not with tabs)" : "";
    errors.push_back({source, position, "", "not YAML: " + problem.msg + hint});
  }
  return {};
}

void append_json(const ConfigNode& node, std::string& out) {
  switch (node.kind) {
    case ConfigNode::Kind::none:
      out += "null";
      return;
    case ConfigNode::Kind::scalar:
      if (node.quoted) {
        append_json_string(out, node.text);
      } else if (node.is_null()) {
        out += "null";
      } else if (is_one_of(node.text, {"true", "True", "TRUE"})) {
        out += "true";
      } else if (is_one_of(node.text, {"false", "False", "FALSE"})) {
        out += "false";
      } else if (is_json_number(node.text)) {
        out += node.text;
      } else {
        append_json_string(out, node.text);
      }
      return;
    case ConfigNode::Kind::list: {
      out += '[';
      for (const char* comma = ""; const ConfigNode& item : node.items) {
        out += std::exchange(comma, ",");
        append_json(item, out);
      }
      out += ']';
      return;
    }
    case ConfigNode::Kind::map: {
      out += '{';
      for (const char* comma = ""; const ConfigNode::Member& member : node.members) {
        out += std::exchange(comma, ",");
        append_json_string(out, member.key);
        out += ':';
        append_json(member.value, out);
      }
      out += '}';
      return;
    }
  }
}

std::string to_json(const ConfigNode& node) {
  std::string out;
  append_json(node, out);
  return out;
}

}  // namespace crawlhub
