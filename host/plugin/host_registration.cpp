// The host table: what a plugin registers in create.
#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

#include "host/commands/argument_schema.hpp"
#include "host/observe/log.hpp"
#include "host/plugin/host_functions.hpp"

namespace crawlhub::host_functions {

namespace {

constexpr std::size_t kMostName = 200;

// Refuses, and says why in the log, since a plugin may not look at what a registration returns.
crawlhub_status refuse(const crawlhub_host* host, const char* function, std::string_view what,
                       std::string_view why) {
  Instance& instance = *table_of(host)->instance;
  std::string text = std::string(function) + " was refused: " + std::string(why);
  instance.note_complaint(text);
  instance.logger().error(instance.name(), text, {{"what", what}});
  return CRAWLHUB_INVALID;
}

// The instance's registrations while it may register.
template <class Register>
crawlhub_status in_create(const crawlhub_host* host, const char* function, crawlhub_str name,
                          Register add) noexcept {
  if (host == nullptr || !valid(name)) return CRAWLHUB_INVALID;
  return guarded([&] {
    const HostTable& table = *table_of(host);
    if (table.instance->state() != Instance::State::creating) {
      return refuse(host, function, view(name), "it may be called in create only");
    }
    if (name.len == 0 || name.len > kMostName)
      return refuse(host, function, view(name), "the name is empty or too long");
    return add(*table.registrations);
  });
}

crawlhub_status add_type(const crawlhub_host* host, crawlhub_str type, std::uint32_t flags,
                         std::uint32_t route) noexcept {
  return in_create(host, "add_type", type, [&](Registrations& to) {
    const crawlhub_handler* handler = table_of(host)->instance->handler();
    const bool observes = (flags & CRAWLHUB_TYPE_OBSERVE) != 0;
    if (handler == nullptr) return refuse(host, "add_type", view(type), "only a handler takes message types");
    if ((flags & ~(CRAWLHUB_TYPE_OBSERVE | CRAWLHUB_TYPE_BLOCKING)) != 0) {
      return refuse(host, "add_type", view(type), "a flag is not known");
    }
    if (observes ? handler->observe == nullptr : handler->handle == nullptr) {
      return refuse(host, "add_type", view(type), observes ? "observe is null" : "handle is null");
    }
    const bool twice = std::ranges::any_of(to.types, [&](const RegisteredType& each) {
      return each.type == view(type) && ((each.flags & CRAWLHUB_TYPE_OBSERVE) != 0) == observes;
    });
    if (twice) return refuse(host, "add_type", view(type), "the type was added already");
    to.types.push_back({std::string(view(type)), flags, route});
    return CRAWLHUB_OK;
  });
}

crawlhub_status add_command(const crawlhub_host* host, const crawlhub_command* command) noexcept {
  const auto copy = copy_struct(command);
  if (!copy) return CRAWLHUB_INVALID;
  return in_create(host, "add_command", copy->name, [&](Registrations& to) {
    if (!valid(copy->summary) || !valid(copy->role) || !valid(copy->input) || !valid(copy->columns)) {
      return CRAWLHUB_INVALID;
    }
    const std::string_view name = view(copy->name);
    if (copy->execute == nullptr) return refuse(host, "add_command", name, "execute is null");
    if (const auto schema = ArgumentSchema::compile(view(copy->input)); !schema) {
      return refuse(host, "add_command", name, schema.error());
    }
    if (copy->columns.len != 0 && !nlohmann::json::accept(view(copy->columns))) {
      return refuse(host, "add_command", name, "columns is not JSON");
    }
    to.commands.push_back({std::string(name), std::string(view(copy->summary)), std::string(view(copy->role)),
                           std::string(view(copy->input)), std::string(view(copy->columns)),
                           (copy->flags & CRAWLHUB_COMMAND_READ_ONLY) != 0, copy->execute});
    return CRAWLHUB_OK;
  });
}

crawlhub_status add_capability(const crawlhub_host* host, crawlhub_str name) noexcept {
  return in_create(host, "add_capability", name, [&](Registrations& to) {
    to.capabilities.emplace_back(view(name));
    return CRAWLHUB_OK;
  });
}

crawlhub_status add_section(const crawlhub_host* host, std::uint32_t kind, crawlhub_str name,
                            void (*fn)(void* self, crawlhub_sink sink, void* context)) noexcept {
  return in_create(host, "add_section", name, [&](Registrations& to) {
    if (fn == nullptr) return refuse(host, "add_section", view(name), "its function is null");
    if (kind < CRAWLHUB_SECTION_STATUS || kind > CRAWLHUB_SECTION_DRAIN) {
      return refuse(host, "add_section", view(name), "the kind is not known");
    }
    to.sections.push_back({kind, std::string(view(name)), fn});
    return CRAWLHUB_OK;
  });
}

crawlhub_status subscribe(const crawlhub_host* host, crawlhub_str prefix) noexcept {
  return in_create(host, "subscribe", prefix, [&](Registrations& to) {
    const crawlhub_handler* handler = table_of(host)->instance->handler();
    if (handler == nullptr || handler->event == nullptr) {
      return refuse(host, "subscribe", view(prefix), "event is null, or it is no handler");
    }
    to.subscriptions.emplace_back(view(prefix));
    return CRAWLHUB_OK;
  });
}

}  // namespace

void fill_registration(crawlhub_host& table) {
  table.add_type = add_type;
  table.add_command = add_command;
  table.add_capability = add_capability;
  table.add_section = add_section;
  table.subscribe = subscribe;
}

}  // namespace crawlhub::host_functions
