#include "host/app/identity.hpp"

#include <filesystem>
#include <fstream>
#include <system_error>

#include <crawlhub/abi/errors.h>

#include "host/core/random_id.hpp"

namespace crawlhub {

namespace fs = std::filesystem;

Result<Identity> load_identity(const std::string& state_directory) {
  std::error_code error;
  const bool fresh = fs::create_directories(state_directory, error);
  if (error)
    return Status(CRAWLHUB_E_BAD_CONFIG,
                  "state_directory: cannot make " + state_directory + ": " + error.message());
  if (fresh) fs::permissions(state_directory, fs::perms::owner_all, error);

  Identity identity;
  identity.incarnation = random_id("inc_");
  const fs::path file = fs::path(state_directory) / "hub-id";
  if (std::ifstream in(file); in && std::getline(in, identity.hub_id) && !identity.hub_id.empty())
    return identity;
  identity.hub_id = random_id("hub_");
  std::ofstream out(file, std::ios::trunc);
  out << identity.hub_id << '\n' << std::flush;
  if (!out) return Status(CRAWLHUB_E_BAD_CONFIG, "state_directory: cannot write " + file.string());
  return identity;
}

}  // namespace crawlhub
