// The functions of Crawler. Included by plugin_harness.hpp.
#pragma once

namespace crawlhub::inline sdk::testing {

inline const Exchange& Crawler::send(std::string_view json) {
  FakeMessage message(json, plugin_->host_.now_ns);
  return plugin_->run(*link_, true, [&](crawlhub_call* call, const crawlhub_connection& connection) {
    return plugin_->deliver(call, message, connection);
  });
}

inline const Exchange& Crawler::hello(std::string_view data) {
  link_->said_hello(JsonIndex(data).find("crawlerId").string().value_or(""));
  return plugin_->run(*link_, true, [&](crawlhub_call* call, const crawlhub_connection& connection) {
    const crawlhub_handler* handler = plugin_->handler();
    if (handler && handler->hello) handler->hello(plugin_->self_, call, &connection, str(data));
    const crawlhub_middleware* middleware = plugin_->middleware();
    return middleware && middleware->hello ? middleware->hello(plugin_->self_, call, &connection, str(data))
                                           : CRAWLHUB_OK;
  });
}

inline const Exchange& Crawler::tick() {
  return plugin_->run(*link_, true, [&](crawlhub_call* call, const crawlhub_connection& connection) {
    const crawlhub_handler* handler = plugin_->handler();
    if (handler && handler->tick) handler->tick(plugin_->self_, call, &connection);
    return CRAWLHUB_OK;
  });
}

inline const Exchange& Crawler::disconnect(std::string_view reason) {
  link_->open = false;
  return plugin_->run(*link_, false, [&](crawlhub_call* call, const crawlhub_connection& connection) {
    const crawlhub_handler* handler = plugin_->handler();
    if (handler && handler->disconnected)
      handler->disconnected(plugin_->self_, call, &connection, str(reason));
    const crawlhub_middleware* middleware = plugin_->middleware();
    if (middleware && middleware->disconnected) {
      middleware->disconnected(plugin_->self_, call, &connection, str(reason));
    }
    return CRAWLHUB_OK;
  });
}

}  // namespace crawlhub::inline sdk::testing
