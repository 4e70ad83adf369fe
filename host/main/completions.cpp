#include "host/main/completions.hpp"

#include <map>
#include <set>
#include <sstream>

#include "host/version.hpp"

namespace crawlhub {

namespace {

constexpr const char* kEverywhere = "--json --admin --help";

// What may follow each sequence of words: words first, then flags.
std::map<std::string, std::string> continuations(const std::vector<CommandSpec>& commands) {
  std::map<std::string, std::set<std::string>> next;
  for (const char* word : {"serve", "check", "bench", "completions", "man"}) next[""].insert(word);
  next["serve"] = next["check"] = {"--config", "--directory"};
  next["bench"] = {"ingest"};
  next["bench ingest"] = {"--connect",  "--connections", "--window",   "--jobs",   "--size",
                          "--distinct", "--seconds",     "--messages", "--rate",   "--verify",
                          "--cpu",      "--keep",        "--idle",     "--hub-pid"};
  next["completions"] = {"bash"};
  for (const auto& command : commands) {
    std::string before;
    std::istringstream words(command.words);
    for (std::string word; words >> word;) {
      next[before].insert(word);
      before += (before.empty() ? "" : " ") + word;
    }
    next[before];  // also where nothing of its own follows
    for (const auto& option : command.options) {
      if (option.flag.empty()) continue;
      next[before].insert(option.flag);
    }
  }
  std::map<std::string, std::string> texts;
  for (const auto& [before, words] : next) {
    std::string& text = texts[before];
    for (const auto& word : words) text += word + " ";
    text += before.empty() ? "--json --admin --help --version" : kEverywhere;
  }
  return texts;
}

// Text for roff: a leading dot or quote would be a request, a hyphen a typographic one.
std::string roff(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\' || c == '-') result += '\\';
    result += c;
  }
  if (!result.empty() && (result[0] == '.' || result[0] == '\'')) result.insert(0, "\\&");
  return result;
}

void add_man_command(std::ostream& page, const CommandSpec& command) {
  page << ".TP\n.B " << roff(command.words);
  for (const auto& option : command.options) {
    if (option.flag.empty())
      page << (option.required ? " \\fI" : " [\\fI") << roff(option.placeholder())
           << (option.required ? "\\fR" : "\\fR]");
  }
  page << "\n" << roff(command.summary) << ".\n";
  for (const auto& option : command.options) {
    const std::string name = option.flag.empty() ? option.placeholder() : option.flag;
    page << ".RS\n.TP\n\\fB" << roff(name) << "\\fR";
    if (!option.flag.empty() && option.type != "boolean")
      page << " \\fI" << roff(option.placeholder()) << "\\fR";
    page << "\n" << roff(option.help) << ".\n.RE\n";
  }
}

constexpr const char* kBashHead = R"(_crawlhub() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words= word next
  case $previous in
    --config | --admin | --file | --token-file) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --directory) COMPREPLY=($(compgen -d -- "$current")); return ;;
  esac
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      -*) ;;
      *) case "$words $word" in
)";
constexpr const char* kBashMiddle = R"(           ) words="${words:+$words }$word" ;;
         esac ;;
    esac
  done
  case $words in
)";
constexpr const char* kBashTail = R"(  esac
  COMPREPLY=($(compgen -W "$next" -- "$current"))
}
complete -o default -F _crawlhub crawlhub
)";

}  // namespace

std::string bash_completions(const std::vector<CommandSpec>& commands) {
  const auto texts = continuations(commands);
  std::ostringstream script;
  script << kBashHead;
  // A word counts only where it makes a known sequence longer; what else is said is an argument.
  const char* separator = "           ";
  for (const auto& [before, text] : texts) {
    if (before.empty()) continue;
    script << separator << '"' << (before.find(' ') == std::string::npos ? " " : "") << before << '"';
    separator = " | ";
  }
  script << kBashMiddle;
  for (const auto& [before, text] : texts) script << "    \"" << before << "\") next=\"" << text << "\" ;;\n";
  script << kBashTail;
  return script.str();
}

std::string man_page(const std::vector<CommandSpec>& commands) {
  std::ostringstream page;
  page << ".TH CRAWLHUB 1 \"\" \"crawlhub " << kVersion
       << "\"\n"
          ".SH NAME\ncrawlhub \\- the hub between a web application and its fleet of crawlers\n"
          ".SH SYNOPSIS\n.B crawlhub serve\n[\\fB\\-\\-config\\fR \\fIFILE\\fR]\n.br\n"
          ".B crawlhub\n[\\fB\\-\\-json\\fR] [\\fB\\-\\-admin\\fR \\fIPATH\\fR] \\fICOMMAND\\fR ...\n"
          ".SH DESCRIPTION\n.B crawlhub serve\nruns the hub. The other commands talk to the one that runs, "
          "through its\n"
          "admin socket.\n.SH COMMANDS\n"
          ".TP\n.B serve\nRun the hub until SIGTERM. \\fB\\-\\-config\\fR names its configuration; without "
          "it the\n"
          "built\\-in one is used, with sockets and database in \\fB\\-\\-directory\\fR.\n"
          ".TP\n.B check\nSay whether the hub could start with a configuration; start nothing.\n"
          ".TP\n.B bench ingest\nMeasure how many messages a second a hub without other work takes; its\n"
          "\\fB\\-\\-help\\fR names the options.\n";
  for (const auto& command : commands) add_man_command(page, command);
  page << ".TP\n.B completions bash\nPrint shell completions.\n.TP\n.B man\nPrint this page.\n"
          ".SH OPTIONS\n.TP\n\\fB\\-\\-json\\fR\nPrint exactly one JSON value on stdout, all else on stderr "
          "(\\fBevents\\fR: one value a line).\n"
          ".TP\n\\fB\\-\\-admin\\fR \\fIPATH\\fR\nThe admin socket of the hub.\n"
          ".SH EXIT STATUS\n0 done, 1 refused or failed, 2 usage, 3 no hub.\n"
          ".SH ENVIRONMENT\n.TP\n\\fBCRAWLHUB_ADMIN\\fR\nThe admin socket where \\fB\\-\\-admin\\fR is not "
          "given.\n"
          ".TP\n\\fBNO_COLOR\\fR\nNo colours, also on a terminal.\n";
  return page.str();
}

}  // namespace crawlhub
