#include "host/storage/writer.hpp"

#include <atomic>
#include <future>
#include <string>

#include <catch2/catch.hpp>

#include "host/storage/requests.hpp"

using namespace crawlhub;

namespace {

constexpr std::uint32_t kKind = 900;

// Remembers what was committed, in order, and answers as it is told.
class Recorder final : public Backend {
 public:
  void commit(const crawlhub_op* ops, std::size_t count, crawlhub_result* results) override {
    if (failing > 0) {
      --failing;
      for (std::size_t i = 0; i < count; ++i) results[i].status = CRAWLHUB_RESULT_FAILED;
      return;
    }
    sizes.push_back(count);
    bool head_refused = false;
    std::uint64_t submission = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string key(ops[i].key.ptr, ops[i].key.len);
      const bool first = ops[i].submission != submission;
      submission = ops[i].submission;
      if (first) head_refused = key == refused;
      const bool chained = (ops[i].flags & CRAWLHUB_OP_CHAINED) != 0;
      results[i].status = key == refused            ? CRAWLHUB_RESULT_REFUSED
                          : chained && head_refused ? CRAWLHUB_RESULT_SKIPPED
                                                    : CRAWLHUB_RESULT_OK;
      if (results[i].status == CRAWLHUB_RESULT_OK) keys.push_back(key);
      text = "result of " + key;
      results[i].text = {text.data(), text.size()};
    }
  }
  bool maintain() override { return false; }
  crawlhub_status query(std::uint32_t lane, std::uint32_t, std::string_view parameters,
                        const std::function<void(std::string_view)>& sink) override {
    sink("lane " + std::to_string(lane) + ": " + std::string(parameters));
    return CRAWLHUB_OK;
  }
  std::string_view durability() const override { return "none"; }

  std::string refused = "-";
  std::atomic<int> failing = 0;
  std::vector<std::string> keys;
  std::vector<std::size_t> sizes;
  std::string text;
};

// Collects batches that come back.
class Source final : public BatchSource {
 public:
  void completed(std::unique_ptr<Batch> batch) override {
    const std::lock_guard lock(mutex_);
    done_.push_back(std::move(batch));
    changed_.notify_all();
  }
  std::vector<std::unique_ptr<Batch>> wait(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return done_.size() >= count; });
    return std::move(done_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Batch>> done_;
};

crawlhub_op op(const std::string& key, std::uint32_t flags = 0) {
  crawlhub_op made{};
  made.struct_size = sizeof(made);
  made.kind = kKind;
  made.flags = flags;
  made.key = {key.data(), key.size()};
  return made;
}

std::unique_ptr<Batch> batch_of(Source& source, const std::vector<std::string>& keys,
                                std::uint32_t flags = 0) {
  auto batch = std::make_unique<Batch>(source);
  std::vector<crawlhub_op> ops;
  for (std::size_t i = 0; i < keys.size(); ++i) ops.push_back(op(keys[i], i == 0 ? 0 : flags));
  batch->add(ops.data(), ops.size(), nullptr);
  return batch;
}

std::vector<std::string> numbered(const std::string& prefix, std::size_t count) {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < count; ++i) keys.push_back(prefix + std::to_string(i));
  return keys;
}

}  // namespace

TEST_CASE("batches are committed in the order they were pushed, each answered with its own results") {
  Recorder backend;
  Writer writer(backend, {});
  Source source;
  writer.push(batch_of(source, {"a", "b"}));
  writer.push(batch_of(source, {"c"}));
  writer.start();
  const auto done = source.wait(2);
  writer.stop();
  CHECK(backend.keys == std::vector<std::string>{"a", "b", "c"});
  const crawlhub_result& last = done[1]->results()[0];
  CHECK(std::string(last.text.ptr, last.text.len) == "result of c");
  CHECK(writer.depth() == 0);
}

