// Two backends must agree on any sequence of operations.
#pragma once

#include <random>

#include <crawlhub/testing/storage_contract/restart.hpp>

namespace crawlhub::inline sdk::testing {

// Gives the same random operations to both backends, in batches of random sizes, and compares what they say.
// Errors: ContractBroken, naming the seed and the operation.
class RandomModel {
 public:
  RandomModel(StorageDriver& subject, StorageDriver& reference, std::uint32_t seed)
      : drivers_{&subject, &reference}, seed_(seed), random_(seed) {}

  void run(int batches, bool restarts) {
    for (const auto d : drivers_) d->account("acc");
    for (int batch = 0; batch < batches; ++batch) {
      const std::size_t size = 1 + pick(20);
      const std::int64_t step = pick(4) * StorageDriver::kSecond;
      for (const auto d : drivers_) d->now += step;
      for (std::size_t i = 0; i < size; ++i) gather();
      compare(drivers_[0]->commit(), drivers_[1]->commit(), batch);
      if (pick(10) == 0) {
        for (const auto d : drivers_) d->settle();
      }
      if (restarts && pick(25) == 0) drivers_[0]->restart();
      if (pick(8) == 0) compare_queries(batch);
    }
    compare_queries(batches);
  }

 private:
  std::size_t pick(std::size_t count) { return random_() % count; }
  std::string job() { return "job-" + std::to_string(pick(25)); }

  void gather() {
    static constexpr const char* kCrawlers[] = {"", "", "crawler-a", "crawler-b"};
    const std::size_t connection = pick(4);
    const Sender sender{connection + 1, kCrawlers[connection], "first"};
    const std::string id = job();
    switch (pick(10)) {
      case 0:
      case 1:
        return add(id);
      case 2:
        return both([&](StorageDriver& d) { d.claiming(sender, 2, pick_once_ ? "issue\n" : ""); });
      case 3:
        return end(sender);
      case 4:
        return command(id);
      default:
        return report(id, sender);
    }
  }
  template <class Do>
  void both(Do apply) {
    pick_once_ = pick(3) == 0;
    for (const auto d : drivers_) apply(*d);
  }

  void add(const std::string& id) {
    const std::int32_t priority = static_cast<std::int32_t>(pick(3));
    const std::string parent = pick(2) == 0 ? job() : "";
    const std::string key = pick(2) == 0 ? "key-" + std::to_string(pick(4)) : "";
    const std::int64_t later = pick(4) == 0 ? 5 * StorageDriver::kSecond : 0;
    both([&](StorageDriver& d) {
      auto add = d.adding(id, pick_once_ ? "issue" : "commit", priority);
      if (later != 0) add->run_at_ns = d.now + later;
      add.text(&crawlhub_job_add::spawned_from, parent).text(&crawlhub_job_add::unique_key, key);
    });
  }
  void end(const Sender& sender) {
    both([&](StorageDriver& d) {
      auto end = d.ops().add<crawlhub_connection_end>(CRAWLHUB_OP_CONNECTION_END, 0, "");
      end->reason = pick_once_ ? CRAWLHUB_LEASE_EXPIRED : CRAWLHUB_LEASE_DISCONNECT;
      end->connection = sender.connection;
      end->now_ns = d.now;
      end->wait_ns = 2 * StorageDriver::kSecond;
      end->max_attempts = 3;
      end.text(&crawlhub_connection_end::hub, StorageDriver::kHub);
      end.text(&crawlhub_connection_end::incarnation, sender.incarnation);
      auto sweep = d.ops().add<crawlhub_job_sweep>(CRAWLHUB_OP_JOB_SWEEP, 0, "");
      sweep->now_ns = d.now;
      sweep->max_attempts = 3;
    });
  }
  void command(const std::string& id) {
    static constexpr std::uint16_t kEvents[] = {CRAWLHUB_EVENT_TOKEN_RENEWED, CRAWLHUB_EVENT_TOKEN_EXPIRED,
                                                CRAWLHUB_EVENT_LEASE_ENDS,    CRAWLHUB_EVENT_TIMEOUT,
                                                CRAWLHUB_EVENT_CANCEL,        CRAWLHUB_EVENT_PAUSE,
                                                CRAWLHUB_EVENT_RESUME,        CRAWLHUB_EVENT_RETRY};
    const std::uint16_t event = kEvents[pick(std::size(kEvents))];
    both([&](StorageDriver& d) {
      d.eventing(id, event, {}, [&](auto& body) {
        body->flags |= CRAWLHUB_BY_OPERATOR | (pick_once_ ? CRAWLHUB_KEEP_LEASE : 0);
        if (event == CRAWLHUB_EVENT_LEASE_ENDS) body->reason = CRAWLHUB_LEASE_EXPIRED;
      });
    });
  }
  void report(const std::string& id, const Sender& sender) {
    static constexpr std::uint16_t kEvents[] = {
        CRAWLHUB_EVENT_STARTED,  CRAWLHUB_EVENT_PROGRESS,      CRAWLHUB_EVENT_PROGRESS,
        CRAWLHUB_EVENT_PROGRESS, CRAWLHUB_EVENT_COMPLETED,     CRAWLHUB_EVENT_COMPLETED_BADLY,
        CRAWLHUB_EVENT_FAILED,   CRAWLHUB_EVENT_TOKEN_REQUEST, CRAWLHUB_EVENT_DISCOVERED};
    const std::uint16_t event = kEvents[pick(std::size(kEvents))];
    const auto number = static_cast<double>(pick(1000));
    const std::size_t variant = pick(4);
    both([&](StorageDriver& d) {
      d.eventing(
          id, event, sender,
          [&](auto& body) {
            body->flags |= CRAWLHUB_HAS_PROCESSED | (variant == 0 ? CRAWLHUB_HAS_TOTAL : 0);
            body->processed = number;
            body->total = number / 2;
            if (variant == 1) body.text(&crawlhub_job_event::entity_type, std::string_view("note"));
            if (variant == 2)
              body.text(&crawlhub_job_event::item_counts, std::string_view(R"({"x":3,"y":4})"));
            if (variant == 3)
              body.text(&crawlhub_job_event::resume_state, std::string_view(R"({"currentPage":1})"));
            if (event == CRAWLHUB_EVENT_COMPLETED) {
              body.text(&crawlhub_job_event::detail, std::string_view(R"({"finalCounts":{"issue":3}})"));
            }
          },
          CRAWLHUB_OP_MERGE);
    });
  }

  void compare(const std::vector<Told>& subject, const std::vector<Told>& reference, int batch) const {
    for (std::size_t i = 0; i < reference.size(); ++i) {
      const std::string where = "seed " + std::to_string(seed_) + ", batch " + std::to_string(batch) +
                                ", operation " + std::to_string(i) + ": ";
      demand_same(subject[i].status, reference[i].status, where + "status");
      demand_same(subject[i].code, reference[i].code, where + "code");
      demand_same(subject[i].number, reference[i].number, where + "number");
      demand_same(subject[i].text, reference[i].text, where + "text");
      demand(subject[i].body == reference[i].body, where + "body");
    }
  }
  void compare_queries(int batch) const {
    demand_equal(restart::all_of(*drivers_[0]), restart::all_of(*drivers_[1]),
                 "seed " + std::to_string(seed_) + ", after batch " + std::to_string(batch) + ": queries");
  }

  StorageDriver* drivers_[2];
  std::uint32_t seed_;
  std::mt19937 random_;
  bool pick_once_ = false;
};

}  // namespace crawlhub::inline sdk::testing
