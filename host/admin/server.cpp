#include "host/admin/server.hpp"

#include <chrono>
#include <utility>

#include <boost/asio/post.hpp>
#include <unistd.h>

#include <crawlhub/abi/errors.h>

#include "host/admin/session.hpp"
#include "host/net/listener.hpp"

namespace crawlhub {

namespace {

constexpr std::uint32_t kOwnerOnly = 0600;
constexpr int kBacklog = 64;
constexpr auto kAcceptPause = std::chrono::milliseconds(200);

}  // namespace

AdminServer::AdminServer(std::shared_ptr<State> state) : state_(std::move(state)) {}

AdminServer::~AdminServer() {
  stop();
}

Result<std::unique_ptr<AdminServer>> AdminServer::start(boost::asio::io_context& io, Options options,
                                                        const CommandRegistry& registry, EventBus& bus,
                                                        Post post) {
  ListenerOptions listener;
  listener.unix_path = options.path;
  listener.mode = kOwnerOnly;
  listener.backlog = kBacklog;
  auto listening = ListeningSocket::open(listener);
  if (!listening) return std::move(listening).status().within("admin");
  auto state = std::make_shared<State>(io, std::move(options), registry, bus, std::move(post));
  boost::system::error_code error;
  state->acceptor.assign(boost::asio::local::stream_protocol(), ::dup(listening->fd()), error);
  if (error) return {CRAWLHUB_E_BAD_CONFIG, "admin: " + error.message()};
  state->listening = std::move(*listening);
  State::accept(state);
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(state)));
}

void AdminServer::State::accept(const std::shared_ptr<State>& state) {
  state->acceptor.async_accept([state](const boost::system::error_code& error, Session::Socket socket) {
    if (!state->acceptor.is_open()) return;
    if (!error) {
      state->admit(state, std::move(socket));
      return accept(state);
    }
    // Out of descriptors, most likely: trying again at once would only burn the processor.
    state->pause.expires_after(kAcceptPause);
    state->pause.async_wait([state](const boost::system::error_code&) {
      if (state->acceptor.is_open()) accept(state);
    });
  });
}

void AdminServer::State::admit(const std::shared_ptr<State>& state, Session::Socket socket) {
  std::erase_if(known, [](const auto& session) { return session.expired(); });
  const auto session = std::make_shared<Session>(state, std::move(socket));
  known.push_back(session);
  if (known.size() > options.connections) {
    return session->refuse(CRAWLHUB_E_CONNECTION_LIMIT, "too many connections to the admin socket");
  }
  session->run();
}

void AdminServer::stop() {
  boost::asio::post(state_->io, [state = state_] {
    if (!state->acceptor.is_open()) return;
    boost::system::error_code ignored;
    state->acceptor.close(ignored);
    state->pause.cancel();
    state->listening.reset();
    for (const auto& weak : state->known) {
      if (const auto session = weak.lock()) session->stop();
    }
  });
}

}  // namespace crawlhub