TEST_CASE("what is queued when the writer stops is committed first") {
  Recorder backend;
  Writer writer(backend, {});
  Source source;
  writer.start();
  for (const std::string& key : numbered("k", 100)) writer.push(batch_of(source, {key}));
  writer.stop();
  CHECK(source.wait(100).size() == 100);
  CHECK(backend.keys == numbered("k", 100));
}

TEST_CASE(
    "a long submission is committed in slices, and what is queued beside it does not wait for its end") {
  Recorder backend;
  Writer writer(backend, {.batch = 16});
  Source source;
  writer.push(batch_of(source, numbered("long", 5000)));
  writer.push(batch_of(source, {"short"}));
  writer.start();
  const auto done = source.wait(2);
  writer.stop();
  CHECK(done[0]->size() == 1);
  CHECK(done[1]->size() == 5000);
  CHECK(backend.keys.size() == 5001);
}

TEST_CASE("nothing of a chain is done where its first operation is refused, in a later slice neither") {
  Recorder backend;
  backend.refused = "long0";
  Writer writer(backend, {.batch = 16});
  Source source;
  writer.push(batch_of(source, numbered("long", 5000), CRAWLHUB_OP_CHAINED));
  writer.start();
  const auto done = source.wait(1);
  writer.stop();
  CHECK(backend.keys.empty());
  CHECK(done[0]->results()[0].status == CRAWLHUB_RESULT_REFUSED);
  CHECK(done[0]->results()[1].status == CRAWLHUB_RESULT_SKIPPED);
  CHECK(done[0]->results()[4999].status == CRAWLHUB_RESULT_SKIPPED);
  CHECK(writer.depth() == 0);
}

TEST_CASE("chains of several submissions in one commit are told apart") {
  Recorder backend;
  backend.refused = "x";
  Writer writer(backend, {});
  Source source;
  writer.push(batch_of(source, {"x", "y"}, CRAWLHUB_OP_CHAINED));
  writer.push(batch_of(source, {"a", "b"}, CRAWLHUB_OP_CHAINED));
  writer.start();
  source.wait(2);
  writer.stop();
  CHECK(backend.keys == std::vector<std::string>{"a", "b"});
}

TEST_CASE("an outage is waited out: nothing is lost, nothing refused") {
  Recorder backend;
  backend.failing = 3;
  Writer writer(backend, {});
  Source source;
  writer.push(batch_of(source, {"a"}));
  writer.start();
  const auto done = source.wait(1);
  writer.stop();
  CHECK(done[0]->results()[0].status == CRAWLHUB_RESULT_OK);
  CHECK(backend.keys == std::vector<std::string>{"a"});
  CHECK_FALSE(writer.outage());
}

TEST_CASE("an outage longer than the hold is told to whoever waits") {
  Recorder backend;
  backend.failing = 1'000'000;
  Writer writer(backend, {.hold = std::chrono::milliseconds(20)});
  Source source;
  writer.push(batch_of(source, {"a"}));
  writer.start();
  const auto done = source.wait(1);
  CHECK(done[0]->results()[0].status == CRAWLHUB_RESULT_FAILED);
  CHECK(writer.outage());
  writer.stop();
}

TEST_CASE("waiting requests get their results and answers, many at once") {
  Recorder backend;
  Writer writer(backend, {});
  writer.start();
  StorageRequests requests(backend, writer, 2);
  std::vector<std::future<void>> threads;
  std::atomic<int> accepted = 0, answered = 0;
  for (int t = 0; t < 4; ++t) {
    threads.push_back(std::async(std::launch::async, [&, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string key = std::to_string(t) + "/" + std::to_string(i);
        const crawlhub_op one = op(key);
        requests.commit(&one, 1,
                        [&](const auto& results) { accepted += results[0].status == CRAWLHUB_RESULT_OK; });
        requests.query(kKind, key, [&](std::string_view text) {
          answered += text == "lane 0: " + key || text == "lane 1: " + key;
        });
      }
    }));
  }
  for (auto& thread : threads) thread.get();
  writer.stop();
  CHECK(accepted == 200);
  CHECK(answered == 200);
}
