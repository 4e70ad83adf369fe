// Expectations without a test framework: for plugins that want none.
#pragma once

#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace crawlhub::inline sdk::testing {

// Says on stderr which expectation was not met, and what was seen. Thread: one.
class Expect {
 public:
  bool that(bool met, std::string_view expectation) {
    ++count_;
    if (met) return true;
    ++failures_;
    std::cerr << "FAILED: " << expectation << '\n';
    return false;
  }
  template <class A, class B>
  bool same(const A& seen, const B& wanted, std::string_view expectation) {
    if (that(seen == wanted, expectation)) return true;
    std::cerr << "  seen:   " << seen << "\n  wanted: " << wanted << '\n';
    return false;
  }
  // For main to return: 0 where all were met.
  int result() const {
    std::cerr << count_ - failures_ << " of " << count_ << " expectations met\n";
    return failures_ == 0 ? 0 : 1;
  }

 private:
  int count_ = 0;
  int failures_ = 0;
};

inline std::string join_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

}  // namespace crawlhub::inline sdk::testing
