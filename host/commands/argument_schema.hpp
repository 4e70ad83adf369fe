#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "host/core/status.hpp"

namespace crawlhub {

// A command's JSON Schema, compiled once. Thread: any.
class ArgumentSchema {
 public:
  // input: a schema whose type is object; empty: a command that takes no arguments. Members that it does not
  // name are refused, unless it says additionalProperties itself.
  static Result<std::shared_ptr<const ArgumentSchema>> compile(std::string_view input);
  ~ArgumentSchema();

  // The arguments with defaults filled in. arguments: a JSON object; empty counts as {}. Errors: one sentence
  // that names the argument, what was expected and what was given.
  Result<std::string> check(std::string_view arguments) const;

 private:
  struct Compiled;
  explicit ArgumentSchema(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace crawlhub
