#include "host/main/show.hpp"

#include <catch2/catch.hpp>

#include "host/main/completions.hpp"
#include "host/main/progress_view.hpp"

using namespace crawlhub;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

ProgressFrame frame_of(int running, int queued) {
  ProgressFrame frame;
  frame.status = {{"jobs", {{"running", running}, {"queued", queued}, {"finished", 1}}}};
  frame.aggregate = {
      {"overall_completion", 0.5}, {"combined_throughput", 1234.4}, {"estimated_time_remaining", 65000}};
  frame.jobs = Json::array();
  for (int i = 0; i < running; ++i) {
    frame.jobs.push_back({{"id", "r" + std::to_string(i)},
                          {"status", "running"},
                          {"entityType", "commit"},
                          {"entityId", "group/project"},
                          {"progress",
                           {{"overall_completion", 0.25},
                            {"processing_rate", 100},
                            {"estimated_time_remaining", 30000},
                            {"entities", {{{"total_processed", 2500}, {"total_discovered", 10000}}}}}}});
  }
  return frame;
}

}  // namespace

TEST_CASE("a bar is full only where all is done") {
  const Style plain(false);
  CHECK(render_bar(0, 10, plain) == "[..........]   0%");
  CHECK(render_bar(0.999, 10, plain) == "[#########.]  99%");
  CHECK(render_bar(1, 10, plain) == "[##########] 100%");
  CHECK(render_bar(7, 10, plain) == "[##########] 100%");
  CHECK(render_bar(-1, 10, plain) == "[..........]   0%");
}

TEST_CASE("a frame has a line a job with count, rate and ETA, and one for all") {
  const auto lines = render_frame(frame_of(1, 3), 24, 160, Style(false));
  REQUIRE(lines.size() == 2);
  CHECK(has(lines[0], " 25%  commit"));
  CHECK(has(lines[0], "group/project"));
  CHECK(has(lines[0], "2,500/10,000"));
  CHECK(has(lines[0], "100/s"));
  CHECK(has(lines[0], "ETA 30s"));
  CHECK(has(lines[1], "50%  all jobs  1 running, 3 queued, 1 finished  1,234/s  ETA 1m 05s"));
}

TEST_CASE("a frame never has more lines than the terminal") {
  CHECK(render_frame(frame_of(100, 0), 24, 80, Style(false)).size() == 24);
  CHECK(render_frame(frame_of(0, 0), 24, 80, Style(false)).size() == 1);
}

TEST_CASE("paused jobs are not waited for") {
  ProgressFrame frame = frame_of(0, 0);
  frame.status["jobs"]["paused"] = 4;
  CHECK(frame.unfinished() == 0);
  CHECK(frame_of(2, 3).unfinished() == 5);
}

TEST_CASE("values read as a person writes them") {
  CHECK(show_value(nullptr) == "-");
  CHECK(show_value("") == "-");
  CHECK(show_value(true) == "yes");
  CHECK(show_value(0.456, "percent") == "45%");
  CHECK(show_value(65000, "milliseconds") == "1m 05s");
  CHECK(show_value(12.3456) == "12.35");
  CHECK(show_value(Json{"a", "b"}) == "a, b");
  CHECK(show_value(Json::array()) == "-");
  CHECK(format_count(1234567) == "1,234,567");
  CHECK(format_count(-1234) == "-1,234");
}

TEST_CASE("an answer without columns is key and value lines, lists of objects tables below them") {
  const Json answer{{"id", "a"}, {"deep", {{"n", 1}}}, {"list", {{{"x", 1}, {"y", "b"}}, {{"x", 2}}}}};
  CHECK(show_answer(CommandSpec(), answer, Style(false)) ==
        "id      a\n"
        "deep.n  1\n"
        "\n"
        "list\n"
        "X  Y\n"
        "1  b\n"
        "2  -\n");
}

TEST_CASE("the hub's descriptor wins, but for the words and options of the command line itself") {
  CommandSpec builtin = parse_command_spec(Json::parse(
      R"({"name":"a.b","words":"a","input":{"properties":{"file":{"type":"string","x-cli":{"local":true}}}}})"));
  const CommandSpec hub = parse_command_spec(Json::parse(
      R"({"name":"a.b","summary":"Does it.","input":{"properties":{"file":{"type":"string"},"oneMore":{}}}})"));
  const CommandSpec merged = merge_specs(builtin, hub);
  CHECK(merged.words == "a");
  CHECK(merged.summary == "Does it");
  REQUIRE(merged.find("file") != nullptr);
  CHECK(merged.find("file")->local);
  CHECK(merged.find("oneMore")->flag == "--one-more");
}

TEST_CASE("completions and the manual page name every command and flag") {
  const std::string script = bash_completions(builtin_commands());
  const std::string page = man_page(builtin_commands());
  for (const auto& command : builtin_commands()) {
    CHECK(has(page, ".B " + command.words));
    CHECK(has(script, "\"" + command.words + "\") next="));
    for (const auto& option : command.options) {
      if (!option.flag.empty()) CHECK(has(script, option.flag));
    }
  }
}
