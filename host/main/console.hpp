#pragma once

#include <string>
#include <string_view>

#include "host/admin/client.hpp"
#include "host/main/command_line.hpp"
#include "host/main/command_spec.hpp"
#include "host/main/terminal.hpp"

namespace crawlhub {

// What every command of the command line shares: where the hub is, and how to say things.
class Console {
 public:
  bool json = false;
  std::string admin;  // path of the admin socket
  Style out = Style::of(1);
  Style err = Style::of(2);

  // Says what came out: spec tells how a person reads it.
  int answer(const CommandSpec& spec, const Json& answer) const;
  // Says why not: a sentence on stderr, and with --json {"code", "error"} on stdout. Returns: exit.
  int fail(ExitCode exit, std::string_view code, std::string_view sentence) const;
  int fail(const Status& status) const;
  int fail(const AdminAnswer& refused) const { return fail(kRefused, refused.code, refused.error); }
  // No hub.
  int unreachable(const Status& status) const;
};

// Each runs a command that is more than a call and its answer. arguments.local is not among what they are
// given.
int run_call(const Console& console, AdminClient& hub, const Json& arguments);
int run_events(const Console& console, AdminClient& hub, const Json& arguments);
// defaults: what the flags say of jobs whose lines do not.
int run_jobs_file(const Console& console, AdminClient& hub, const std::string& path, const Json& defaults);
// Live bars of every running job and of all together. forever: also when nothing is left to do.
int run_progress_view(const Console& console, AdminClient& hub, bool forever);

}  // namespace crawlhub
