#include "host/core/status.hpp"

#include <memory>

#include <catch2/catch.hpp>

using crawlhub::Result;
using crawlhub::Status;

TEST_CASE("a status is OK until it carries a code") {
  const Status good;
  CHECK(good.ok());
  CHECK(good.code() == 0);

  const Status bad(7, "no such file");
  CHECK_FALSE(bad);
  CHECK(bad.code() == 7);
  CHECK(bad.text() == "no such file");
}

TEST_CASE("context is put before the reason, and only where there is one") {
  CHECK(Status(7, "no such file").within("loading x").text() == "loading x: no such file");
  CHECK(Status().within("loading x").text().empty());
}

TEST_CASE("a result holds a value or a reason") {
  Result<std::unique_ptr<int>> value(std::make_unique<int>(3));
  REQUIRE(value.ok());
  CHECK(**value == 3);
  CHECK(value.status().ok());
  CHECK(*std::move(value).value() == 3);

  const Result<std::string> none(5, "gone");
  CHECK_FALSE(none.ok());
  CHECK(none.error() == "gone");
  CHECK(none.code() == 5);
  CHECK(none.status().text() == "gone");
  CHECK(none.value_or("other") == "other");
}

TEST_CASE("a result may hold a status's own types") {
  const Result<std::string> text(std::string("text"));
  REQUIRE(text);
  CHECK(text->size() == 4);
}
