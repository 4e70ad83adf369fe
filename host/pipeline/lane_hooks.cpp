// The lane's other calls into plugins: hooks of connections, messages on their way out, deferred calls.
#include "host/pipeline/lane.hpp"

namespace crawlhub {

namespace {

// Takes what a middleware wants to go out instead.
struct Rewritten {
  std::string job_member, type, job_id, data;
  bool given = false;

  static void take(void* context, crawlhub_str job_member, crawlhub_str type, crawlhub_str job_id,
                   crawlhub_str data) {
    auto& self = *static_cast<Rewritten*>(context);
    self.job_member.assign(job_member.ptr, job_member.len);
    self.type.assign(type.ptr, type.len);
    self.job_id.assign(job_id.ptr, job_id.len);
    self.data.assign(data.ptr, data.len);
    self.given = true;
  }
};

crawlhub_str str(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

// Calls hook(station, call) for each middleware and handler; what they submit keeps the peer.
template <class Hook>
void Lane::hook(Peer& peer, Hook hook) {
  const auto run = [&](const auto& station) {
    Call call(*this, peer, kNoTicket);
    call.enter(station);
    const PluginCall scope(times_, *station.instance, station.number, options_.number, &call);
    hook(*station.table, station.self, &call);
  };
  for (const MiddlewareStation& station : pipeline_->middleware()) run(station);
  for (const HandlerStation& station : pipeline_->handlers()) run(station);
}

void Lane::connected(Peer& peer) {
  hook(peer, [&peer](const auto& table, void* self, crawlhub_call* call) {
    if (table.connected != nullptr) table.connected(self, call, &peer.info());
  });
}

Status Lane::hello(Peer& peer, std::string_view data) {
  for (const MiddlewareStation& station : pipeline_->middleware()) {
    if (station.table->hello == nullptr) continue;
    Call call(*this, peer, kNoTicket);
    call.enter(station);
    PluginCall scope(times_, *station.instance, station.number, options_.number, &call);
    const crawlhub_status status = station.table->hello(station.self, &call, &peer.info(), str(data));
    if (status == CRAWLHUB_OK) continue;
    if (status != CRAWLHUB_REFUSED) scope.failed();
    call.refuse(CRAWLHUB_E_HANDSHAKE, station.instance->name() + " refused the hello");
    return Status(call.outcome().code, std::string(call.outcome().text));
  }
  for (const HandlerStation& station : pipeline_->handlers()) {
    if (station.table->hello == nullptr) continue;
    Call call(*this, peer, kNoTicket);
    call.enter(station);
    const PluginCall scope(times_, *station.instance, station.number, options_.number, &call);
    station.table->hello(station.self, &call, &peer.info(), str(data));
  }
  return {};
}

void Lane::disconnected(Peer& peer, std::string_view reason) {
  drop_deferred(peer);
  hook(peer, [&](const auto& table, void* self, crawlhub_call* call) {
    if (table.disconnected != nullptr) table.disconnected(self, call, &peer.info(), str(reason));
  });
}

void Lane::tick(Peer& peer) {
  if (!pipeline_->wants_ticks()) return;
  for (const HandlerStation& station : pipeline_->handlers()) {
    if (station.table->tick == nullptr) continue;
    Call call(*this, peer, kNoTicket);
    call.enter(station);
    const PluginCall scope(times_, *station.instance, station.number, options_.number, &call);
    station.table->tick(station.self, &call, &peer.info());
  }
}

// Middleware in the reverse order of the config.
bool Lane::send(Peer& peer, std::string_view type, std::string_view job_id, std::string_view data,
                const std::vector<std::uint32_t>* tags) {
  std::string_view job_member = "jobId";
  Rewritten last;
  const auto& list = pipeline_->middleware();
  for (std::size_t i = list.size(); i > 0; --i) {
    const MiddlewareStation& station = list[i - 1];
    if (station.table->after == nullptr) continue;
    crawlhub_outgoing message{};
    message.struct_size = sizeof(message);
    message.tag = tags != nullptr && station.number < tags->size() ? (*tags)[station.number] : 0;
    message.type = str(type);
    message.job_id = str(job_id);
    message.data = str(data);
    message.connection = &peer.info();
    Rewritten rewritten;
    PluginCall scope(times_, *station.instance, station.number, options_.number, nullptr);
    const crawlhub_status status = station.table->after(station.self, &message, &Rewritten::take, &rewritten);
    if (status == CRAWLHUB_REFUSED) return false;
    if (status != CRAWLHUB_OK) {
      scope.failed();
      return false;
    }
    if (!rewritten.given) continue;
    if (!parser_.check_value(rewritten.data)) {
      scope.failed();
      return false;
    }
    last = std::move(rewritten);
    job_member = last.job_member;
    type = last.type;
    job_id = last.job_id;
    data = last.data;
  }
  return peer.write(job_member, type, job_id, data);
}

// The calls that a plugin would still answer end with their connection.
void Lane::drop_deferred(Peer& peer) {
  for (Pending* pending : deferred_.take_all(peer)) {
    if (pending->code == 0) {
      pending->code = CRAWLHUB_E_CONNECTION_LOST;
      pending->text = "the connection ended before the answer";
    }
    if (--pending->waiting_for == 0) settle(*pending);
  }
  observers_.show();
  release_settled();
}

crawlhub_status Lane::token_reply(crawlhub_token token, std::string_view type, std::string_view job_id,
                                  std::string_view data) {
  if (deferred_.find(token) == nullptr) return CRAWLHUB_GONE;
  post_([this, token, type = std::string(type), job_id = std::string(job_id), data = std::string(data)] {
    Pending* pending = deferred_.find(token);
    if (pending == nullptr || !parser_.check_value(data)) return;
    static_cast<void>(send(*pending->peer, type, job_id, data, &pending->tags));
  });
  return CRAWLHUB_OK;
}

crawlhub_status Lane::complete(crawlhub_token token, std::int32_t code, std::string_view text) {
  if (deferred_.find(token) == nullptr) return CRAWLHUB_GONE;
  post_([this, token, code, text = std::string(text)] {
    Pending* pending = deferred_.take(token);
    if (pending == nullptr) return;
    if (code != 0 && pending->code == 0) {
      pending->code = code;
      pending->text = text;
    }
    if (--pending->waiting_for == 0) settle(*pending);
    observers_.show();
    release_settled();
    if (on_progress_) on_progress_();
  });
  return CRAWLHUB_OK;
}

}  // namespace crawlhub
