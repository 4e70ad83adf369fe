#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <crawlhub/abi/storage.h>

namespace crawlhub {

// A storage backend as the host sees it. plugin/adapters implements it over the C table of a storage plugin.
class Backend {
 public:
  virtual ~Backend() = default;

  // Thread: writer. Fills results[0..count); their texts and bodies live until the next commit.
  // Never fails as a whole: a backend that could not apply the batch answers FAILED for each operation.
  virtual void commit(const crawlhub_op* ops, std::size_t count, crawlhub_result* results) = 0;
  // Thread: writer. True where more is to be done at once.
  virtual bool maintain() = 0;
  // Thread: reader `lane`. Hands the answer to sink once; a refused query's reason likewise.
  virtual crawlhub_status query(std::uint32_t lane, std::uint32_t kind, std::string_view parameters,
                                const std::function<void(std::string_view)>& sink) = 0;
  virtual std::string_view durability() const = 0;
};

}  // namespace crawlhub
