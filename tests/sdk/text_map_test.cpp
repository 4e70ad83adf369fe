#include <map>
#include <random>
#include <set>

#include <catch2/catch.hpp>

#include <crawlhub/iso_time.hpp>
#include <crawlhub/json_walk.hpp>
#include <crawlhub/key_table.hpp>
#include <crawlhub/new_id.hpp>
#include <crawlhub/text_map.hpp>

using namespace crawlhub;

TEST_CASE("a text map holds what a map holds, whatever is added and erased") {
  TextMap<int> map(7);
  std::map<std::string, int> model;
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    std::string key = "k" + std::to_string(random() % 700);
    if (random() % 8 == 0) key.append(60, 'x');  // longer than what lies in a node
    if (random() % 3 == 0) {
      CHECK(map.erase(key) == (model.erase(key) == 1));
    } else {
      const auto [value, made] = map.get(key);
      CHECK(made == (model.count(key) == 0));
      value = model[key] = i;
    }
    REQUIRE(map.size() == model.size());
  }
  for (const auto& [key, value] : model) {
    REQUIRE(map.find(key) != nullptr);
    CHECK(*map.find(key) == value);
  }
  map.erase_if([](std::string_view, int value) { return value % 2 == 0; });
  std::erase_if(model, [](const auto& entry) { return entry.second % 2 == 0; });
  std::map<std::string, int> left;
  map.for_each([&](std::string_view key, int value) { left.emplace(key, value); });
  CHECK(left == model);
  CHECK(map.find("nothing") == nullptr);
  CHECK(TextMap<int>().find("x") == nullptr);
}

TEST_CASE("texts that differ have other hashes") {
  std::set<std::uint64_t> hashes;
  std::size_t texts = 0;
  for (std::size_t length = 0; length < 40; ++length) {
    for (std::size_t at = 0; at < std::max<std::size_t>(length, 1); ++at, ++texts) {
      std::string text(length, 'a');
      if (length != 0) text[at] = 'b';
      hashes.insert(hash_text(text));
    }
  }
  CHECK(hashes.size() == texts);
}

TEST_CASE("a key table finds its keys and no others") {
  const std::vector<std::string> keys = {"",
                                         "a",
                                         "b",
                                         "ab",
                                         "abc",
                                         "abcd",
                                         "total",
                                         "items",
                                         "stage",
                                         "processed",
                                         "estimatedTimeRemaining",
                                         "estimatedTimeRemaininG",
                                         "entityType",
                                         "itemCounts"};
  const KeyTable table(keys);
  for (std::size_t i = 0; i < keys.size(); ++i) CHECK(table.find(keys[i]) == static_cast<int>(i));
  for (const char* other : {"c", "ac", "abd", "totaL", "estimatedXimeRemaining", "entitytype", "itemCount"}) {
    CHECK(table.find(other) == -1);
  }
  // Keys that differ in their middle only.
  const KeyTable alike(std::vector<std::string>{"12345678-one-12345678", "12345678-two-12345678"});
  CHECK(alike.find("12345678-two-12345678") == 1);
  CHECK(alike.find("12345678-six-12345678") == -1);
  CHECK(KeyTable().find("x") == -1);
}

TEST_CASE("times are written and read back to the millisecond") {
  CHECK(iso_time(1'700'000'000'123'456'789) == "2023-11-14T22:13:20.123Z");
  CHECK(iso_time(-1'000'000) == "1969-12-31T23:59:59.999Z");
  CHECK(parse_iso_time("2023-11-14T22:13:20.123Z") == 1'700'000'000'123'000'000);
  CHECK(parse_iso_time("2023-11-14 23:13:20+01:00") == 1'700'000'000'000'000'000);
  CHECK(parse_iso_time("2023-11-14T17:13-0500") == 1'699'999'980'000'000'000);
  CHECK(parse_iso_time("1970-01-01") == 0);
  for (const char* bad : {"", "2023-1-14", "2023-13-01", "2023-02-30", "2023-11-14T", "2023-11-14T25:00",
                          "2023-11-14T10:00Zx", "2023-11-14T10:00:00.", "tomorrow", "1500-01-01"}) {
    CHECK_FALSE(parse_iso_time(bad));
  }
}

TEST_CASE("ids are new each time, valid as job ids, and sort by their time") {
  IdMaker ids;
  std::set<std::string> all;
  for (int i = 0; i < 10'000; ++i) all.insert(ids.next(1'700'000'000'000'000'000));
  CHECK(all.size() == 10'000);
  for (const char c : *all.begin())
    CHECK((std::isdigit(static_cast<unsigned char>(c)) || std::islower(static_cast<unsigned char>(c))));
  CHECK(all.begin()->size() == 26);
  CHECK(*all.rbegin() < ids.next(1'700'000'000'001'000'000));
}

TEST_CASE("a walk yields the children of objects and lists, and nothing of other values") {
  std::string seen;
  for (JsonWalk walk(R"( { "a" : 1 , "b\n" : [ 1 , {"c":"}"} ] , "d" : null } )"); walk.next();) {
    seen += walk.key();
    seen += '=';
    seen += walk.member().present() ? walk.member().raw() : "-";
    seen += ';';
  }
  CHECK(seen == "a=1;b\n=[ 1 , {\"c\":\"}\"} ];d=-;");
  std::size_t count = 0;
  for (JsonWalk walk("[1,[2,3],\"]\"]"); walk.next();) ++count;
  CHECK(count == 3);
  for (const char* other : {"", "5", "\"text\"", "null", "{}", "[]"}) CHECK_FALSE(JsonWalk(other).next());
}
