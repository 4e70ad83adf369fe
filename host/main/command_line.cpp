#include "host/main/command_line.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "host/config/load.hpp"
#include "host/main/arguments.hpp"
#include "host/main/bench_command.hpp"
#include "host/main/completions.hpp"
#include "host/main/console.hpp"
#include "host/main/show.hpp"
#include "host/version.hpp"

namespace crawlhub {

namespace {

constexpr const char* kAbout =
    "crawlhub: the hub between a web application and its fleet of crawlers.\n"
    "serve runs it; the other commands talk to the one that runs.";
constexpr const char* kFooter =
    "Exit code: 0 done, 1 refused or failed, 2 usage, 3 no hub.\n"
    "Commands of plugins are words too; `crawlhub commands` lists what the running hub offers.";

// Options that stand before or behind every command.
struct GivenWords {
  std::vector<std::string> words;  // what is no option, as far as one can tell before the parse
  std::string admin;
};

GivenWords look_ahead(int argc, const char* const* argv) {
  GivenWords given;
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    if (arg == "--admin" && i + 1 < argc) {
      given.admin = argv[++i];
    } else if (arg.substr(0, 8) == "--admin=") {
      given.admin = arg.substr(8);
    } else if (!arg.empty() && arg.front() != '-') {
      given.words.emplace_back(arg);
    }
  }
  return given;
}

std::string default_admin() {
  if (const char* path = std::getenv("CRAWLHUB_ADMIN"); path != nullptr && *path != '\0') return path;
  return default_directory(process_environment()) + "/admin.sock";
}

class CommandLine {
 public:
  explicit CommandLine(const LocalCommands& local) : local_(local), app_(kAbout, "crawlhub") {
    app_.set_version_flag("--version", "crawlhub " + std::string(kVersion));
    app_.add_flag("--json", console_.json, "print one JSON value on stdout, for programs");
    app_.add_option("--admin", console_.admin,
                    "admin socket of the hub (default: $CRAWLHUB_ADMIN, else " + default_admin() + ")")
        ->type_name("PATH");
    app_.require_subcommand(1);
    app_.footer(kFooter);
    app_.failure_message([](const CLI::App*, const CLI::Error& error) {
      return "crawlhub: " + std::string(error.what()) + "; see crawlhub --help\n";
    });
    add_local_commands();
  }

  int run(int argc, const char* const* argv) {
    const GivenWords given = look_ahead(argc, argv);
    console_.admin = given.admin.empty() ? default_admin() : given.admin;
    specs_ = builtin_commands();
    if (!given.words.empty() && find_word(app_, given.words[0]) == nullptr) fetch_commands();
    for (const auto& spec : specs_) bound_.push_back(bind_command(app_, spec));
    if (const std::string unknown = unknown_words(given.words); !unknown.empty()) {
      return console_.fail(kUsage, "unknown_command",
                           "there is no command '" + unknown + "'" +
                               (hub_ ? "" : ", and no hub to ask for more") + "; see crawlhub --help");
    }
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app_.exit(error) == 0 ? kDone : kUsage;
    }
    if (local_choice_) return local_choice_();
    for (const auto& command : bound_) {
      if (command.app->parsed() && command.app->get_subcommands().empty()) return run_remote(command);
    }
    std::cerr << app_.help();
    return kUsage;
  }

 private:
  void add_local_commands();
  void fetch_commands();
  std::string unknown_words(const std::vector<std::string>& words) const;
  int run_remote(const BoundCommand& command);
  int dispatch(const BoundCommand& command, const Arguments& arguments, AdminClient& hub);

  const LocalCommands& local_;
  Console console_;
  CLI::App app_;
  std::string config_, directory_, shell_ = "bash";
  std::function<int()> local_choice_;
  std::optional<AdminClient> hub_;
  Status no_hub_;                   // why there is none
  std::vector<CommandSpec> specs_;  // complete before bound_, which points into it
  std::vector<BoundCommand> bound_;
};

