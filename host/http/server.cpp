#include "host/http/server.hpp"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <unistd.h>

#include <crawlhub/abi/errors.h>

#include "host/net/listener.hpp"

namespace crawlhub {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;

namespace {

constexpr int kBacklog = 128;
constexpr auto kAcceptPause = std::chrono::milliseconds(200);

// Takes as long for every text of a length: how much of a token was right must not show.
bool same_secret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= static_cast<unsigned char>(a[i] ^ b[i]);
  return difference == 0;
}

std::string_view view(const beast::string_view& text) {
  return {text.data(), text.size()};
}

}  // namespace

struct HttpServer::State {
  State(boost::asio::io_context& context, Options opts, Routes table, Post run)
      : io(context),
        options(std::move(opts)),
        routes(std::move(table)),
        post(std::move(run)),
        acceptor(io),
        pause(io) {}

  static void accept(const std::shared_ptr<State>& state);
  void leave(const std::shared_ptr<State>& state);

  boost::asio::io_context& io;
  const Options options;
  const Routes routes;
  const Post post;
  std::uint16_t port = 0;
  tcp::acceptor acceptor;
  boost::asio::steady_timer pause;  // after an accept that failed
  std::vector<std::weak_ptr<Session>> known;
  std::size_t open = 0;    // sessions
  bool accepting = false;  // an accept is under way
};

// One connection: reads a request, answers it, reads the next. Thread: that of io.
class HttpServer::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<State> state, tcp::socket socket)
      : state_(std::move(state)), stream_(std::move(socket)) {
    ++state_->open;
    beast::error_code error;
    const auto peer = stream_.socket().remote_endpoint(error);
    loopback_ = !error && peer.address().is_loopback();
  }
  ~Session() {
    --state_->open;
    state_->leave(state_);
  }

  void do_read();
  void stop();

 private:
  void on_read(const beast::error_code& error);
  void handle();
  void run(const HttpRoute& route, HttpRequest request);
  std::optional<HttpResponse> refusal(const HttpRoute& route) const;
  void answer(HttpResponse response);
  void fail(unsigned status, std::string_view sentence);
  void do_write();
  void close();

  const std::shared_ptr<State> state_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  bool loopback_ = false;
  bool busy_ = false;      // a request is being answered
  bool stopping_ = false;  // close when it is answered
};

void HttpServer::Session::do_read() {
  parser_.emplace();
  parser_->header_limit(state_->options.header_size);
  parser_->body_limit(state_->options.body_size);
  // The first byte may be long in coming; the rest of the request may not.
  const bool waiting = buffer_.size() == 0;
  stream_.expires_after(waiting ? state_->options.idle_timeout : state_->options.request_timeout);
  const auto read_rest = [self = shared_from_this()](const beast::error_code& error, std::size_t) {
    if (error) return self->on_read(error);
    self->stream_.expires_after(self->state_->options.request_timeout);
    http::async_read(self->stream_, self->buffer_, *self->parser_,
                     [self](const beast::error_code& failed, std::size_t) { self->on_read(failed); });
  };
  if (!waiting) return read_rest({}, 0);
  http::async_read_some(stream_, buffer_, *parser_, read_rest);
}

void HttpServer::Session::on_read(const beast::error_code& error) {
  if (!error) return handle();
  if (error == http::error::header_limit) return fail(431, "the headers are too long");
  if (error == http::error::body_limit) return fail(413, "the body is too long");
  if (error == http::error::end_of_stream || error == http::error::partial_message) return close();
  if (error.category() == http::make_error_code(http::error::bad_method).category()) {
    return fail(400, "not HTTP: " + error.message());
  }
  close();
}

void HttpServer::Session::handle() {
  auto& message = parser_->get();
  const std::string target(message.target());
  const auto question = target.find('?');
  HttpRequest request;
  request.method = std::string(message.method_string());
  request.path = target.substr(0, question);
  if (question != std::string::npos) request.query = target.substr(question + 1);
  request.body = std::move(message.body());
  busy_ = true;
  if (!request.path.starts_with('/')) return answer(http_error(400, "expected a path that begins with /"));
  const auto found = state_->routes.find(request.method, request.path);
  if (found.allowed.empty()) return answer(http_error(404, "there is nothing at " + request.path));
  if (found.route == nullptr) {
    auto response = http_error(405, request.path + " takes " + found.allowed);
    response.headers.emplace_back("Allow", found.allowed);
    return answer(std::move(response));
  }
  if (auto refused = refusal(*found.route)) return answer(std::move(*refused));
  if (request.method == "HEAD") request.method = "GET";
  run(*found.route, std::move(request));
}

void HttpServer::Session::run(const HttpRoute& route, HttpRequest request) {
  if (!route.waits) return answer(route.handle(request));
  stream_.expires_never();
  const bool taken = state_->post([self = shared_from_this(), &route, request = std::move(request)] {
    auto response = std::make_shared<HttpResponse>(route.handle(request));
    boost::asio::post(self->state_->io, [self, response] { self->answer(std::move(*response)); });
  });
  if (!taken) answer(http_error(503, "the hub has too much to do, or is about to stop; try again"));
}

