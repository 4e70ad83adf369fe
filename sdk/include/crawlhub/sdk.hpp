// Everything but json.hpp.
#pragma once

#include <crawlhub/handler.hpp>
#include <crawlhub/json_index.hpp>
#include <crawlhub/json_text.hpp>
#include <crawlhub/lanes.hpp>
#include <crawlhub/middleware.hpp>
#include <crawlhub/notifier.hpp>
#include <crawlhub/storage.hpp>
