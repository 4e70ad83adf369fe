#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <crawlhub/abi/storage.h>

#include "host/storage/bytes.hpp"

namespace crawlhub {

class Batch;

// Who handed a batch in, and gets it back with its results. A port: pipeline's lanes implement it, and
// waiters do.
class BatchSource {
 public:
  // Thread: writer. Takes the batch back; must not wait.
  virtual void completed(std::unique_ptr<Batch> batch) = 0;

 protected:
  ~BatchSource() = default;
};

// Operations on their way to the storage and back: copied in, grouped in submissions, answered with one
// result each. One thread at a time owns a batch: the source fills it, the writer answers it, the source
// reads it and clears it. It is reused, so that in steady state nothing is allocated.
class Batch {
 public:
  // A run of operations whose results belong together.
  struct Submission {
    std::uint32_t first;
    std::uint32_t count;
    void* context;  // the source's own
  };

  explicit Batch(BatchSource& source) : source_(&source) {}

  // Copies the operations with their keys and bodies.
  void add(const crawlhub_op* ops, std::size_t count, void* context);

  // Keeps the result of operation i: copies its text and body, which live until clear().
  void answer(std::size_t i, const crawlhub_result& result);

  void clear();

  bool empty() const { return submissions_.empty(); }
  std::size_t size() const { return ops_.size(); }
  std::size_t bytes() const { return bytes_.size(); }
  std::vector<crawlhub_op>& ops() { return ops_; }
  std::vector<crawlhub_result>& results() { return results_; }
  const std::vector<Submission>& submissions() const { return submissions_; }
  BatchSource& source() const { return *source_; }

 private:
  BatchSource* source_;
  std::vector<crawlhub_op> ops_;
  std::vector<crawlhub_result> results_;
  std::vector<Submission> submissions_;
  Bytes bytes_;
};

}  // namespace crawlhub
