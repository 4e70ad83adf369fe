#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/config/document.hpp"
#include "host/config/load.hpp"
#include "host/core/status.hpp"

namespace crawlhub {

// Replaces ${NAME} and ${NAME:-default} in every scalar below node; $${ stands for ${. A variable that is not
// set and has no default is an error at its place.
void expand_variables(ConfigNode& node, const std::string& source, const Environment& environment,
                      std::vector<ConfigProblem>& errors);

// What a secret's value stands for: after "file:" the content of that file (relative to directory) without
// its last newline, else the text itself. warning is set where others may read the file.
Result<std::string> read_secret(std::string_view text, const std::string& directory, std::string& warning);

}  // namespace crawlhub
