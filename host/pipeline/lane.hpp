#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "host/envelope/envelope_parser.hpp"
#include "host/observe/counter.hpp"
#include "host/pipeline/call.hpp"
#include "host/pipeline/deferred.hpp"
#include "host/pipeline/observers.hpp"
#include "host/pipeline/peer.hpp"
#include "host/pipeline/pending.hpp"
#include "host/pipeline/pipeline.hpp"
#include "host/storage/batch.hpp"
#include "host/storage/writer.hpp"

namespace crawlhub {

struct LaneOptions {
  std::uint32_t number = 0;      // of the lane: a worker's
  std::size_t batch = 4096;      // operations a batch holds before it is handed to the writer
  std::size_t most_ops = 65536;  // operations on their way; beyond, the worker stops reading
};

// The pipeline's part of one worker: takes the worker's messages through middleware and handlers, their
// operations to the storage and back, and the answers out. Thread: its worker, but for completed() and the
// token functions.
class Lane final : public BatchSource {
 public:
  // post runs a function on the worker's thread, soon. Thread of post: any.
  using Post = std::function<void(std::function<void()>)>;

  Lane(LaneOptions options, Writer& writer, Post post);
  ~Lane();

  // REQUIRES: no work is in progress under another pipeline.
  void use(const Pipeline& pipeline);

  // One message on its way in; ends in peer.finished(ticket, ...), now or later. The message and what it
  // points to must live until this returns.
  void message(Peer& peer, Ticket ticket, crawlhub_message& message);

  // Hooks. hello tells whether the connection may stay: an error's code and text where not.
  void connected(Peer& peer);
  Status hello(Peer& peer, std::string_view data);
  void disconnected(Peer& peer, std::string_view reason);
  void tick(Peer& peer);

  // A message of the host's or of a plugin's, through the outgoing middleware. False where it was not taken.
  bool send(Peer& peer, std::string_view type, std::string_view job_id, std::string_view data,
            const std::vector<std::uint32_t>* tags = nullptr);

  // Hands what was submitted to the writer: call it when the worker has read what there was to read.
  void flush();
  // Whether the worker shall stop reading, until a later completion says otherwise. Never while nothing is on
  // its way.
  bool congested() const { return on_the_way_ > options_.most_ops; }
  bool idle() const { return on_the_way_ == 0 && pendings_.in_use() == 0; }
  std::size_t on_the_way() const { return on_the_way_; }
  // Runs after each round of completions.
  void on_progress(std::function<void()> fn) { on_progress_ = std::move(fn); }

  // Tokens of this lane. Thread: any.
  crawlhub_status token_reply(crawlhub_token token, std::string_view type, std::string_view job_id,
                              std::string_view data);
  crawlhub_status complete(crawlhub_token token, std::int32_t code, std::string_view text);

  // Messages by route number and outcome. Thread: any reads.
  const Counter& accepted(std::size_t route) const { return counters_[route].accepted; }
  const Counter& refused(std::size_t route) const { return counters_[route].refused; }
  const Counter& unknown() const { return unknown_; }
  const CallTimes& call_times() const { return times_; }
  std::uint32_t number() const { return options_.number; }

  void completed(std::unique_ptr<Batch> batch) override;  // Thread: writer

 private:
  friend class Call;

  struct RouteCounters {
    Counter accepted;
    Counter refused;
  };

  bool before(Call& call, crawlhub_message& message);
  bool replaced(Call& call, crawlhub_message& message);
  void answer(Call& call, const Route& route, crawlhub_message& message);
  void conclude(Call& call, const Route* route, const crawlhub_message* message);
  void submit(Call& call, const crawlhub_op* ops, std::size_t count, crawlhub_continuation then,
              void* context);
  Pending& pending_of(Call& call);
  void take_completions();
  void complete_batch(Batch& batch);
  void complete_step(Step& step, const crawlhub_result* results, std::size_t count);
  void settle(Pending& pending);
  void drop_deferred(Peer& peer);
  template <class Hook>
  void hook(Peer& peer, Hook hook);
  void release_settled();
  void count(const Route* route, bool accepted);
  std::unique_ptr<Batch> fresh_batch();

  const LaneOptions options_;
  Writer& writer_;
  const Post post_;
  std::function<void()> on_progress_;
  const Pipeline* pipeline_ = nullptr;
  EnvelopeParser parser_;      // for messages that a middleware replaced ...
  std::string replaced_text_;  // ... and what they view

  std::unique_ptr<Batch> open_;
  std::vector<std::unique_ptr<Batch>> spare_;
  std::size_t on_the_way_ = 0;
  CallTimes times_;
  Pool<Pending> pendings_;
  Pool<Step> steps_;
  std::vector<Pending*> settled_;  // with observations not yet shown
  Observers observers_;
  Deferred deferred_;

  std::vector<RouteCounters> counters_;
  Counter unknown_;

  std::mutex mutex_;
  std::vector<std::unique_ptr<Batch>> completions_;  // guarded by mutex_
};

}  // namespace crawlhub
