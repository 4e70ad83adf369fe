#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "host/core/status.hpp"

namespace crawlhub {

// Looks at a plugin's file before any of it is mapped to run: an ELF64 shared object of this machine, one
// exported symbol, no executable stack, no RPATH, not writable by everybody, and the SHA-256 that was
// demanded (empty: any). Returns: its SHA-256 in hexadecimal. Errors: the first finding, one sentence.
Result<std::string> check_plugin_file(const std::filesystem::path& file, std::string_view sha256);

}  // namespace crawlhub
