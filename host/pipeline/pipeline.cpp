#include "host/pipeline/pipeline.hpp"

#include <algorithm>

namespace crawlhub {

Pipeline::Pipeline(const std::vector<Instance*>& instances) : instances_(instances.size()) {
  for (std::size_t number = 0; number < instances.size(); ++number) {
    Instance& instance = *instances[number];
    if (const crawlhub_middleware* table = instance.middleware()) {
      middleware_.push_back({&instance, table, instance.self(), number});
    } else if (instance.handler() != nullptr) {
      add_handler(instance, number);
    }
  }
  sort_by_priority();
}

void Pipeline::add_handler(Instance& instance, std::size_t number) {
  const crawlhub_handler* table = instance.handler();
  const std::size_t index = handlers_.size();
  handlers_.push_back({&instance, table, instance.self(), number});
  wants_ticks_ = wants_ticks_ || table->tick != nullptr;
  for (const RegisteredType& type : instance.types()) {
    auto at = routes_.find(type.type);
    if (at == routes_.end()) {
      auto route = std::make_unique<Route>();
      route->type = type.type;
      route->number = routes_.size();
      const std::string_view key = route->type;
      at = routes_.emplace(key, std::move(route)).first;
    }
    auto& list = (type.flags & CRAWLHUB_TYPE_OBSERVE) != 0 ? at->second->observing : at->second->answering;
    list.push_back({index, type.route});
  }
}

void Pipeline::sort_by_priority() {
  for (auto& [type, route] : routes_) {
    // Stable: with the same priority the order of the config decides.
    std::ranges::stable_sort(route->answering, [this](const auto& a, const auto& b) {
      return handlers_[a.handler].instance->priority() > handlers_[b.handler].instance->priority();
    });
  }
}

std::vector<const Route*> Pipeline::routes() const {
  std::vector<const Route*> list(routes_.size());
  for (const auto& [type, route] : routes_) list[route->number] = route.get();
  return list;
}

}  // namespace crawlhub
