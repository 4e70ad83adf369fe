#pragma once

#include <string>
#include <string_view>

#include "host/config/document.hpp"
#include "host/config/settings.hpp"
#include "host/core/status.hpp"

namespace crawlhub {

// "a duration such as 30s, at least 1s, or off": how an error and the docs name what a key takes.
std::string expected(const Setting& setting);

// Reads and checks a value. A relative path begins at directory. Secrets are taken as they are (secret.hpp).
// The status's text says what is wrong and what is expected.
Result<SettingValue> read_value(const Setting& setting, std::string_view text, const std::string& directory);
Result<SettingValue> read_value(const Setting& setting, const ConfigNode& node, const std::string& directory);

// The same for an environment variable, where a bare number is milliseconds for a duration.
Result<SettingValue> read_variable(const Setting& setting, std::string_view text,
                                   const std::string& directory);

// The value as one would write it; a secret is masked.
std::string shown(const Setting& setting, const SettingValue& value);

Result<TcpAddress> parse_address(std::string_view text);

// path made absolute, from directory on, without "." and "..".
std::string absolute_path(std::string_view path, const std::string& directory);

}  // namespace crawlhub
