// New ids for jobs and the like.
#pragma once

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>

#include <sys/random.h>

namespace crawlhub::inline sdk {

// Makes ids of 26 characters of a-z and 0-9: ten of time, so that ids of one hub sort by their age and
// databases append them, and sixteen that are random (80 bits). The kernel is asked for bytes once in 25 ids.
// Thread: one at a time (PerLane<IdMaker>).
class IdMaker {
 public:
  // now_ns: wall clock. Errors: std::system_error where the kernel gives no random bytes.
  std::string next(std::int64_t now_ns) {
    std::string id(26, '0');
    put(id.data(), 10, static_cast<std::uint64_t>(now_ns) / 1'000'000);
    put(id.data() + 10, 8, forty_bits());
    put(id.data() + 18, 8, forty_bits());
    return id;
  }

 private:
  static void put(char* to, std::size_t characters, std::uint64_t bits) noexcept {
    constexpr char kDigits[] = "0123456789abcdefghjkmnpqrstvwxyz";  // without i, l, o, u
    for (std::size_t i = characters; i-- > 0; bits >>= 5) to[i] = kDigits[bits & 31];
  }
  std::uint64_t forty_bits() {
    if (used_ + 5 > bytes_.size()) {
      // So few come whole, and without waiting once the system has started.
      if (::getrandom(bytes_.data(), bytes_.size(), 0) != static_cast<ssize_t>(bytes_.size())) {
        throw std::system_error(errno, std::generic_category(), "getrandom");
      }
      used_ = 0;
    }
    std::uint64_t bits = 0;
    std::memcpy(&bits, bytes_.data() + used_, 5);
    used_ += 5;
    return bits;
  }

  std::array<std::uint8_t, 250> bytes_{};
  std::size_t used_ = sizeof bytes_;
};

}  // namespace crawlhub::inline sdk
