#include "host/pipeline/lane.hpp"

#include "host/framing/framer.hpp"

namespace crawlhub {

namespace {

std::string_view view(const crawlhub_str& text) {
  return {text.ptr, text.len};
}

// What the sender is told of the first operation that was not accepted. A skipped one only follows from
// another.
Outcome outcome_of(const crawlhub_result* results, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const crawlhub_result& result = results[i];
    if (result.status == CRAWLHUB_RESULT_REFUSED) return {result.code, view(result.text)};
    if (result.status == CRAWLHUB_RESULT_FAILED)
      return {result.code != 0 ? result.code : CRAWLHUB_E_STORAGE_FAILED, view(result.text)};
  }
  return {};
}

}  // namespace

Lane::Lane(LaneOptions options, Writer& writer, Post post)
    : options_(options),
      writer_(writer),
      post_(std::move(post)),
      observers_(times_, options.number),
      deferred_(options.number) {}

Lane::~Lane() = default;

void Lane::use(const Pipeline& pipeline) {
  pipeline_ = &pipeline;
  observers_.use(pipeline);
  times_.resize(pipeline.instance_count());
  counters_ = std::vector<RouteCounters>(pipeline.route_count());
}

void Lane::message(Peer& peer, Ticket ticket, crawlhub_message& message) {
  Call call(*this, peer, ticket);
  if (!before(call, message)) return conclude(call, nullptr, nullptr);
  const Route* route = pipeline_->find(view(message.type));
  if (route == nullptr) {
    unknown_.add();
    call.refuse(CRAWLHUB_E_UNKNOWN_TYPE,
                "type: no loaded plugin takes \"" + std::string(view(message.type).substr(0, 100)) + "\"");
    return conclude(call, nullptr, nullptr);
  }
  answer(call, *route, message);
}

// Middleware in the order of the config; false where one refused.
bool Lane::before(Call& call, crawlhub_message& message) {
  for (const MiddlewareStation& station : pipeline_->middleware()) {
    if (station.table->before == nullptr) continue;
    call.enter(station);
    PluginCall scope(times_, *station.instance, station.number, options_.number, &call);
    const crawlhub_status status = station.table->before(station.self, &call, &message);
    if (status == CRAWLHUB_OK) continue;
    if (status == CRAWLHUB_REPLACED && replaced(call, message)) continue;
    if (status != CRAWLHUB_REFUSED) scope.failed();
    call.refuse(CRAWLHUB_E_PLUGIN_FAILED, station.instance->name() + " failed on the message");
    return false;
  }
  return true;
}

bool Lane::replaced(Call& call, crawlhub_message& message) {
  replaced_text_.swap(call.replacement_);
  const std::size_t size = replaced_text_.size();
  replaced_text_.append(kTextPadding, '\0');
  const crawlhub_connection* connection = message.connection;
  if (!parser_.parse({replaced_text_.data(), size}, message)) return false;
  message.connection = connection;
  message.flags |= CRAWLHUB_MESSAGE_REPLACED;
  return true;
}

void Lane::answer(Call& call, const Route& route, crawlhub_message& message) {
  if (route.answering.empty()) return conclude(call, &route, &message);
  for (const Route::Handling& handling : route.answering) {
    const HandlerStation& station = pipeline_->handlers()[handling.handler];
    call.enter(station);
    message.route = handling.route;
    PluginCall scope(times_, *station.instance, station.number, options_.number, &call);
    const crawlhub_status status = station.table->handle(station.self, &call, &message);
    if (status == CRAWLHUB_DECLINED) continue;
    if (status == CRAWLHUB_REFUSED || status < 0 || status > CRAWLHUB_PENDING) {
      if (status != CRAWLHUB_REFUSED) scope.failed();
      call.refuse(CRAWLHUB_E_PLUGIN_FAILED, station.instance->name() + " failed on the message");
    }
    return conclude(call, &route, &message);
  }
  call.refuse(CRAWLHUB_E_UNKNOWN_TYPE, "type: every handler of \"" + route.type + "\" declined it");
  conclude(call, &route, &message);
}

// After the plugins have returned: the outcome is known, or waits for what was submitted.
void Lane::conclude(Call& call, const Route* route, const crawlhub_message* message) {
  if (Pending* pending = call.pending_) {
    if (call.failed() && pending->code == 0) {
      pending->code = call.code_;
      pending->text = call.text_;
    }
    pending->route = route;
    if (message != nullptr && route != nullptr && !route->observing.empty()) pending->copy.assign(*message);
    return;
  }
  if (call.ticket_ == kNoTicket) return;
  count(route, !call.failed());
  if (route != nullptr && !route->observing.empty()) {
    // The message's text may move as soon as this returns.
    observers_.add(*route, *message, call.outcome(), nullptr, 0);
    observers_.show();
  }
  call.peer_.finished(call.ticket_, call.outcome());
}

