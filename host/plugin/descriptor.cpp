#include "host/plugin/descriptor.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include <nlohmann/json.hpp>

namespace crawlhub {

namespace {

// The end of the last field that a struct must reach, at ABI 0.1. Written down, never sizeof: a field that is
// appended later must not refuse those who were built before.
constexpr std::uint32_t kPluginSize = 64;
constexpr std::uint32_t kHandlerSize = 96;
constexpr std::uint32_t kMiddlewareSize = 80;
constexpr std::uint32_t kStorageSize = 80;
constexpr std::uint32_t kNotifierSize = 48;

template <class T>
constexpr std::size_t end_of(std::size_t offset) {
  return offset + sizeof(T);
}
static_assert(kPluginSize == end_of<const void*>(offsetof(crawlhub_plugin, vtable)));
static_assert(kHandlerSize == end_of<void*>(offsetof(crawlhub_handler, destroy)));
static_assert(kMiddlewareSize == end_of<void*>(offsetof(crawlhub_middleware, destroy)));
static_assert(kStorageSize == end_of<void*>(offsetof(crawlhub_storage, durability)));
static_assert(kNotifierSize == end_of<void*>(offsetof(crawlhub_notifier, destroy)));

constexpr std::size_t kMostText = 4096;
constexpr std::size_t kMostSchema = 1024 * 1024;

Status bad(std::string text) {
  return {CRAWLHUB_E_BAD_CONFIG, std::move(text)};
}

// Copies as much as its sender filled; what lies beyond reads as zero.
template <class T>
T copy_struct(const void* from) {
  T to{};
  std::uint32_t size = 0;
  std::memcpy(&size, from, sizeof size);
  std::memcpy(&to, from, std::min<std::size_t>(size, sizeof to));
  return to;
}

template <class T>
Status read_table(const void* table, std::uint32_t least, std::string_view kind, T& to) {
  std::uint32_t size = 0;
  std::memcpy(&size, table, sizeof size);
  if (size < least) {
    return bad("its " + std::string(kind) + " table is too short: struct_size is " + std::to_string(size) +
               ", expected at least " + std::to_string(least));
  }
  to = copy_struct<T>(table);
  if (to.create == nullptr) return bad("its required function create is null");
  if (to.destroy == nullptr) return bad("its required function destroy is null");
  return {};
}

Status read_storage(const void* table, crawlhub_storage& to) {
  if (Status status = read_table(table, kStorageSize, "storage", to); !status) return status;
  if (to.start == nullptr) return bad("its required function start is null");
  if (to.stop == nullptr) return bad("its required function stop is null");
  if (to.commit == nullptr) return bad("its required function commit is null");
  if (to.query == nullptr) return bad("its required function query is null");
  if (to.durability == nullptr) return bad("its required function durability is null");
  return {};
}

Status read_notifier(const void* table, crawlhub_notifier& to) {
  if (Status status = read_table(table, kNotifierSize, "notifier", to); !status) return status;
  if (to.notify == nullptr) return bad("its required function notify is null");
  return {};
}

Status read_table_of_kind(const void* table, Descriptor& to) {
  if (table == nullptr) return bad("its vtable is null");
  switch (to.kind) {
    case CRAWLHUB_KIND_HANDLER:
      return read_table(table, kHandlerSize, "handler", to.handler);
    case CRAWLHUB_KIND_MIDDLEWARE:
      return read_table(table, kMiddlewareSize, "middleware", to.middleware);
    case CRAWLHUB_KIND_STORAGE:
      return read_storage(table, to.storage);
    case CRAWLHUB_KIND_NOTIFIER:
      return read_notifier(table, to.notifier);
    default:
      return bad("its kind " + std::to_string(to.kind) + " is none that this hub loads");
  }
}

Status copy_text(const char* text, std::string_view field, bool required, std::size_t most, std::string& to) {
  if (text == nullptr) {
    return required ? bad("its " + std::string(field) + " is null") : Status();
  }
  const std::size_t size = strnlen(text, most + 1);
  if (size > most)
    return bad("its " + std::string(field) + " is longer than " + std::to_string(most) + " bytes");
  if (size == 0 && required) return bad("its " + std::string(field) + " is empty");
  to.assign(text, size);
  return {};
}

Status check_name(const Descriptor& descriptor) {
  const std::string prefix = std::string(kind_name(descriptor.kind)) + "-";
  const bool good = descriptor.name.starts_with(prefix) && descriptor.name.size() > prefix.size() &&
                    std::ranges::all_of(descriptor.name, [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                    });
  if (good) return {};
  return bad("its name \"" + descriptor.name + "\" is not " + prefix + "<name>, in lower case");
}

Status check_schema(const std::string& schema) {
  if (schema.empty()) return {};
  const auto json = nlohmann::json::parse(schema, nullptr, false);
  if (json.is_discarded()) return bad("its config_schema is not JSON");
  if (!json.is_object()) return bad("its config_schema is not a JSON object");
  return {};
}

Status check_abi(const crawlhub_plugin& plugin) {
  if (plugin.struct_size < offsetof(crawlhub_plugin, kind)) {
    return bad("its descriptor is too short: struct_size is " + std::to_string(plugin.struct_size) +
               ", expected at least " + std::to_string(kPluginSize));
  }
  if (plugin.abi_major != CRAWLHUB_ABI_MAJOR) {
    return bad("it was built for ABI " + std::to_string(plugin.abi_major) + ", this hub has ABI " +
               std::to_string(CRAWLHUB_ABI_MAJOR) + ": build it with this hub's SDK");
  }
  if (plugin.needs_host_minor > CRAWLHUB_ABI_MINOR) {
    return bad("it needs ABI " + std::to_string(plugin.abi_major) + "." +
               std::to_string(plugin.needs_host_minor) + ", this hub has " +
               std::to_string(CRAWLHUB_ABI_MAJOR) + "." + std::to_string(CRAWLHUB_ABI_MINOR) +
               ": use a newer hub");
  }
  if (plugin.struct_size < kPluginSize) {
    return bad("its descriptor is too short: struct_size is " + std::to_string(plugin.struct_size) +
               ", expected at least " + std::to_string(kPluginSize));
  }
  return {};
}

Status copy_texts(const crawlhub_plugin& plugin, Descriptor& to) {
  if (Status status = copy_text(plugin.name, "name", true, kMostText, to.name); !status) return status;
  if (Status status = copy_text(plugin.version, "version", true, kMostText, to.version); !status)
    return status;
  if (Status status = copy_text(plugin.summary, "summary", false, kMostText, to.summary); !status)
    return status;
  if (Status status = copy_text(plugin.after, "after", false, kMostText, to.after); !status) return status;
  return copy_text(plugin.config_schema, "config_schema", false, kMostSchema, to.config_schema);
}

}  // namespace

std::string_view kind_name(std::uint32_t kind) {
  switch (kind) {
    case CRAWLHUB_KIND_HANDLER:
      return "handler";
    case CRAWLHUB_KIND_MIDDLEWARE:
      return "middleware";
    case CRAWLHUB_KIND_STORAGE:
      return "storage";
    case CRAWLHUB_KIND_NOTIFIER:
      return "notifier";
    case CRAWLHUB_KIND_BUS:
      return "bus";
    case CRAWLHUB_KIND_WEB:
      return "web";
    default:
      return "unknown";
  }
}

Result<Descriptor> read_descriptor(const crawlhub_plugin& plugin) {
  if (Status status = check_abi(plugin); !status) return status;
  const auto copy = copy_struct<crawlhub_plugin>(&plugin);
  Descriptor descriptor;
  descriptor.kind = copy.kind;
  descriptor.flags = copy.flags;
  descriptor.needs_host_minor = copy.needs_host_minor;
  if (Status status = copy_texts(copy, descriptor); !status) return status;
  if (Status status = read_table_of_kind(copy.vtable, descriptor); !status) return status;
  if (Status status = check_name(descriptor); !status) return status;
  if (Status status = check_schema(descriptor.config_schema); !status) return status;
  return descriptor;
}

}  // namespace crawlhub
