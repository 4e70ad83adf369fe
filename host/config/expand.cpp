#include "host/config/expand.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <sys/stat.h>

#include <crawlhub/abi/errors.h>

#include "host/config/value.hpp"

namespace crawlhub {
namespace {

constexpr bool is_name_byte(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// One scalar. The status says why it cannot be replaced.
Result<std::string> expand(std::string_view text, const Environment& environment) {
  std::string out;
  for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$')) {
    out += text.substr(0, at);
    text.remove_prefix(at);
    if (text.starts_with("$${")) {
      out += "${";
      text.remove_prefix(3);
      continue;
    }
    if (!text.starts_with("${")) {
      out += '$';
      text.remove_prefix(1);
      continue;
    }
    const std::size_t end = text.find('}');
    if (end == std::string_view::npos)
      return {CRAWLHUB_E_BAD_CONFIG, "a ${ without its }; write $${ for a plain ${"};
    const std::string_view inner = text.substr(2, end - 2);
    const std::size_t colon = inner.find(":-");
    const std::string_view name = inner.substr(0, colon);
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_name_byte)) {
      return {CRAWLHUB_E_BAD_CONFIG,
              "\"${" + std::string(inner) + "}\" names no variable, expected ${NAME} or ${NAME:-default}"};
    }
    const auto value = environment(name);
    const bool has_default = colon != std::string_view::npos;
    if (!value && !has_default) {
      return {CRAWLHUB_E_BAD_CONFIG, "the environment variable " + std::string(name) +
                                         " is not set; set it, or write ${" + std::string(name) +
                                         ":-default}"};
    }
    // As in a shell, an empty one counts as not set where there is a default.
    out += has_default && (!value || value->empty()) ? std::string(inner.substr(colon + 2)) : *value;
    text.remove_prefix(end + 1);
  }
  return out += text;
}

class Expanding {
 public:
  Expanding(const std::string& source, const Environment& environment, std::vector<ConfigProblem>& errors)
      : source_(source), environment_(environment), errors_(errors) {}

  void run(ConfigNode& node, const std::string& key) {
    if (node.kind == ConfigNode::Kind::scalar && node.text.find('$') != std::string::npos) {
      auto expanded = expand(node.text, environment_);
      if (expanded.ok()) {
        node.text = *std::move(expanded);
      } else {
        errors_.push_back({source_, node.position, key, expanded.error()});
      }
    }
    for (std::size_t i = 0; i < node.items.size(); ++i)
      run(node.items[i], key + '[' + std::to_string(i) + ']');
    for (ConfigNode::Member& member : node.members)
      run(member.value, key.empty() ? member.key : key + '.' + member.key);
  }

 private:
  const std::string& source_;
  const Environment& environment_;
  std::vector<ConfigProblem>& errors_;
};

}  // namespace

void expand_variables(ConfigNode& node, const std::string& source, const Environment& environment,
                      std::vector<ConfigProblem>& errors) {
  Expanding(source, environment, errors).run(node, "");
}

Result<std::string> read_secret(std::string_view text, const std::string& directory, std::string& warning) {
  constexpr std::size_t kMost = 64 * 1024;
  constexpr std::string_view kPrefix = "file:";
  if (!text.starts_with(kPrefix)) return std::string(text);
  const std::string path = absolute_path(text.substr(kPrefix.size()), directory);
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return {CRAWLHUB_E_BAD_CONFIG, "there is no file " + path};
  }
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) return {CRAWLHUB_E_BAD_CONFIG, "the file " + path + " cannot be read: check its rights"};
  if (content.ends_with('\n')) content.pop_back();
  if (content.ends_with('\r')) content.pop_back();
  if (content.empty()) return {CRAWLHUB_E_BAD_CONFIG, "the file " + path + " is empty"};
  if (content.size() > kMost)
    return {CRAWLHUB_E_BAD_CONFIG, "the file " + path + " is too long for a secret"};
  if ((status.st_mode & 0077) != 0) {
    warning = "others may read the file " + path + "; make it chmod 600";
  }
  return content;
}

}  // namespace crawlhub
