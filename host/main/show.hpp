#pragma once

#include <string>
#include <vector>

#include "host/main/command_spec.hpp"
#include "host/main/terminal.hpp"

namespace crawlhub {

// Rows of cells under titles, each column as wide as its widest cell; columns of numbers stand to the right.
class Table {
 public:
  explicit Table(std::vector<std::string> titles) : titles_(std::move(titles)) {}
  void add_row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  std::size_t rows() const { return rows_.size(); }
  std::string render(const Style& style) const;

 private:
  std::vector<std::string> titles_;
  std::vector<std::vector<std::string>> rows_;
};

// The answer of a command for a person, as the command's descriptor says.
std::string show_answer(const CommandSpec& spec, const Json& answer, const Style& style);

// One value as a cell; format as in ColumnSpec.
std::string show_value(const Json& value, const std::string& format = {});

// The member at a dotted path; null where there is none.
const Json& at_path(const Json& object, std::string_view path);

}  // namespace crawlhub
