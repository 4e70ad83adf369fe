#include "host/pipeline/observers.hpp"

namespace crawlhub {

void Observers::use(const Pipeline& pipeline) {
  pipeline_ = &pipeline;
  entries_.assign(pipeline.handlers().size(), {});
}

void Observers::add(const Route& route, const crawlhub_message& message, const Outcome& outcome,
                    const crawlhub_result* results, std::size_t count) {
  for (const Route::Handling& observing : route.observing) {
    Entry entry{};
    entry.message = message;
    entry.message.route = observing.route;
    entry.observation.struct_size = sizeof(crawlhub_observation);
    entry.observation.outcome = outcome.code == 0 ? CRAWLHUB_ACCEPTED : CRAWLHUB_REJECTED;
    entry.observation.code = outcome.code;
    entry.observation.result_count = static_cast<std::uint32_t>(count);
    entry.observation.result_stride = sizeof(crawlhub_result);
    entry.observation.results = results;
    entries_[observing.handler].push_back(entry);
    ++waiting_;
  }
}

void Observers::show() {
  if (waiting_ == 0) return;
  for (std::size_t handler = 0; handler < entries_.size(); ++handler) {
    std::vector<Entry>& list = entries_[handler];
    if (list.empty()) continue;
    // Only now: the list has stopped growing, so the messages stay where they are.
    for (Entry& entry : list) entry.observation.message = &entry.message;
    const HandlerStation& station = pipeline_->handlers()[handler];
    if (station.table->observe != nullptr) {
      const PluginCall scope(times_, *station.instance, station.number, lane_, nullptr);
      station.table->observe(station.self, &list.front().observation, list.size(), sizeof(Entry));
    }
    list.clear();
  }
  waiting_ = 0;
}

}  // namespace crawlhub