void CommandLine::add_local_commands() {
  const auto add_config = [this](CLI::App* command) {
    command->fallthrough();
    command->add_option("--config", config_, "configuration (default: the built-in one)")->type_name("FILE");
    command
        ->add_option("--directory", directory_, "where the built-in configuration puts sockets and database")
        ->type_name("DIR");
  };
  auto* serve = app_.add_subcommand("serve", "Run the hub");
  add_config(serve);
  serve->callback([this] { local_choice_ = [this] { return local_.serve(config_, directory_); }; });
  auto* check =
      app_.add_subcommand("check", "Say whether the hub could start with a configuration; start nothing");
  add_config(check);
  check->callback(
      [this] { local_choice_ = [this] { return local_.check(config_, directory_, console_.json); }; });
  add_bench_command(app_, console_, [this](std::function<int()> run) { local_choice_ = std::move(run); });
  auto* completions =
      app_.add_subcommand("completions", "Print shell completions: eval \"$(crawlhub completions)\"");
  completions->fallthrough();
  completions->add_option("shell", shell_, "bash")->check(CLI::IsMember({"bash"}));
  completions->callback([this] {
    local_choice_ = [] {
      std::cout << bash_completions(builtin_commands());
      return static_cast<int>(kDone);
    };
  });
  auto* man = app_.add_subcommand("man", "Print the manual page: crawlhub man | man -l -");
  man->fallthrough();
  man->callback([this] {
    local_choice_ = [] {
      std::cout << man_page(builtin_commands());
      return static_cast<int>(kDone);
    };
  });
}

// The hub knows best what its commands take and answer; without a hub the built-in descriptors serve for
// help.
void CommandLine::fetch_commands() {
  auto hub = AdminClient::connect(console_.admin);
  if (!hub) {
    no_hub_ = hub.status();
    return;
  }
  hub_ = *std::move(hub);
  const auto answer = hub_->call("commands", Json::object());
  if (!answer || !answer->ok()) return;
  for (const Json& descriptor : at_path(answer->answer, "commands")) {
    CommandSpec spec = parse_command_spec(descriptor);
    if (spec.name.empty()) continue;
    const auto known =
        std::find_if(specs_.begin(), specs_.end(), [&](const auto& s) { return s.name == spec.name; });
    if (known == specs_.end()) {
      specs_.push_back(std::move(spec));
    } else {
      *known = merge_specs(*known, std::move(spec));
    }
  }
}

// The first words as far as they name nothing; empty where they do.
std::string CommandLine::unknown_words(const std::vector<std::string>& words) const {
  if (words.empty()) return {};
  const CLI::App* group = find_word(app_, words[0]);
  if (group == nullptr) return words[0];
  const bool needs_more = group->get_require_subcommand_min() > 0;
  return needs_more && words.size() > 1 && find_word(*group, words[1]) == nullptr ? words[0] + " " + words[1]
                                                                                  : "";
}

int CommandLine::run_remote(const BoundCommand& command) {
  const auto arguments = collect_arguments(command);
  if (!arguments) return console_.fail(arguments.status());
  if (!hub_) return console_.unreachable(no_hub_);
  return dispatch(command, *arguments, *hub_);
}

int CommandLine::dispatch(const BoundCommand& command, const Arguments& arguments, AdminClient& hub) {
  const std::string& name = command.spec->name;
  if (name == "call") return run_call(console_, hub, arguments.sent);
  if (name == "events") return run_events(console_, hub, arguments.sent);
  if (arguments.local.contains("file"))
    return run_jobs_file(console_, hub, arguments.local["file"], arguments.sent);
  if (arguments.local.contains("watch")) return run_progress_view(console_, hub, true);
  if (arguments.local.contains("follow")) return run_progress_view(console_, hub, false);
  const auto answer = hub.call(name, arguments.sent);
  if (!answer) return console_.fail(answer.status());
  return answer->ok() ? console_.answer(*command.spec, answer->answer) : console_.fail(*answer);
}

}  // namespace

int run_command_line(int argc, const char* const* argv, const LocalCommands& local) {
  return CommandLine(local).run(argc, argv);
}

}  // namespace crawlhub
