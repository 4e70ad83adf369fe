// A prepared statement, bound and run in one line.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

namespace crawlhub::storage_sqlite {

// Errors: SQLite::Exception. Thread: of its connection.
class Sql {
 public:
  Sql(SQLite::Database& database, const char* text) : statement_(database, text) {}

  // Binds the parameters in their order and runs it; returns the number of rows that it changed. A
  // std::string must live until then; an empty text is bound as NULL.
  template <class... Args>
  int run(const Args&... args) {
    begin(args...);
    const int changed = statement_.exec();
    statement_.reset();
    return changed;
  }
  // Binds the parameters; next() yields the rows then. The texts must live until done().
  template <class... Args>
  Sql& begin(const Args&... args) {
    static_cast<void>(statement_.tryReset());  // after a step that threw
    [[maybe_unused]] int index = 0;
    (bind(++index, args), ...);
    return *this;
  }
  // Steps to the next row; at the end it is reset.
  bool next() {
    if (statement_.executeStep()) return true;
    statement_.reset();
    return false;
  }
  // Ends before the last row.
  void done() { statement_.reset(); }

  // Columns of the row, from 0.
  std::int64_t integer(int column) { return statement_.getColumn(column).getInt64(); }
  double real(int column) { return statement_.getColumn(column).getDouble(); }
  // Lives: until the next step.
  std::string_view text(int column) {
    const SQLite::Column value = statement_.getColumn(column);
    const char* bytes = value.getText();
    return {bytes, static_cast<std::size_t>(value.getBytes())};
  }

 private:
  void bind(int index, std::integral auto number) {
    statement_.bind(index, static_cast<std::int64_t>(number));
  }
  void bind(int index, double number) { statement_.bind(index, number); }
  void bind(int index, const std::string& text) {
    text.empty() ? statement_.bind(index) : statement_.bindNoCopy(index, text);
  }
  void bind(int index, std::string_view text) {
    text.empty() ? statement_.bind(index) : statement_.bind(index, std::string(text));
  }

  SQLite::Statement statement_;
};

}  // namespace crawlhub::storage_sqlite
