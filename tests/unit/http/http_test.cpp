// The HTTP listener over real sockets.
#include <atomic>
#include <thread>

#include <arpa/inet.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <sys/socket.h>

#include <crawlhub/abi/errors.h>

#include "host/core/thread_pool.hpp"
#include "host/core/unique_fd.hpp"
#include "host/http/server.hpp"
#include "tests/support/eventually.hpp"

using namespace crawlhub;
using crawlhub::testing::eventually;

namespace {

HttpResponse say(std::string body) {
  HttpResponse response;
  response.type = "text/plain";
  response.body = std::move(body);
  return response;
}

struct Fixture {
  boost::asio::io_context io{1};
  ThreadPool pool{{.name = "pool", .threads = 2}};
  std::atomic<bool> release{false};
  std::unique_ptr<HttpServer> server;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work =
      boost::asio::make_work_guard(io);
  std::thread thread;

  explicit Fixture(HttpServer::Options options = {}) {
    if (options.listen.empty()) options.listen = "127.0.0.1:0";
    Routes routes;
    routes.add("GET", "/open", {.handle = [](const HttpRequest&) { return say("open"); }, .open = true});
    routes.add("GET", "/closed", {.handle = [](const HttpRequest&) { return say("closed"); }, .waits = true});
    routes.add("POST", "/echo", {.handle = [](const HttpRequest& r) { return say(r.query + ":" + r.body); }});
    routes.add("GET", "/slow",
               {.handle =
                    [this](const HttpRequest&) {
                      release.wait(false);
                      return say("slow");
                    },
                .waits = true});
    auto started = HttpServer::start(io, options, std::move(routes), [this](std::function<void()> task) {
      return pool.post(std::move(task));
    });
    REQUIRE(started);
    server = std::move(*started);
    thread = std::thread([this] { io.run(); });
  }
  ~Fixture() {
    release = true;
    release.notify_all();
    server->stop();
    work.reset();
    pool.stop();
    thread.join();
  }
};

class Browser {
 public:
  explicit Browser(const Fixture& hub) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(hub.server->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  void say(const std::string& text) {
    static_cast<void>(::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL));
  }
  // Head and body of one answer; empty where the server closed.
  std::string answer(bool has_body = true) {
    std::string text;
    while (text.find("\r\n\r\n") == std::string::npos) {
      if (!more(text)) return text;
    }
    const auto length = text.find("Content-Length: ");
    const std::size_t body = length == std::string::npos ? 0 : std::stoul(text.substr(length + 16));
    const std::size_t whole = text.find("\r\n\r\n") + 4 + (has_body ? body : 0);
    while (text.size() < whole && more(text)) {
    }
    return text;
  }
  std::string get(const std::string& path, const std::string& headers = "") {
    say("GET " + path + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
    return answer();
  }

 private:
  bool more(std::string& text) {
    char c = 0;
    if (::recv(fd_.get(), &c, 1, 0) != 1) return false;
    text += c;
    return true;
  }
  UniqueFd fd_;
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("one connection serves one request after the other") {
  Fixture hub;
  Browser browser(hub);
  for (int i = 0; i < 3; ++i) {
    const std::string answer = browser.get("/open");
    CHECK(has(answer, "HTTP/1.1 200 OK\r\n"));
    CHECK(has(answer, "\r\n\r\nopen"));
  }
  CHECK(has(browser.get("/closed"), "closed"));
  browser.say("POST /echo?a=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
  CHECK(has(browser.answer(), "a=1:hi"));
}

TEST_CASE("requests that come together are answered in order") {
  Fixture hub;
  Browser browser(hub);
  const std::string request = "GET /closed HTTP/1.1\r\nHost: x\r\n\r\nGET /open HTTP/1.1\r\nHost: x\r\n\r\n";
  browser.say(request);
  CHECK(has(browser.answer(), "\r\n\r\nclosed"));
  CHECK(has(browser.answer(), "\r\n\r\nopen"));
}

TEST_CASE("HEAD is answered as GET, without the body") {
  Fixture hub;
  Browser browser(hub);
  browser.say("HEAD /open HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string answer = browser.answer(false);
  CHECK(has(answer, "Content-Length: 4\r\n"));
  CHECK(answer.ends_with("\r\n\r\n"));
  CHECK(has(browser.get("/open"), "\r\n\r\nopen"));
}

TEST_CASE("an unknown path is 404, a wrong method 405 with those that are right") {
  Fixture hub;
  Browser browser(hub);
  CHECK(has(browser.get("/nope"), "HTTP/1.1 404 "));
  browser.say("DELETE /open HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string answer = browser.answer();
  CHECK(has(answer, "HTTP/1.1 405 "));
  CHECK(has(answer, "Allow: GET, HEAD\r\n"));
  CHECK(has(browser.get("/echo"), "Allow: POST\r\n"));
}

TEST_CASE("what is no HTTP is 400 and closes, and hurts nobody else") {
  Fixture hub;
  Browser good(hub);
  Browser bad(hub);
  bad.say("{\"type\":\"heartbeat\"}\n\r\n\r\n");
  CHECK(has(bad.answer(), "HTTP/1.1 400 "));
  CHECK(bad.answer().empty());
  CHECK(has(good.get("/open"), " 200 "));
}

TEST_CASE("long headers are 431, a long body is 413") {
  HttpServer::Options options;
  options.header_size = 1000;
  options.body_size = 1000;
  Fixture hub(options);
  CHECK(has(Browser(hub).get("/open", "X: " + std::string(2000, 'x') + "\r\n"), "HTTP/1.1 431 "));
  Browser browser(hub);
  browser.say("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n");
  CHECK(has(browser.answer(), "HTTP/1.1 413 "));
}

TEST_CASE("a request that does not end is given up, an idle connection too") {
  HttpServer::Options options;
  options.request_timeout = std::chrono::seconds(1);
  options.idle_timeout = std::chrono::seconds(1);
  Fixture hub(options);
  Browser halfway(hub);
  Browser idle(hub);
  halfway.say("GET /open HT");
  CHECK(halfway.answer().empty());
  CHECK(idle.answer().empty());
}

TEST_CASE("connections past the bound wait until one goes") {
  HttpServer::Options options;
  options.connections = 1;
  Fixture hub(options);
  auto first = std::make_unique<Browser>(hub);
  CHECK(has(first->get("/open"), " 200 "));
  Browser second(hub);
  second.say("GET /open HTTP/1.1\r\nHost: x\r\n\r\n");
  first.reset();
  CHECK(has(second.answer(), " 200 "));
}

TEST_CASE("with a token what is not open needs it") {
  HttpServer::Options options;
  options.token = "secret";
  Fixture hub(options);
  Browser browser(hub);
  CHECK(has(browser.get("/open"), " 200 "));
  const std::string refused = browser.get("/closed");
  CHECK(has(refused, "HTTP/1.1 401 "));
  CHECK(has(refused, "WWW-Authenticate: Bearer\r\n"));
  CHECK(has(browser.get("/closed", "Authorization: Bearer secreT\r\n"), " 401 "));
  CHECK(has(browser.get("/closed", "Authorization: Bearer secret\r\n"), " 200 "));
}

TEST_CASE("a slow answer holds up no other connection, and comes although the server stops") {
  Fixture hub;
  Browser slow(hub);
  slow.say("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  Browser quick(hub);
  CHECK(has(quick.get("/open"), " 200 "));
  hub.server->stop();
  CHECK(eventually([&] { return quick.get("/open").empty(); }));
  hub.release = true;
  hub.release.notify_all();
  CHECK(has(slow.answer(), "\r\n\r\nslow"));
}

TEST_CASE("an address that is taken is an error that names it") {
  Fixture hub;
  HttpServer::Options options;
  options.listen = "127.0.0.1:" + std::to_string(hub.server->port());
  boost::asio::io_context io;
  const auto second = HttpServer::start(io, options, {}, [](const auto&) { return false; });
  REQUIRE_FALSE(second);
  CHECK(second.code() == CRAWLHUB_E_BAD_CONFIG);
  CHECK(has(second.error(), options.listen));
}

TEST_CASE("the longest prefix of a path decides its route") {
  Routes routes;
  routes.add("GET", "/api/*", {.handle = [](const HttpRequest&) { return say("api"); }});
  routes.add("GET", "/api/v1/*", {.handle = [](const HttpRequest&) { return say("v1"); }});
  routes.add("GET", "/api/v1/live", {.handle = [](const HttpRequest&) { return say("live"); }});
  const auto body = [&](const char* path) { return routes.find("GET", path).route->handle({}).body; };
  CHECK(body("/api/x") == "api");
  CHECK(body("/api/v1/x") == "v1");
  CHECK(body("/api/v1/live") == "live");
  CHECK(routes.find("GET", "/apix").allowed.empty());
}
