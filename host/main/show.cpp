#include "host/main/show.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace crawlhub {

namespace {

bool is_number(const std::string& text) {
  return text == "-" || (!text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || c == '.' || c == ',' || c == '%' || c == '-';
         }));
}

std::string pad(const std::string& text, const std::string& painted, std::size_t width, bool right) {
  const std::string space(width - std::min(width, display_width(text)), ' ');
  return right ? space + painted : painted + space;
}

// A number with as many digits as a person reads.
std::string show_number(double number) {
  if (std::abs(number) < 1e15 && number == std::floor(number))
    return std::to_string(static_cast<long long>(number));
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", std::abs(number) < 1 ? 4 : 2, number);
  return text;
}

bool is_table(const Json& value) {
  return value.is_array() && !value.empty() &&
         std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_object(); });
}

// Columns for a list that nobody described: the members of its items, in order of appearance.
std::vector<ColumnSpec> columns_of(const Json& list) {
  std::vector<ColumnSpec> columns;
  for (const Json& item : list) {
    for (const auto& [key, value] : item.items()) {
      const auto same = [&](const ColumnSpec& column) { return column.path == key; };
      if (std::none_of(columns.begin(), columns.end(), same)) {
        std::string title = key;
        for (char& c : title) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        columns.push_back({title, key, {}});
      }
    }
  }
  return columns;
}

std::string show_table(const Json& list, const std::vector<ColumnSpec>& columns, const Style& style) {
  std::vector<std::string> titles;
  for (const auto& column : columns) titles.push_back(column.title);
  Table table(std::move(titles));
  for (const Json& item : list) {
    std::vector<std::string> cells;
    for (const auto& column : columns) cells.push_back(show_value(at_path(item, column.path), column.format));
    table.add_row(std::move(cells));
  }
  return table.render(style);
}

struct Line {
  std::string key, value;
};

void flatten(const Json& value, const std::string& key, std::vector<Line>& lines,
             std::vector<std::pair<std::string, const Json*>>& tables) {
  if (value.is_object()) {
    for (const auto& [name, inner] : value.items())
      flatten(inner, key.empty() ? name : key + "." + name, lines, tables);
  } else if (is_table(value)) {
    tables.emplace_back(key, &value);
  } else if (!value.is_null()) {
    lines.push_back({key, show_value(value)});
  }
}

std::string show_lines(const Json& answer, const Style& style) {
  std::vector<Line> lines;
  std::vector<std::pair<std::string, const Json*>> tables;
  flatten(answer, "", lines, tables);
  std::size_t width = 0;
  for (const auto& line : lines) width = std::max(width, display_width(line.key));
  std::string text;
  for (const auto& line : lines) {
    if (!line.key.empty()) text += pad(line.key, style.bold(line.key), width, false) + "  ";
    text += style.word(line.value) + "\n";
  }
  for (const auto& [key, list] : tables) {
    if (!text.empty()) text += "\n";
    text += style.bold(key) + "\n" + show_table(*list, columns_of(*list), style);
  }
  return text;
}

}  // namespace

std::string Table::render(const Style& style) const {
  std::vector<std::size_t> widths(titles_.size());
  std::vector<bool> right(titles_.size(), !rows_.empty());
  for (std::size_t i = 0; i < titles_.size(); ++i) {
    widths[i] = display_width(titles_[i]);
    for (const auto& row : rows_) {
      widths[i] = std::max(widths[i], display_width(row[i]));
      right[i] = right[i] && is_number(row[i]);
    }
  }
  std::string text;
  const auto add_line = [&](const std::vector<std::string>& cells, const auto& paint) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) line += "  ";
      // Nothing is padded behind the last cell: a line ends where its text does.
      const bool last = i + 1 == cells.size() && !right[i];
      line += last ? paint(cells[i]) : pad(cells[i], paint(cells[i]), widths[i], right[i]);
    }
    text += line + "\n";
  };
  add_line(titles_, [&](const std::string& cell) { return style.bold(cell); });
  for (const auto& row : rows_) add_line(row, [&](const std::string& cell) { return style.word(cell); });
  return text;
}

std::string show_value(const Json& value, const std::string& format) {
  if (value.is_null() || value == "") return "-";
  if (value.is_string()) return printable(value.get_ref<const std::string&>());
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number()) {
    const double number = value;
    if (format == "percent") return show_number(std::floor(number * 100)) + "%";
    if (format == "seconds") return format_seconds(number);
    if (format == "milliseconds") return format_seconds(number / 1000);
    return value.is_number_float() ? show_number(number) : value.dump();
  }
  if (value.is_array() &&
      std::none_of(value.begin(), value.end(), [](const Json& v) { return v.is_structured(); })) {
    std::string text;
    for (const Json& item : value) text += (text.empty() ? "" : ", ") + show_value(item);
    return text.empty() ? "-" : text;
  }
  return printable(value.dump());
}

const Json& at_path(const Json& object, std::string_view path) {
  static const Json kNone;
  const Json* here = &object;
  while (!path.empty()) {
    const auto dot = path.find('.');
    if (!here->is_object()) return kNone;
    const auto it = here->find(std::string(path.substr(0, dot)));
    if (it == here->end()) return kNone;
    here = &*it;
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return *here;
}

std::string show_answer(const CommandSpec& spec, const Json& answer, const Style& style) {
  if (spec.columns.empty()) return show_lines(answer, style);
  const Json& list = at_path(answer, spec.list);
  if (!list.is_array()) return show_lines(answer, style);
  if (list.empty()) return "none\n";
  return show_table(list, spec.columns, style);
}

}  // namespace crawlhub
