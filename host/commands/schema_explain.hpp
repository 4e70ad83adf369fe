#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace crawlhub {

// What a schema expects, for a sentence: "an integer from 1 to 1000", "one of \"a\", \"b\"".
std::string describe_expected(const nlohmann::json& schema);

// Why a value breaks its schema: "limit: expected an integer from 1 to 1000, got \"many\"". Empty where the
// keywords that this knows do not say.
std::string explain_mismatch(const nlohmann::json& schema, const nlohmann::json& value);

}  // namespace crawlhub
