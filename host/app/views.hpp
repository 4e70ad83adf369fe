#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace crawlhub {

class Hub;

// What commands show of the hub, in the shapes of docs/operate.md. Thread: pool.
nlohmann::json status_view(Hub& hub);
nlohmann::json connections_view(Hub& hub);
nlohmann::json totals_view(Hub& hub);
nlohmann::json plugins_view(Hub& hub);
nlohmann::json plugin_view(Hub& hub, std::string_view name);  // null where there is none
nlohmann::json config_view(Hub& hub);

}  // namespace crawlhub
