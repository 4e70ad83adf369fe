#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crawlhub {

// Where something stands in the configuration. Lines and columns count from 1; line 0: nowhere in the file.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

// Something wrong with the configuration, or worth a warning.
struct ConfigProblem {
  std::string source;  // The file's name as given, or "environment NAME".
  Position position;
  std::string key;   // "plugins[2].config.lease"; empty: the file as a whole.
  std::string text;  // What is wrong, what is expected.

  std::string place() const;      // file:line:column
  std::string to_string() const;  // file:line:column: key: text
};

// A YAML (or JSON) document as a tree that remembers where everything stands.
struct ConfigNode {
  enum class Kind { none, scalar, list, map };
  struct Member;

  Kind kind = Kind::none;
  std::string text;     // Of a scalar, ${...} already replaced.
  bool quoted = false;  // A scalar in quotes is a string, whatever it looks like.
  Position position;
  std::string variable;           // The environment variable that set it; empty: the file.
  std::vector<ConfigNode> items;  // Of a list.
  std::vector<Member> members;    // Of a map, in the order of the file; no key twice.

  const ConfigNode* find(std::string_view key) const;
  const Member* member(std::string_view key) const;
  bool is_null() const;  // Nothing, "~" or "null": as if the key were not there.
};

struct ConfigNode::Member {
  std::string key;
  Position position;  // Of the key.
  ConfigNode value;
};

// Parses text. Problems are appended to errors: bad YAML, a key that stands twice, a tree too deep or too
// large. Where there are errors the tree holds what could be read.
ConfigNode parse_document(std::string_view text, const std::string& source,
                          std::vector<ConfigProblem>& errors);

// The node as JSON text, scalars typed as YAML 1.2 types them: null, true, 12, 1.5, everything else a string.
std::string to_json(const ConfigNode& node);
void append_json(const ConfigNode& node, std::string& out);

}  // namespace crawlhub
