#include "host/config/value.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <utility>

#include <grp.h>
#include <pwd.h>
#include <sys/un.h>

#include <crawlhub/abi/errors.h>

#include "host/config/words.hpp"
#include "host/core/units.hpp"
#include "host/observe/mask.hpp"

namespace crawlhub {
namespace {

Status unusable(const Setting& setting, std::string_view text) {
  return {CRAWLHUB_E_BAD_CONFIG, '"' + std::string(text) + "\" is not usable, expected " + expected(setting)};
}

template <class T>
std::optional<T> whole_number(std::string_view text, int base = 10) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// A number of the setting's unit: what integer, duration and size are read to. Nothing where it is none.
std::optional<std::int64_t> number_of(SettingType type, std::string_view text) {
  if (type == SettingType::duration) {
    const auto duration = parse_duration(text);
    return duration ? std::optional<std::int64_t>(duration->count()) : std::nullopt;
  }
  if (type == SettingType::size) {
    const auto size = parse_size(text);
    return size ? std::optional<std::int64_t>(static_cast<std::int64_t>(*size)) : std::nullopt;
  }
  return whole_number<std::int64_t>(text);
}

Result<SettingValue> read_number(const Setting& setting, std::string_view text) {
  SettingValue value;
  if (!setting.word.empty() && text == setting.word) return value;
  const auto number = number_of(setting.type, text);
  if (!number) return unusable(setting, text);
  value.integer = *number;
  const auto least = number_of(setting.type, setting.least);
  const auto most = number_of(setting.type, setting.most);
  if ((least && *number < *least) || (most && *number > *most)) return unusable(setting, text);
  return value;
}

Result<SettingValue> read_boolean(const Setting& setting, std::string_view text) {
  if (text != "true" && text != "false") return unusable(setting, text);
  SettingValue value;
  value.integer = text == "true";
  return value;
}

Result<SettingValue> read_choice(const Setting& setting, std::string_view text) {
  const auto words = split_words(setting.choices);
  const auto found = std::find(words.begin(), words.end(), text);
  if (found == words.end()) return unusable(setting, text);
  SettingValue value;
  value.text = text;
  value.integer = found - words.begin();
  return value;
}

Result<SettingValue> read_mode(const Setting& setting, std::string_view text) {
  const std::string_view digits = text.substr(text.starts_with("0o") ? 2 : 0);
  const auto number = whole_number<std::int64_t>(digits, 8);
  if (!number || *number < 0 || *number > 0777 || digits.size() < 3) return unusable(setting, text);
  SettingValue value;
  value.integer = *number;
  return value;
}

Result<SettingValue> read_account(const Setting& setting, std::string_view text) {
  SettingValue value;
  value.text = text;
  if (const auto number = whole_number<std::uint32_t>(text)) {
    value.integer = *number;
    return value;
  }
  const std::string name(text);
  if (setting.type == SettingType::user) {
    const passwd* entry = getpwnam(name.c_str());
    if (entry == nullptr) return unusable(setting, text);
    value.integer = entry->pw_uid;
  } else {
    const group* entry = getgrnam(name.c_str());
    if (entry == nullptr) return unusable(setting, text);
    value.integer = entry->gr_gid;
  }
  return value;
}

Result<SettingValue> read_socket_path(const Setting& setting, std::string_view text) {
  constexpr std::size_t kMost = sizeof(sockaddr_un::sun_path) - 1;
  if (!text.starts_with('/') || text.ends_with('/') || text.size() > kMost) return unusable(setting, text);
  SettingValue value;
  value.text = std::filesystem::path(text).lexically_normal().string();
  return value;
}

Result<SettingValue> read_address(const Setting& setting, std::string_view text) {
  auto address = parse_address(text);
  if (!address) return unusable(setting, text);
  SettingValue value;
  value.address = *std::move(address);
  return value;
}

std::string bounds(const Setting& setting) {
  const std::string least(setting.least), most(setting.most);
  if (!least.empty() && !most.empty()) return " from " + least + " to " + most;
  if (!least.empty()) return ", at least " + least;
  return most.empty() ? "" : ", at most " + most;
}

std::string expected_kind(const Setting& setting) {
  switch (setting.type) {
    case SettingType::text:
      return "a text";
    case SettingType::secret:
      return "a text, or file:PATH of a file that holds it";
    case SettingType::boolean:
      return "true or false";
    case SettingType::integer:
      return "a whole number" + bounds(setting);
    case SettingType::duration:
      return "a duration such as 30s" + bounds(setting);
    case SettingType::size:
      return "a size such as 8MiB" + bounds(setting);
    case SettingType::choice:
      return join_words(split_words(setting.choices));
    case SettingType::path:
      return "a path";
    case SettingType::paths:
      return "a list of paths";
    case SettingType::socket_path:
      return "an absolute path of a socket, at most 107 bytes";
    case SettingType::address:
      return "an address and a port from 1 to 65535, such as 127.0.0.1:7070 or \"[::1]:7070\"";
    case SettingType::user:
      return "a user of this machine, by name or number";
    case SettingType::group:
      return "a group of this machine, by name or number";
    case SettingType::mode:
      return "rights in octal, such as \"0660\"";
  }
  return "";
}

std::string_view kind_name(ConfigNode::Kind kind) {
  switch (kind) {
    case ConfigNode::Kind::list:
      return "is a list";
    case ConfigNode::Kind::map:
      return "is a map";
    default:
      return "is empty";
  }
}

Result<SettingValue> read_paths(const Setting& setting, const ConfigNode& node,
                                const std::string& directory) {
  SettingValue value;
  for (const ConfigNode& item : node.items) {
    if (item.kind != ConfigNode::Kind::scalar || item.text.empty()) {
      return {CRAWLHUB_E_BAD_CONFIG, "holds what is no path, expected " + expected(setting)};
    }
    value.list.push_back(absolute_path(item.text, directory));
  }
  return value;
}

}  // namespace

std::string expected(const Setting& setting) {
  return expected_kind(setting) + (setting.word.empty() ? "" : ", or " + std::string(setting.word));
}

Result<SettingValue> read_value(const Setting& setting, std::string_view text, const std::string& directory) {
  if (text.empty()) return {CRAWLHUB_E_BAD_CONFIG, "is empty, expected " + expected(setting)};
  SettingValue value;
  switch (setting.type) {
    case SettingType::boolean:
      return read_boolean(setting, text);
    case SettingType::integer:
    case SettingType::duration:
    case SettingType::size:
      return read_number(setting, text);
    case SettingType::choice:
      return read_choice(setting, text);
    case SettingType::mode:
      return read_mode(setting, text);
    case SettingType::user:
    case SettingType::group:
      return read_account(setting, text);
    case SettingType::socket_path:
      return read_socket_path(setting, text);
    case SettingType::address:
      return read_address(setting, text);
    case SettingType::path:
      value.text = absolute_path(text, directory);
      return value;
    case SettingType::paths:
      value.list.push_back(absolute_path(text, directory));
      return value;
    case SettingType::text:
    case SettingType::secret:
      value.text = text;
      return value;
  }
  return value;
}

Result<SettingValue> read_value(const Setting& setting, const ConfigNode& node,
                                const std::string& directory) {
  if (node.kind == ConfigNode::Kind::scalar) return read_value(setting, node.text, directory);
  if (node.kind == ConfigNode::Kind::list && setting.type == SettingType::paths) {
    return read_paths(setting, node, directory);
  }
  return {CRAWLHUB_E_BAD_CONFIG, std::string(kind_name(node.kind)) + ", expected " + expected(setting)};
}

Result<SettingValue> read_variable(const Setting& setting, std::string_view text,
                                   const std::string& directory) {
  const bool bare = whole_number<std::uint64_t>(text).has_value();
  if (setting.type == SettingType::duration && bare) {
    // Off was written 0.
    if (text == "0" && setting.word == "off") return read_value(setting, setting.word, directory);
    return read_value(setting, std::string(text) + "ms", directory);
  }
  if (setting.type == SettingType::boolean && (text == "1" || text == "0")) {
    return read_value(setting, text == "1" ? "true" : "false", directory);
  }
  return read_value(setting, text, directory);
}

std::string shown(const Setting& setting, const SettingValue& value) {
  const bool is_word = !setting.word.empty() && value.integer == 0;
  switch (setting.type) {
    case SettingType::boolean:
      return value.yes() ? "true" : "false";
    case SettingType::integer:
      return is_word ? std::string(setting.word) : std::to_string(value.integer);
    case SettingType::duration:
      return is_word ? std::string(setting.word) : format_duration(value.duration());
    case SettingType::size:
      return format_size(static_cast<std::uint64_t>(value.integer));
    case SettingType::address:
      return value.address.text();
    case SettingType::secret:
      return std::string(kMasked);
    case SettingType::paths: {
      std::string list = "[";
      for (const char* comma = ""; const std::string& path : value.list)
        list += std::exchange(comma, ", ") + path;
      return list + "]";
    }
    case SettingType::mode: {
      std::string text = "0000";
      for (std::int64_t rest = value.integer, i = 3; rest > 0 && i > 0; rest /= 8, --i) {
        text[static_cast<std::size_t>(i)] = static_cast<char>('0' + rest % 8);
      }
      return text;
    }
    default:
      return value.text;
  }
}

Result<TcpAddress> parse_address(std::string_view text) {
  const Status bad(CRAWLHUB_E_BAD_CONFIG, '"' + std::string(text) + "\" is no address and port");
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return bad;
  std::string_view host = text.substr(0, colon);
  const bool brackets = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  if (brackets) host = host.substr(1, host.size() - 2);
  // More than one colon without brackets: which one ends the address?
  if (host.empty() || (host.find(':') != std::string_view::npos) != brackets) return bad;
  if (host.find_first_of(" /@[]") != std::string_view::npos) return bad;
  const auto port = whole_number<std::uint16_t>(text.substr(colon + 1));
  if (!port || *port == 0) return bad;
  return TcpAddress{std::string(host), *port};
}

std::string absolute_path(std::string_view path, const std::string& directory) {
  std::string result = (std::filesystem::path(directory) / path).lexically_normal().string();
  if (result.size() > 1 && result.ends_with('/')) result.pop_back();
  return result;
}

bool TcpAddress::loopback() const {
  // All of 127.0.0.0/8, but not a name that begins so.
  const bool numeric = host.find_first_not_of("0123456789.") == std::string::npos;
  return (numeric && host.starts_with("127.")) || host == "::1" || host == "localhost";
}

std::string TcpAddress::text() const {
  const bool brackets = host.find(':') != std::string::npos;
  return (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace crawlhub
