#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <crawlhub/abi/handler.h>
#include <crawlhub/abi/middleware.h>

#include "host/plugin/instance.hpp"

namespace crawlhub {

// A plugin instance at its place in the pipeline. Table and self are copied out of the instance: one less
// step on the way of every message.
template <class Table>
struct Station {
  Instance* instance = nullptr;
  const Table* table = nullptr;
  void* self = nullptr;
  std::size_t number = 0;  // of the instance: its slot on connections
};

using MiddlewareStation = Station<crawlhub_middleware>;
using HandlerStation = Station<crawlhub_handler>;

// What happens to messages of one type.
struct Route {
  struct Handling {
    std::size_t handler = 0;  // index in Pipeline::handlers
    std::uint32_t route = 0;  // the number that the instance gave the type
  };
  std::string type;
  std::vector<Handling> answering;  // highest priority first
  std::vector<Handling> observing;
  std::size_t number = 0;  // dense, for counters
};

// The plugins in their order, as one immutable whole: built by control, read by every worker without a lock.
class Pipeline {
 public:
  // instances: in the order of the config; those that are neither handler nor middleware are passed over.
  // They must outlive the pipeline.
  explicit Pipeline(const std::vector<Instance*>& instances);

  // Null where no plugin takes the type.
  const Route* find(std::string_view type) const {
    const auto at = routes_.find(type);
    return at == routes_.end() ? nullptr : at->second.get();
  }

  const std::vector<MiddlewareStation>& middleware() const { return middleware_; }
  const std::vector<HandlerStation>& handlers() const { return handlers_; }
  std::vector<const Route*> routes() const;  // by number
  std::size_t route_count() const { return routes_.size(); }
  std::size_t instance_count() const { return instances_; }
  bool wants_ticks() const { return wants_ticks_; }

 private:
  void add_handler(Instance& instance, std::size_t number);
  void sort_by_priority();

  std::vector<MiddlewareStation> middleware_;
  std::vector<HandlerStation> handlers_;
  std::unordered_map<std::string_view, std::unique_ptr<Route>> routes_;  // keys view Route::type
  std::size_t instances_ = 0;
  bool wants_ticks_ = false;
};

}  // namespace crawlhub
