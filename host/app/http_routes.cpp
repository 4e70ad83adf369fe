#include "host/app/http_routes.hpp"

#include "host/core/json_text.hpp"

namespace crawlhub {

namespace {

constexpr const char* kText = "text/plain; charset=utf-8";
constexpr const char* kMetrics = "text/plain; version=0.0.4; charset=utf-8";

HttpResponse text(unsigned status, std::string body, const char* type = kText) {
  HttpResponse response;
  response.status = status;
  response.type = type;
  response.body = std::move(body);
  return response;
}

// "ok", or what is wrong, a line each. A degraded hub serves, and so is ready.
HttpResponse ready(const Hub& hub) {
  const Health health = hub.health();
  std::string body(health.word());
  for (const std::string& problem : health.problems) body += "\n" + problem;
  return text(health.ready ? 200 : 503, body + "\n");
}

// The probe of the system before: healthy only where nothing is wrong.
HttpResponse old_health(const Hub& hub) {
  const Health health = hub.health();
  const bool healthy = health.ready && health.problems.empty();
  std::string message =
      healthy ? "the hub is healthy" : std::string("the hub is ") + std::string(health.word());
  for (const std::string& problem : health.problems) message += "; " + problem;
  HttpResponse response;
  response.status = healthy ? 200 : 503;
  JsonWriter(response.body).begin_object().field("healthy", healthy).field("message", message).end_object();
  return response;
}

}  // namespace

Routes http_routes(Hub& hub) {
  Routes routes;
  routes.add("GET", "/livez", {.handle = [](const HttpRequest&) { return text(200, "ok\n"); }, .open = true});
  routes.add("GET", "/readyz", {.handle = [&hub](const HttpRequest&) { return ready(hub); }, .open = true});
  routes.add("GET", "/api/admin/health",
             {.handle = [&hub](const HttpRequest&) { return old_health(hub); }, .open = true});
  // Plugins are asked for their figures, and may wait a little.
  if (hub.config().metrics_enabled) {
    routes.add("GET", "/metrics",
               {.handle = [&hub](const HttpRequest&) { return text(200, hub.metrics().render(), kMetrics); },
                .waits = true});
  }
  return routes;
}

}  // namespace crawlhub
