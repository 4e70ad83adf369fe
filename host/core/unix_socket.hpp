#pragma once

#include <cstdint>
#include <string>

#include "host/core/status.hpp"
#include "host/core/unique_fd.hpp"

namespace crawlhub {

// Listens at path, with these rights on the file; directories that are missing are made, 0700. A socket file
// that nobody listens on is replaced; one that somebody listens on, or a file of another kind, is left alone
// and refused. The descriptor blocks and is closed on exec. Errors: BAD_CONFIG, with the path and what to do.
Result<UniqueFd> listen_unix(const std::string& path, std::uint32_t mode, int backlog);

// Errors: NETWORK_FAILED, with the path and the reason.
Result<UniqueFd> connect_unix(const std::string& path);

}  // namespace crawlhub
