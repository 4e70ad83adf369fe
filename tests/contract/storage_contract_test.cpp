#include <catch2/catch.hpp>

#include <crawlhub/testing/storage_contract.hpp>

using namespace crawlhub::testing;

namespace {

void check_contract(const char* file, const char* config, bool durable) {
  for (const ContractCheck& check : storage_contract()) {
    if (check.needs_durability && !durable) continue;
    DYNAMIC_SECTION(check.name) {
      StorageDriver backend(file, config);
      REQUIRE_NOTHROW(check.run(backend));
    }
  }
}

constexpr const char* kSmall = R"({"journal":1048576})";
constexpr const char* kRelaxed = R"({"journal":1048576,"durability":"relaxed"})";

}  // namespace

TEST_CASE("storage-memory keeps the contract") {
  check_contract(STORAGE_MEMORY, "{}", false);
}

TEST_CASE("storage-sqlite keeps the contract") {
  check_contract(STORAGE_SQLITE, kSmall, true);
}

TEST_CASE("storage-sqlite keeps the contract with relaxed durability") {
  check_contract(STORAGE_SQLITE, kRelaxed, true);
}

TEST_CASE("storage-sqlite agrees with storage-memory on random operations, over restarts") {
  const auto seed = GENERATE(range(1u, 7u));
  StorageDriver subject(STORAGE_SQLITE, seed % 2 == 0 ? kSmall : kRelaxed);
  StorageDriver reference(STORAGE_MEMORY);
  REQUIRE_NOTHROW(RandomModel(subject, reference, seed).run(250, true));
}