Pending& Lane::pending_of(Call& call) {
  if (call.pending_ != nullptr) return *call.pending_;
  Pending* pending = pendings_.take();
  pending->peer = &call.peer_;
  pending->peer->pin();
  pending->ticket = call.ticket_;
  pending->route = nullptr;
  pending->waiting_for = 0;
  pending->code = 0;
  pending->tags = call.tags_;
  pending->results.clear();
  call.pending_ = pending;
  return *pending;
}

void Lane::submit(Call& call, const crawlhub_op* ops, std::size_t count, crawlhub_continuation then,
                  void* context) {
  Step* step = steps_.take();
  step->pending = &pending_of(call);
  step->instance = call.instance_;
  step->self = call.self_;
  step->number = call.number_;
  step->then = then;
  step->context = context;
  ++step->pending->waiting_for;
  if (!open_) open_ = fresh_batch();
  // A submission too long for one commit goes alone: its batch comes back only after its last slice.
  if (open_->size() + count > options_.batch) flush();
  if (!open_) open_ = fresh_batch();
  open_->add(ops, count, step);
  on_the_way_ += count;
  if (open_->size() >= options_.batch) flush();
}

void Lane::flush() {
  if (!open_ || open_->empty()) return;
  writer_.push(std::move(open_));
}

std::unique_ptr<Batch> Lane::fresh_batch() {
  if (spare_.empty()) return std::make_unique<Batch>(*this);
  auto batch = std::move(spare_.back());
  spare_.pop_back();
  return batch;
}

void Lane::completed(std::unique_ptr<Batch> batch) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = completions_.empty();
    completions_.push_back(std::move(batch));
  }
  if (first) post_([this] { take_completions(); });
}

void Lane::take_completions() {
  std::vector<std::unique_ptr<Batch>> batches;
  {
    const std::lock_guard lock(mutex_);
    batches.swap(completions_);
  }
  for (auto& batch : batches) {
    complete_batch(*batch);
    observers_.show();
    release_settled();
    on_the_way_ -= batch->size();
    batch->clear();
    spare_.push_back(std::move(batch));
  }
  if (on_progress_) on_progress_();
}

void Lane::complete_batch(Batch& batch) {
  for (const Batch::Submission& submission : batch.submissions()) {
    auto& step = *static_cast<Step*>(submission.context);
    complete_step(step, batch.results().data() + submission.first, submission.count);
    steps_.give_back(&step);
  }
}

void Lane::complete_step(Step& step, const crawlhub_result* results, std::size_t count) {
  Pending& pending = *step.pending;
  if (step.then != nullptr) {
    Call call(*this, pending);
    call.enter(step.instance, step.self, step.number);
    const PluginCall scope(times_, *step.instance, step.number, options_.number, &call);
    step.then(step.self, &call, results, count, sizeof(crawlhub_result), step.context);
    if (call.failed() && pending.code == 0) {
      pending.code = call.code_;
      pending.text = call.text_;
    }
  } else if (pending.code == 0) {
    const Outcome outcome = outcome_of(results, count);
    pending.code = outcome.code;
    if (outcome.code != 0) pending.text = outcome.text;
  }
  if (pending.route != nullptr && !pending.route->observing.empty())
    pending.results.insert(pending.results.end(), results, results + count);
  if (--pending.waiting_for == 0) settle(pending);
}

void Lane::settle(Pending& pending) {
  const Outcome outcome{pending.code, pending.text};
  if (pending.route != nullptr) count(pending.route, outcome.code == 0);
  if (pending.route != nullptr && !pending.route->observing.empty()) {
    pending.copy.message().connection = &pending.peer->info();
    observers_.add(*pending.route, pending.copy.message(), outcome, pending.results.data(),
                   pending.results.size());
  }
  if (pending.ticket != kNoTicket) pending.peer->finished(pending.ticket, outcome);
  settled_.push_back(&pending);
}

// After the observers have seen them.
void Lane::release_settled() {
  for (Pending* pending : settled_) {
    Peer* peer = pending->peer;
    pendings_.give_back(pending);
    peer->unpin();
  }
  settled_.clear();
}

void Lane::count(const Route* route, bool accepted) {
  if (route == nullptr) return;
  RouteCounters& counters = counters_[route->number];
  (accepted ? counters.accepted : counters.refused).add();
}

}  // namespace crawlhub
