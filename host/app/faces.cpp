#include "host/app/faces.hpp"

#include "host/app/http_routes.hpp"

namespace crawlhub {

Result<std::unique_ptr<Hub::Faces>> Hub::Faces::open(Hub& hub, boost::asio::io_context& io,
                                                     ThreadPool& pool) {
  auto faces = std::make_unique<Faces>();
  const Config& config = hub.config();
  const auto post = [&pool](std::function<void()> task) { return pool.post(std::move(task)); };
  if (!config.admin_socket.empty()) {
    AdminServer::Options options;
    options.path = config.admin_socket;
    auto admin = AdminServer::start(io, std::move(options), hub.commands(), hub.bus(), post);
    if (!admin) return std::move(admin).status();
    faces->admin = std::move(*admin);
  }
  if (config.http) {
    HttpServer::Options options;
    options.listen = config.http->listen.text();
    options.token = config.http->token;
    auto http = HttpServer::start(io, std::move(options), http_routes(hub), post);
    if (!http) return std::move(http).status();
    faces->http = std::move(*http);
  }
  return faces;
}

void Hub::Faces::stop() {
  if (admin) admin->stop();
  if (http) http->stop();
}

}  // namespace crawlhub
