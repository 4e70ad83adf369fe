#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/abi/host.h>

#include "host/errors/manager.hpp"
#include "host/plugin/instance.hpp"
#include "host/storage/requests.hpp"

namespace crawlhub {

// Between the error manager and the plugins: the same error as C++ and as the ABI has it.
ErrorRecord error_record(const crawlhub_error& error, std::string_view plugin);

// Writes the records to the storage's error log.
void keep_errors(StorageRequests& requests, const std::vector<ErrorRecord>& records);

// False where the notifier failed.
bool notify(Instance& notifier, const ErrorNotice& notice);

}  // namespace crawlhub
