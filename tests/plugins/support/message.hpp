// A message as the host shows it to a plugin, for tests of a plugin's parts.
#pragma once

#include <string>
#include <string_view>

#include <crawlhub/testing/fake_connection.hpp>

namespace crawlhub::test {

class TestMessage {
 public:
  explicit TestMessage(std::string_view text, std::uint32_t connection_flags = 0)
      : link_(1, connection_flags, ""), message_(text, 0) {}
  const crawlhub_message& raw() { return message_.raw(0, link_.raw(0)); }

 private:
  testing::FakeLink link_;
  testing::FakeMessage message_;
};

}  // namespace crawlhub::test
