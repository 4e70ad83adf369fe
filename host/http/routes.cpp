#include "host/http/routes.hpp"

#include <cassert>

#include "host/core/json_text.hpp"

namespace crawlhub {

HttpResponse http_error(unsigned status, std::string_view sentence) {
  HttpResponse response;
  response.status = status;
  JsonWriter(response.body).begin_object().field("error", sentence).end_object();
  return response;
}

void Routes::add(const std::string& method, const std::string& path, HttpRoute route) {
  const bool prefix = path.ends_with('*');
  Methods& methods = prefix ? prefixes_[path.substr(0, path.size() - 1)] : exact_[path];
  [[maybe_unused]] const bool added = methods.emplace(method, std::move(route)).second;
  assert(added);
}

// The longest prefix wins.
const Routes::Methods* Routes::methods_of(std::string_view path) const {
  if (const auto it = exact_.find(path); it != exact_.end()) return &it->second;
  const Methods* longest = nullptr;
  for (const auto& [prefix, methods] : prefixes_) {
    if (path.starts_with(prefix)) longest = &methods;  // sorted: a longer one that fits comes later
  }
  return longest;
}

Routes::Found Routes::find(std::string_view method, std::string_view path) const {
  const Methods* methods = methods_of(path);
  if (methods == nullptr) return {};
  Found found;
  for (const auto& [name, route] : *methods) {
    found.allowed += (found.allowed.empty() ? "" : ", ") + name + (name == "GET" ? ", HEAD" : "");
    if (name == (method == "HEAD" ? "GET" : method)) found.route = &route;
  }
  return found;
}

}  // namespace crawlhub
