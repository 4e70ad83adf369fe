#pragma once

#include <memory>

#include <boost/asio/io_context.hpp>

#include "host/admin/server.hpp"
#include "host/app/hub.hpp"
#include "host/core/status.hpp"
#include "host/core/thread_pool.hpp"
#include "host/http/server.hpp"

namespace crawlhub {

// The ways in for people and other programs. A face without an entry in the config is off.
struct Hub::Faces {
  static Result<std::unique_ptr<Faces>> open(Hub& hub, boost::asio::io_context& io, ThreadPool& pool);
  void stop();

  std::unique_ptr<AdminServer> admin;
  std::unique_ptr<HttpServer> http;
};

}  // namespace crawlhub
