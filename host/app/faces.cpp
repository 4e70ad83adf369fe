#include "host/app/faces.hpp"

namespace crawlhub {

Result<std::unique_ptr<Hub::Faces>> Hub::Faces::open(Hub& hub, boost::asio::io_context& io,
                                                     ThreadPool& pool) {
  auto faces = std::make_unique<Faces>();
  const Config& config = hub.config();
  if (!config.admin_socket.empty()) {
    AdminServer::Options options;
    options.path = config.admin_socket;
    auto admin =
        AdminServer::start(io, std::move(options), hub.commands(), hub.bus(),
                           [&pool](std::function<void()> task) { return pool.post(std::move(task)); });
    if (!admin) return std::move(admin).status();
    faces->admin = std::move(*admin);
  }
  return faces;
}

void Hub::Faces::stop() {
  if (admin) admin->stop();
}

}  // namespace crawlhub
