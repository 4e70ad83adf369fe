#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "host/plugin/instance.hpp"
#include "host/storage/backend.hpp"

namespace crawlhub {

// The backend that a storage plugin implements. Whatever the plugin answers, the host sees valid results: a
// batch that failed, or a status that is none, becomes FAILED with a sentence.
class StorageBackend final : public Backend {
 public:
  // REQUIRES: instance is a storage and serves for as long as this is used.
  explicit StorageBackend(std::shared_ptr<Instance> instance);

  void commit(const crawlhub_op* ops, std::size_t count, crawlhub_result* results) override;
  bool maintain() override;
  crawlhub_status query(std::uint32_t lane, std::uint32_t kind, std::string_view parameters,
                        const std::function<void(std::string_view)>& sink) override;
  std::string_view durability() const override;

 private:
  static void refuse_all(crawlhub_result* results, std::size_t count);

  std::shared_ptr<Instance> instance_;
  const crawlhub_storage& table_;
};

}  // namespace crawlhub
