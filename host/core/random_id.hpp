#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace crawlhub {

// Fills bytes from the kernel's generator: fit for keys.
void random_bytes(std::span<std::byte> bytes);

// prefix and length characters of [A-Za-z0-9_-], six random bits each: random_id("job_") is
// "job_Zk3q-0aT9_xY1bLm".
std::string random_id(std::string_view prefix, std::size_t length = 16);

}  // namespace crawlhub
