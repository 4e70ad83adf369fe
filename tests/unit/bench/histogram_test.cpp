#include "host/bench/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include <catch2/catch.hpp>

using crawlhub::bench::Histogram;

TEST_CASE("an empty histogram answers zero") {
  const Histogram histogram;
  CHECK(histogram.count() == 0);
  CHECK(histogram.quantile(0.5) == 0);
  CHECK(histogram.max() == 0);
}

TEST_CASE("small values are kept exactly") {
  Histogram histogram;
  for (std::uint64_t value = 1; value <= 1000; ++value) histogram.record(value);
  CHECK(histogram.quantile(0.5) == 500);
  CHECK(histogram.quantile(0.9) == 900);
  CHECK(histogram.quantile(0.999) == 999);
  CHECK(histogram.quantile(1) == 1000);
}

TEST_CASE("quantiles are at most 0.1 % above the true ones, over nine powers of ten") {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> exponent(0, 9);
  Histogram histogram;
  std::vector<std::uint64_t> values;
  for (int i = 0; i < 20'000; ++i) {
    values.push_back(static_cast<std::uint64_t>(std::pow(10, exponent(random))));
    histogram.record(values.back());
  }
  std::sort(values.begin(), values.end());
  for (const double part : {0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto rank = static_cast<std::size_t>(std::ceil(part * static_cast<double>(values.size())));
    const auto truth = static_cast<double>(values[rank - 1]);
    const auto told = static_cast<double>(histogram.quantile(part));
    CAPTURE(part);
    CHECK(told >= truth);
    CHECK(told <= truth * 1.001);
  }
}

TEST_CASE("no quantile exceeds the largest value, and what is too large counts as the largest there is") {
  Histogram histogram;
  histogram.record(5'000'001);
  CHECK(histogram.quantile(0.99) == 5'000'001);
  histogram.record(UINT64_MAX);
  CHECK(histogram.max() == Histogram::kLargest);
  CHECK(histogram.quantile(1) == Histogram::kLargest);
}
