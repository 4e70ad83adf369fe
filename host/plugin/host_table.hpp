#pragma once

#include <memory>

#include <crawlhub/abi/host.h>

#include "host/plugin/registrations.hpp"

namespace crawlhub {

class Instance;

// The host as one instance sees it. A plugin hands back the address of `table`, which is that of the whole.
struct HostTable {
  crawlhub_host table;
  Instance* instance;
  Registrations* registrations;
};

// REQUIRES: instance and registrations outlive the table.
std::unique_ptr<HostTable> make_host_table(Instance& instance, Registrations& registrations);

}  // namespace crawlhub
