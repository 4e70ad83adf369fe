#include "host/plugin/adapters/storage_backend.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/plugin/fixture.hpp"

using crawlhub::StorageBackend;
using crawlhub::test::Hub;
using namespace std::chrono_literals;

namespace {

struct Storage {
  Storage() : instance(hub.create("storage_garbage").value()) { REQUIRE(instance->start().ok()); }
  ~Storage() { instance->end(5s); }

  std::vector<crawlhub_result> commit(const std::vector<std::string>& keys) {
    std::vector<crawlhub_op> ops;
    for (const std::string& key : keys) {
      crawlhub_op op{};
      op.struct_size = sizeof op;
      op.kind = 1;
      op.key = {key.data(), key.size()};
      ops.push_back(op);
    }
    std::vector<crawlhub_result> results(keys.size());
    StorageBackend(instance).commit(ops.data(), ops.size(), results.data());
    return results;
  }
  std::pair<crawlhub_status, std::string> query(std::uint32_t kind) {
    std::string text;
    const auto status =
        StorageBackend(instance).query(0, kind, "{}", [&](std::string_view part) { text += part; });
    return {status, text};
  }

  Hub hub;
  std::shared_ptr<crawlhub::Instance> instance;
};

std::string text_of(const crawlhub_result& result) {
  return result.text.ptr == nullptr ? std::string() : std::string(result.text.ptr, result.text.len);
}

}  // namespace

TEST_CASE("a result that is none fails alone, its neighbours stand") {
  Storage storage;
  const auto results = storage.commit({"good", "status", "body", "not filled", "good"});
  CHECK(results[0].status == CRAWLHUB_RESULT_OK);
  CHECK(results[4].status == CRAWLHUB_RESULT_OK);
  for (const std::size_t i : {1u, 2u, 3u}) {
    CHECK(results[i].status == CRAWLHUB_RESULT_FAILED);
    CHECK(results[i].code == CRAWLHUB_E_STORAGE_FAILED);
    CHECK(results[i].body == nullptr);
    CHECK(results[i].body_size == 0);
    CHECK(text_of(results[i]).find("something that is no result") != std::string::npos);
  }
  CHECK(storage.instance->failures() == 1);
}

TEST_CASE(
    "a batch that could not be applied fails every operation, with the storage's reason where it gave one") {
  Storage storage;
  const auto results = storage.commit({"good", "full"});
  CHECK(results[0].status == CRAWLHUB_RESULT_FAILED);
  CHECK(results[1].status == CRAWLHUB_RESULT_FAILED);
  CHECK(text_of(results[1]) == "the disk is full");
  CHECK(storage.commit({"good", "odd"})[0].status == CRAWLHUB_RESULT_FAILED);
  CHECK(storage.instance->failures() == 2);
}

TEST_CASE("a query answers once, or fails with a sentence") {
  Storage storage;
  CHECK(storage.query(2) == std::pair<crawlhub_status, std::string>(CRAWLHUB_OK, "[1]"));
  CHECK(storage.query(3) == std::pair<crawlhub_status, std::string>(CRAWLHUB_REFUSED, "no such cursor"));
  CHECK(storage.query(1).first == CRAWLHUB_FAILED);
  CHECK_FALSE(storage.query(1).second.empty());
  CHECK(storage.query(4).first == CRAWLHUB_FAILED);
  CHECK_FALSE(storage.query(4).second.empty());
  CHECK(StorageBackend(storage.instance).durability() == "none");
}
