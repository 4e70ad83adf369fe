#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crawlhub {

struct HttpRequest {
  std::string method;  // "GET"; a HEAD is handed on as GET
  std::string path;    // "/metrics", without the query
  std::string query;   // what follows the question mark, as sent
  std::string body;
};

struct HttpResponse {
  unsigned status = 200;
  std::string type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // beside type, length and connection
};

// {"error": sentence}, the body of every refusal.
HttpResponse http_error(unsigned status, std::string_view sentence);

struct HttpRoute {
  std::function<HttpResponse(const HttpRequest&)> handle;
  bool waits = false;  // it runs on the pool; else on the listener's thread, which must not wait
  bool open = false;   // for everybody who can connect, as probes need
};

// What the HTTP listener serves. Filled before it starts, then only read.
class Routes {
 public:
  // path: as it is, or with a last `*` for all that begin so. REQUIRES: method and path are not taken.
  void add(const std::string& method, const std::string& path, HttpRoute route);

  struct Found {
    const HttpRoute* route = nullptr;  // null: none for this method
    std::string allowed;               // the methods that the path knows, "GET, HEAD"; empty: no such path
  };
  Found find(std::string_view method, std::string_view path) const;

 private:
  using Methods = std::map<std::string, HttpRoute, std::less<>>;
  const Methods* methods_of(std::string_view path) const;
  std::map<std::string, Methods, std::less<>> exact_;
  std::map<std::string, Methods, std::less<>> prefixes_;
};

}  // namespace crawlhub
