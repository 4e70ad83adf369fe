#include <algorithm>

#include "host/config/loading.hpp"
#include "host/config/render.hpp"
#include "host/config/settings.hpp"
#include "host/config/value.hpp"
#include "host/config/words.hpp"

namespace crawlhub {
namespace {

constexpr std::string_view kIntroduction = R"(# Configuration

Made by crawlhub-docgen from `host/config/settings.cpp`; do not edit.

A hub reads one YAML file (JSON is YAML and works too): `crawlhub serve --config FILE`. Without a file it serves with
the default plugins, a Unix socket and a SQLite database in `$XDG_RUNTIME_DIR/crawlhub`, or in the directory given.
`crawlhub check --config FILE` finds all mistakes in one run, each as `file:line:column: key: what is wrong, what is
expected`. `crawlhub config show` prints every value in force and where it comes from.

- **Order.** Defaults, then those of the `profile`, then the file, then the environment.
- **Unknown keys** are errors.
- **Durations** are whole numbers with a unit: `250ms`, `30s`, `5m`, `1h30m`, `7d`. **Sizes** are bytes, or numbers
  with `KiB`, `MiB`, `GiB`.
- **Paths** that are not absolute begin at the directory of the file. Paths of sockets must be absolute.
- **Variables.** `${NAME}` in a value is replaced by that environment variable, `${NAME:-default}` has a default,
  `$${` stands for `${`.
- **Secrets.** Where a key takes a secret, `file:PATH` names a file that holds it. No secret is ever shown.
- **Old variables** set a key when the older system's environment is kept. Their bare times are milliseconds; an empty
  one counts as not set. `SOCKET_PATH` sets the path of the first Unix listener, `SOCKET_HOST` and `SOCKET_PORT` the
  address of the first TCP listener; where there is none, one is made. `DATABASE_URL` picks the storage plugin:
  `file:PATH` is storage-sqlite, `postgres://...` is storage-postgres.

Editors complete and check the file if its first line is
`# yaml-language-server: $schema=schema/crawlhub.schema.json`.
)";

constexpr std::string_view kPlugins = R"(
Each plugin has settings of its own below `config`, described in its README and checked against its JSON Schema. Strings
of `"format": "duration"` and `"format": "size"` are written with units here and handed to the plugin as integers:
nanoseconds and bytes. `"x-off": true` allows `off`, which is handed over as 0; `"x-minimum"` and `"x-maximum"` bound
such a string; `"x-env"` names a variable that sets the key; `"x-secret": true` makes it a secret.
A file without `plugins` gets the default ones: )";

std::string code(std::string_view text) {
  return text.empty() ? "" : '`' + std::string(text) + '`';
}

// A | would end the cell.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? "\\|" : std::string(1, c);
  return out;
}

std::string defaults_of(const Setting& setting) {
  std::string text = code(setting.fallback);
  if (!setting.development.empty()) text += ", development " + code(setting.development);
  if (!setting.test.empty()) text += ", test " + code(setting.test);
  return text;
}

std::string variables_of(const Setting& setting) {
  std::string text;
  for (const std::string_view name : split_words(setting.variables))
    text += (text.empty() ? "" : ", ") + code(name);
  return text;
}

std::string row_of(const Setting& setting, std::string_view name) {
  return "| " + code(name) + " | " + cell(expected(setting)) + " | " + defaults_of(setting) + " | " +
         cell(setting.help) + " | " + variables_of(setting) + " |\n";
}

// Calls take with each setting of the section and its name within.
template <class Take>
void for_each_setting(std::string_view section, Take take) {
  if (section == "listeners") {
    for (const auto& row : listener_settings()) take(row.setting, row.setting.key);
  } else if (section == "plugins") {
    for (const auto& row : plugin_settings()) take(row.setting, row.setting.key);
  } else {
    for (const auto& row : host_settings()) {
      const std::string_view key = row.setting.key;
      const std::size_t dot = key.find('.');
      const std::string_view its_section = dot == std::string_view::npos ? "" : key.substr(0, dot);
      if (its_section == section) take(row.setting, key.substr(dot == std::string_view::npos ? 0 : dot + 1));
    }
  }
}

// Text as comment lines of the reference file.
std::string comment(std::string_view text, std::string_view indent) {
  constexpr std::size_t kWidth = 110;
  std::string out, line;
  for (const std::string_view word : split_words(text)) {
    if (!line.empty() && indent.size() + 2 + line.size() + 1 + word.size() > kWidth) {
      out += std::string(indent) + "# " + std::exchange(line, "") + "\n";
    }
    line += (line.empty() ? "" : " ") + std::string(word);
  }
  return out + std::string(indent) + "# " + line + "\n";
}

