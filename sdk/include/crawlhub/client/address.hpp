#pragma once

#include <charconv>
#include <string>
#include <string_view>

#include <crawlhub/client/result.hpp>

namespace crawlhub::client {

/// Where a hub listens: `unix:/path` or `tcp:host:port` (an IPv6 host in brackets: `tcp:[::1]:7070`).
struct Address {
  enum class Kind { unix_socket, tcp };
  Kind kind = Kind::unix_socket;
  std::string path;  ///< unix_socket only
  std::string host;  ///< tcp only, without brackets
  std::string port;  ///< tcp only, 1 to 65535
};

namespace detail {

inline constexpr std::size_t kLongestSocketPath = 107;  // sockaddr_un::sun_path less its final zero

inline Result<Address> parse_tcp(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    return Failure{"address tcp:" + std::string(text) + ": expected tcp:HOST:PORT"};
  }
  auto host = text.substr(0, colon);
  const auto port = text.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number == 0 || number > 65535) {
    return Failure{"address tcp:" + std::string(text) +
                   ": expected a port from 1 to 65535 after the last colon"};
  }
  return Address{Address::Kind::tcp, {}, std::string(host), std::string(port)};
}

}  // namespace detail

/// Reads an address as a person writes it. Thread-safe.
inline Result<Address> parse_address(std::string_view text) {
  if (text.starts_with("unix:")) {
    const auto path = text.substr(5);
    if (path.empty()) return Failure{"address unix: has no path, expected unix:/path/of/socket"};
    if (path.size() > detail::kLongestSocketPath) {
      return Failure{"address " + std::string(text) + ": a socket path may have at most 107 bytes"};
    }
    return Address{Address::Kind::unix_socket, std::string(path), {}, {}};
  }
  if (text.starts_with("tcp:")) return detail::parse_tcp(text.substr(4));
  return Failure{"address \"" + std::string(text) + "\": expected unix:/path or tcp:host:port"};
}

}  // namespace crawlhub::client
