#include "host/plugin/instance.hpp"

#include <fstream>
#include <thread>

#include <catch2/catch.hpp>

#include "host/plugin/call_scope.hpp"
#include "tests/unit/plugin/fixture.hpp"

using crawlhub::CallScope;
using crawlhub::CommandRegistry;
using crawlhub::Instance;
using crawlhub::Place;
using crawlhub::test::Hub;
using crawlhub::test::kWorkerLane;
using namespace std::chrono_literals;
using Events = std::vector<std::string>;

namespace {

// A message's call that remembers what it is told.
struct TestCall final : crawlhub_call {
  crawlhub_status reply(std::string_view type, std::string_view, std::string_view data) override {
    replies.push_back(std::string(type) + " " + std::string(data));
    return CRAWLHUB_OK;
  }
  crawlhub_status fail(std::int32_t, std::string_view) override { return CRAWLHUB_OK; }
  crawlhub_status submit(const crawlhub_op*, std::uint64_t count, crawlhub_continuation, void*) override {
    submitted += count;
    return CRAWLHUB_OK;
  }
  crawlhub_token defer() override { return 1; }
  void** slot() override { return &pointer; }
  crawlhub_status replace(std::string_view, std::uint32_t) override { return CRAWLHUB_OK; }

  std::vector<std::string> replies;
  std::uint64_t submitted = 0;
  void* pointer = nullptr;
};

crawlhub_status handle_ping(Instance& instance, TestCall& call) {
  crawlhub_message message{};
  message.struct_size = sizeof message;
  message.data = {"{\"n\":1}", 7};
  CallScope scope(instance, kWorkerLane, Place::worker, &call);
  const crawlhub_status status = instance.handler()->handle(instance.self(), &call, &message);
  if (status != CRAWLHUB_OK) scope.failed();
  return status;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("an instance lives through create, start, stop and destroy, once each") {
  Hub hub;
  auto instance = hub.create("handler-good").value();
  CHECK(instance->state() == Instance::State::created);
  REQUIRE(instance->start().ok());
  CHECK(instance->state() == Instance::State::serving);
  REQUIRE(instance->stop(5s).ok());
  REQUIRE(instance->destroy().ok());
  instance->end(5s);
  CHECK(instance->state() == Instance::State::destroyed);
  CHECK(hub.services.events() == Events{"life.create", "life.start", "life.stop", "life.destroy"});
}

TEST_CASE("an instance that was never started is only destroyed") {
  Hub hub;
  hub.create("handler-good").value()->end(5s);
  CHECK(hub.services.events() == Events{"life.create", "life.destroy"});
}

TEST_CASE("what a plugin registers in create is kept, what breaks a rule is refused and logged") {
  Hub hub;
  {
    const auto instance = hub.create("handler-good").value();
    REQUIRE(instance->types().size() == 1);
    CHECK(instance->types()[0].type == "ping");
    CHECK(instance->types()[0].route == 7);
    CHECK(instance->capabilities() == Events{"leases"});
    CHECK(instance->subscriptions() == Events{"job."});
    CHECK(instance->sections().size() == 2);
    CHECK(instance->commands().size() == 6);
    REQUIRE(instance->start().ok());
    CHECK(hub.services.events().back() == "life.start");  // registering was refused there
    CHECK(instance->types().size() == 1);
    instance->end(5s);
  }
  const std::string log = hub.log();
  INFO(log);
  CHECK(count(log, "add_type was refused: observe is null") == 1);
  CHECK(count(log, "add_type was refused: the type was added already") == 1);
  CHECK(count(log, "add_type was refused: it may be called in create only") == 1);
  CHECK(count(log, "add_command was refused: its input schema does not describe an object") == 1);
}

TEST_CASE("a plugin's commands answer through the registry, and its faults are contained") {
  Hub hub;
  const auto instance = hub.create("handler-good").value();
  CommandRegistry registry;
  for (auto& command : instance->commands()) REQUIRE(registry.add(std::move(command)).ok());
  CHECK(registry.execute("good.echo", R"({"text":"x"})").code == CRAWLHUB_E_PLUGIN_GONE);  // not started yet
  REQUIRE(instance->start().ok());

  auto answer = registry.execute("good.echo", R"({"text":"x"})");
  CHECK(answer.code == 0);
  CHECK(answer.text == R"({"text":"x"})");
  CHECK(registry.execute("good.echo", "{}").code == CRAWLHUB_E_BAD_ARGUMENT);
  answer = registry.execute("good.refuse", "{}");
  CHECK(answer.code == CRAWLHUB_E_NOT_FOUND);
  CHECK(answer.text == "there is no such thing");
  const std::uint64_t failures = instance->failures();
  for (const char* name : {"good.garbage", "good.silent", "good.broken"}) {
    answer = registry.execute(name, "{}");
    CHECK(answer.code == CRAWLHUB_E_PLUGIN_FAILED);
    CHECK(answer.text.find(std::string("plugin handler-good failed on the command ") + name) == 0);
  }
  CHECK(instance->failures() == failures + 3);

  instance->end(5s);
  CHECK(registry.execute("good.echo", R"({"text":"x"})").code == CRAWLHUB_E_PLUGIN_GONE);
}

TEST_CASE("sections, events and the probe reach the plugin while it serves, and not afterwards") {
  Hub hub;
  const auto instance = hub.create("handler-good").value();
  std::vector<std::string> findings;
  CHECK(instance->probe(findings).ok());
  CHECK(findings == Events{"one migration is pending"});

  REQUIRE(instance->start().ok());
  std::string text;
  CHECK(instance->run_section(instance->sections()[0], text));
  CHECK(text == R"({"answer":42})");
  CHECK_FALSE(instance->run_section(instance->sections()[1], text));  // "many" is no number
  instance->deliver_event("job.done", "{}");
  CHECK(hub.services.events().back() == "life.event");

  instance->end(5s);
  instance->deliver_event("job.done", "{}");
  CHECK_FALSE(instance->run_section(instance->sections()[0], text));
  CHECK(hub.services.events().back() == "life.destroy");
}

TEST_CASE("calls are counted") {
  Hub hub;
  const auto instance = hub.create("handler-good").value();
  REQUIRE(instance->start().ok());
  const std::uint64_t before = instance->calls();
  TestCall call;
  CHECK(handle_ping(*instance, call) == CRAWLHUB_OK);
  CHECK(instance->calls() == before + 1);
  CHECK(instance->failures() == 0);
  CHECK(call.replies == Events{"pong {\"n\":1}"});
  CHECK(call.submitted == 1);
  instance->end(5s);
}

#ifndef NDEBUG
TEST_CASE("a debug build refuses a reply on a call that is over, and names the function") {
  Hub hub;
  {
    const auto instance = hub.create("handler-good").value();
    REQUIRE(instance->start().ok());
    TestCall call;
    CHECK(handle_ping(*instance, call) == CRAWLHUB_OK);
    for (auto& command : instance->commands()) {
      if (command.name == "good.late") CHECK(command.execute("{}").text == "\"refused\"");
    }
    CHECK(call.replies.size() == 1);
    instance->end(5s);
  }
  CHECK(count(hub.log(), "function=reply") == 1);
}
#endif

TEST_CASE("a create that fails says why, and nothing is called afterwards") {
  Hub hub;
  CHECK(hub.create("create_fails").error() == "plugin create_fails: create failed: the flux is missing");
  CHECK(hub.create("create_gives_nothing").error() ==
        "plugin create_gives_nothing: create returned OK without an instance");
  CHECK(hub.create("create_garbage_status").error() ==
        "plugin create_garbage_status: create returned 12345, expected OK or FAILED");
}

TEST_CASE("after start failed only destroy follows") {
  Hub hub;
  const auto instance = hub.create("start_fails").value();
  CHECK(instance->start().text() == "plugin start_fails: start failed: it gave no reason");
  CHECK(instance->state() == Instance::State::failed);
  CHECK(instance->reason() == "plugin start_fails: start failed: it gave no reason");
  instance->end(5s);
  instance->end(5s);
  CHECK(hub.services.events() == Events{"test.start", "test.destroy"});
}

TEST_CASE("a start that does not return is abandoned by its deadline, and the others go on") {
  Hub hub(50ms);
  const std::string file = (hub.directory.path() / "go").string();
  std::weak_ptr<Instance> abandoned;
  {
    const auto instance = hub.create("start_hangs", file).value();
    abandoned = instance;
    CHECK(instance->start().text() == "plugin start_hangs: start did not return within 50ms");
    CHECK(instance->state() == Instance::State::abandoned);
    instance->end(5s);  // calls nothing
    const auto other = hub.create("handler-good").value();
    CHECK(other->start().ok());
    other->end(5s);
  }
  CHECK_FALSE(abandoned.expired());  // the call that hangs holds it
  std::ofstream(file).close();
  while (!abandoned.expired()) std::this_thread::yield();
}

TEST_CASE("stop waits for a command that runs, and past its deadline gives the instance up") {
  Hub hub;
  const auto instance = hub.create("handler-good").value();
  REQUIRE(instance->start().ok());
  {
    const auto inside = instance->enter();
    REQUIRE(inside);
    const crawlhub::Status status = instance->stop(20ms);
    CHECK(status.text().find("still runs after 20ms") != std::string::npos);
    CHECK_FALSE(instance->enter());
  }
  CHECK(instance->state() == Instance::State::abandoned);
  CHECK(instance->destroy().ok());
  CHECK(hub.services.events().back() == "life.start");  // neither stop nor destroy was called
  instance->handler()->destroy(instance->self());       // what the host gave up is not the test's leak
}