std::string comment_of(const Setting& setting, std::string_view indent) {
  const bool plain = setting.type == SettingType::text || setting.type == SettingType::path;
  return comment(std::string(setting.help) + (plain ? "" : " Takes " + expected(setting) + "."), indent);
}

std::string yaml_value(const Setting& setting) {
  if (setting.type == SettingType::mode) return '"' + std::string(setting.fallback) + '"';
  return std::string(setting.fallback);
}

// What a key without a default looks like, in a comment.
std::string_view example_of(std::string_view key) {
  constexpr std::pair<std::string_view, std::string_view> kExamples[] = {
      {"plugin_path", "[ ../lib/crawlhub ]"},
      {"http.token", "file:http.token"},
      {"tcp", "\"127.0.0.1:7070\""},
      {"owner", "crawlhub"},
      {"group", "crawlhub"},
      {"auth", "none"},
      {"library", "handler-jobs"},
      {"required", "true"},
      {"priority", "10"},
      {"sha256", "0000000000000000000000000000000000000000000000000000000000000000"}};
  for (const auto& [name, text] : kExamples) {
    if (name == key) return text;
  }
  return "";
}

// What the reference file sets though it has no default, to be a hub that serves.
std::string_view set_of(std::string_view key) {
  if (key == "admin.unix") return "/run/crawlhub/admin.sock";
  if (key == "http.listen") return "\"127.0.0.1:8090\"";
  if (key == "unix") return "/run/crawlhub/crawler.sock";
  return "";
}

std::string yaml_line(const Setting& setting, std::string_view name, std::string_view indent) {
  const std::string key = std::string(indent) + std::string(name) + ": ";
  if (!setting.fallback.empty()) return key + yaml_value(setting) + "\n";
  if (const std::string_view text = set_of(setting.key); !text.empty()) return key + std::string(text) + "\n";
  return std::string(indent) + "# " + std::string(name) + ": " + std::string(example_of(setting.key)) + "\n";
}

std::string yaml_listener() {
  std::string out;
  for_each_setting("listeners", [&](const Setting& setting, std::string_view name) {
    out += comment_of(setting, out.empty() ? "  " : "    ");
    out += yaml_line(setting, name, name == "unix" ? "  - " : "    ");
  });
  return out;
}

std::string yaml_plugins() {
  std::string out;
  for_each_setting("plugins", [&](const Setting& setting, std::string_view name) {
    const std::string example =
        name == "name" ? "NAME"
                       : std::string(setting.fallback.empty() ? example_of(name) : yaml_value(setting));
    out += comment(std::string(name) + ": " + example + " - " + std::string(setting.help), "  ");
  });
  out += comment("config: the plugin's own settings; each plugin's README has them.", "  ");
  for (const std::string_view plugin : default_plugins())
    out += "  - { name: " + std::string(plugin) + " }\n";
  return out;
}

std::string yaml_section(const SettingSection& section) {
  if (section.name.empty()) {
    std::string out;
    for_each_setting("", [&](const Setting& setting, std::string_view name) {
      out += comment_of(setting, "") + yaml_line(setting, name, "") + "\n";
    });
    return out;
  }
  std::string out = comment(std::string(section.help) + ".", "") + std::string(section.name) + ":\n";
  if (section.name == "listeners") return out + yaml_listener() + "\n";
  if (section.name == "plugins") return out + yaml_plugins();
  for_each_setting(section.name, [&](const Setting& setting, std::string_view name) {
    out += comment_of(setting, "  ") + yaml_line(setting, name, "  ");
  });
  return out + "\n";
}

}  // namespace

std::string render_config_markdown() {
  std::string out(kIntroduction);
  for (const SettingSection& section : setting_sections()) {
    out +=
        "\n## " + (section.name.empty() ? "" : code(section.name) + ": ") + std::string(section.help) + "\n";
    if (section.name == "plugins") {
      out += kPlugins;
      for (const char* comma = ""; const std::string_view plugin : default_plugins()) {
        out += std::exchange(comma, ", ") + std::string(plugin);
      }
      out += ".\n";
    }
    out += "\n| key | takes | default | meaning | old variable |\n|---|---|---|---|---|\n";
    for_each_setting(section.name,
                     [&](const Setting& setting, std::string_view name) { out += row_of(setting, name); });
  }
  return out;
}

std::string render_reference_config() {
  std::string out =
      "# yaml-language-server: $schema=schema/crawlhub.schema.json\n"
      "# Every key with its default. Made by crawlhub-docgen from host/config/settings.cpp; copy it, then "
      "edit the copy.\n\n";
  for (const SettingSection& section : setting_sections()) out += yaml_section(section);
  return out;
}

}  // namespace crawlhub