// Why this peer may not have it.
std::optional<HttpResponse> HttpServer::Session::refusal(const HttpRoute& route) const {
  if (route.open) return std::nullopt;
  const std::string& token = state_->options.token;
  if (token.empty()) {
    if (loopback_) return std::nullopt;
    return http_error(403, "only from this machine, unless http.token is set");
  }
  constexpr std::string_view kBearer = "Bearer ";
  const auto given = view(parser_->get()[http::field::authorization]);
  if (given.starts_with(kBearer) && same_secret(given.substr(kBearer.size()), token)) return std::nullopt;
  auto response =
      http_error(401, "expected the header Authorization: Bearer TOKEN with the token of http.token");
  response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

void HttpServer::Session::answer(HttpResponse response) {
  const auto& request = parser_->get();
  response_ = http::response<http::string_body>(http::status(response.status), request.version());
  response_.set(http::field::content_type, response.type);
  response_.set(http::field::cache_control, "no-store");
  for (const auto& [name, value] : response.headers) response_.set(name, value);
  response_.keep_alive(request.keep_alive() && !stopping_);
  response_.content_length(response.body.size());
  // An answer to HEAD says how long the body would be, and has none.
  if (request.method() != http::verb::head) response_.body() = std::move(response.body);
  do_write();
}

// What could not be read has no request to answer to, and nothing behind it can be trusted.
void HttpServer::Session::fail(unsigned status, std::string_view sentence) {
  HttpResponse response = http_error(status, sentence);
  response_ = http::response<http::string_body>(http::status(status), 11);
  response_.set(http::field::content_type, response.type);
  response_.keep_alive(false);
  response_.body() = std::move(response.body);
  response_.prepare_payload();
  do_write();
}

void HttpServer::Session::do_write() {
  stream_.expires_after(state_->options.request_timeout);
  http::async_write(stream_, response_,
                    [self = shared_from_this()](const beast::error_code& error, std::size_t) {
                      self->busy_ = false;
                      if (error || !self->response_.keep_alive() || self->stopping_) return self->close();
                      self->do_read();
                    });
}

void HttpServer::Session::stop() {
  stopping_ = true;
  if (!busy_) close();
}

void HttpServer::Session::close() {
  beast::error_code ignored;
  stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  stream_.close();
}

void HttpServer::State::accept(const std::shared_ptr<State>& state) {
  if (state->accepting || state->open >= state->options.connections || !state->acceptor.is_open()) return;
  state->accepting = true;
  state->acceptor.async_accept([state](const beast::error_code& error, tcp::socket socket) {
    state->accepting = false;
    if (!state->acceptor.is_open()) return;
    if (error) {
      // Out of descriptors, most likely: trying again at once would only burn the processor.
      state->pause.expires_after(kAcceptPause);
      state->pause.async_wait([state](const beast::error_code&) { accept(state); });
      return;
    }
    std::erase_if(state->known, [](const auto& session) { return session.expired(); });
    const auto session = std::make_shared<Session>(state, std::move(socket));
    state->known.push_back(session);
    session->do_read();
    accept(state);
  });
}

// A session ended: there is room for one that waits.
void HttpServer::State::leave(const std::shared_ptr<State>& state) {
  if (acceptor.is_open()) boost::asio::post(io, [state] { accept(state); });
}

HttpServer::HttpServer(std::shared_ptr<State> state) : state_(std::move(state)) {}

HttpServer::~HttpServer() {
  stop();
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(boost::asio::io_context& io, Options options,
                                                      Routes routes, Post post) {
  ListenerOptions listener;
  listener.tcp = options.listen;
  listener.backlog = kBacklog;
  auto listening = ListeningSocket::open(listener);
  if (!listening) return std::move(listening).status().within("http.listen");
  auto state = std::make_shared<State>(io, std::move(options), std::move(routes), std::move(post));
  state->port = listening->port();
  const bool v6 = state->options.listen.starts_with('[');
  beast::error_code error;
  state->acceptor.assign(v6 ? tcp::v6() : tcp::v4(), ::dup(listening->fd()), error);
  if (error) return {CRAWLHUB_E_BAD_CONFIG, "http.listen: " + error.message()};
  State::accept(state);
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

std::uint16_t HttpServer::port() const {
  return state_->port;
}

void HttpServer::stop() {
  boost::asio::post(state_->io, [state = state_] {
    if (!state->acceptor.is_open()) return;
    beast::error_code ignored;
    state->acceptor.close(ignored);
    state->pause.cancel();
    for (const auto& weak : state->known) {
      if (const auto session = weak.lock()) session->stop();
    }
  });
}

}  // namespace crawlhub
