#pragma once

#include <string>

namespace crawlhub {

// What is made from the table of settings; crawlhub-docgen writes it to the files named here.
std::string render_config_schema();     // config/schema/crawlhub.schema.json: JSON Schema, for editors
std::string render_config_markdown();   // docs/config.md
std::string render_reference_config();  // config/crawlhub.yaml: every key with its default

}  // namespace crawlhub
