#pragma once

#include <string>
#include <string_view>

#include <crawlhub/outcome.hpp>

#include "memory_store.hpp"

namespace crawlhub::storage_memory {

// Answers a query (CRAWLHUB_QUERY_*), or says in answer why not. Thread: one at a time, with the store.
Outcome answer_query(MemoryStore& store, std::uint32_t kind, std::string_view parameters,
                     std::string& answer);

}  // namespace crawlhub::storage_memory
