// Adding jobs and handing them out.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include <crawlhub/storage_model/transitions.hpp>

namespace crawlhub::storage_model {

// Thread: writer.
template <class Store>
class Claims {
 public:
  using J = typename Store::JobType;
  Claims(Store& store, Transitions<Store>& transitions)
      : store_(store), model_(store.model()), transitions_(transitions) {}

  // CRAWLHUB_OP_JOB_ADD.
  void add(const crawlhub_op& op, crawlhub_result& result) {
    const Body<crawlhub_job_add> given(op);
    if (op.key.len == 0) return set_refused(result, CRAWLHUB_E_BAD_ARGUMENT, "a job needs an id");
    Job job;
    if (!inherit(job, given, result)) return;
    fill(job, op, given);
    if (store_.create(job, existing_)) {
      model_.counters.added(job.group, job.state);
      return set_ok(result);
    }
    set_duplicate(result, model_.arena.copy(existing_));
  }

  // CRAWLHUB_OP_JOB_CLAIM.
  void claim(const crawlhub_op& op, crawlhub_result& result) {
    const Body<crawlhub_job_claim> claim(op);
    read_filter(claim.text(&crawlhub_job_claim::entity_types));
    tidy(claim->now_ns);
    claimed_.clear();
    blocked_ = 0;
    blocked_job_.clear();
    while (claimed_.size() < claim->limit && blocked_ < kMostPassedOver) {
      found_.clear();
      store_.ready(filter_, std::min<std::size_t>(claim->limit - claimed_.size(), kSlice), found_);
      if (found_.empty()) break;
      for (J* job : found_) model_.usable(*job) ? lease(*job, claim) : block(*job);
    }
    write(result);
  }

  // Moves jobs whose wait is over, or whose account has become usable, to the ready ones: a bounded number.
  // Returns whether there may be more.
  bool tidy(std::int64_t now) {
    found_.clear();
    store_.due(Queue::kWaiting, now, kSlice, found_);
    for (J* job : found_) move(*job, Queue::kReady);
    bool more = found_.size() == kSlice;
    while (!unblocking_.empty()) {
      found_.clear();
      store_.needing(unblocking_.back(), Queue::kBlocked, kSlice, found_);
      for (J* job : found_) move(*job, job->run_at_ns > now ? Queue::kWaiting : Queue::kReady);
      if (found_.size() == kSlice) return true;
      unblocking_.pop_back();
    }
    return more;
  }
  // The jobs that were blocked for want of this account are looked at again.
  void unblock(NameId account) {
    if (std::find(unblocking_.begin(), unblocking_.end(), account) == unblocking_.end()) {
      unblocking_.push_back(account);
    }
  }

 private:
  static constexpr std::size_t kSlice = 256;
  static constexpr std::uint32_t kMostPassedOver = 1000;  // of one claim; the next goes on from there

  // From the job it was spawned from: root, account, provider, URL. False where that does not exist.
  bool inherit(Job& job, const Body<crawlhub_job_add>& given, crawlhub_result& result) {
    const std::string_view parent_id = given.text(&crawlhub_job_add::spawned_from);
    if (parent_id.empty()) return true;
    const J* parent = store_.find(parent_id);
    if (parent == nullptr) {
      set_refused(result, CRAWLHUB_E_UNKNOWN_JOB, "the job that it was spawned from does not exist");
      return false;
    }
    job.spawned_from = parent_id;
    job.root = parent->root;
    job.root_row = parent->root_row;
    job.account = parent->account;
    job.provider = parent->provider;
    job.url = parent->url;
    return true;
  }

  void fill(Job& job, const crawlhub_op& op, const Body<crawlhub_job_add>& given) {
    const auto name = [&](NameId& to, crawlhub_text crawlhub_job_add::*field) {
      const std::string_view text = given.text(field);
      if (!text.empty()) to = model_.names.intern(text);
    };
    const auto text = [&](std::string& to, crawlhub_text crawlhub_job_add::*field) {
      to = given.text(field);
    };
    job.id = view(op.key);
    if (job.root.empty()) job.root = job.id;
    name(job.entity_type, &crawlhub_job_add::entity_type);
    name(job.account, &crawlhub_job_add::account);
    name(job.provider, &crawlhub_job_add::provider);
    name(job.url, &crawlhub_job_add::url);
    text(job.entity_id, &crawlhub_job_add::entity_id);
    text(job.unique_key, &crawlhub_job_add::unique_key);
    text(job.gitlab_id, &crawlhub_job_add::gitlab_id);
    text(job.name, &crawlhub_job_add::name);
    text(job.command, &crawlhub_job_add::command);
    text(job.data, &crawlhub_job_add::data);
    job.priority = given->priority;
    job.created_ns = given->now_ns;
    job.run_at_ns = given->run_at_ns == 0 ? given->now_ns : given->run_at_ns;
    job.queue = job.run_at_ns > given->now_ns ? Queue::kWaiting : Queue::kReady;
    job.group = model_.counters.group(job.account, job.entity_type);
  }

  void read_filter(std::string_view types) {
    filter_.all = types.empty();
    filter_.types.clear();
    while (!types.empty()) {
      const std::size_t end = types.find('\n');
      if (const auto known = model_.names.find(types.substr(0, end)); known && *known != 0) {
        filter_.types.push_back(*known);
      }
      if (end == std::string_view::npos) break;
      types.remove_prefix(end + 1);
    }
  }

  void lease(J& job, const Body<crawlhub_job_claim>& claim) {
    const JobPlace before = job.place();
    const crawlhub_job_facts facts = transitions_.facts_of(job);
    const crawlhub_job_decision d = crawlhub_job_hand_out(&facts);
    job.attempts = d.attempts;
    job.lease.end = d.lease_end;
    ++job.lease.number;
    job.lease.connection = claim->connection;
    job.lease.hub = model_.names.intern(claim.text(&crawlhub_job_claim::hub));
    job.lease.incarnation = model_.names.intern(claim.text(&crawlhub_job_claim::incarnation));
    job.lease.crawler = model_.names.intern(claim.text(&crawlhub_job_claim::crawler));
    Transitions<Store>::enter(job, d.state, false, claim->now_ns);
    model_.counters.moved(job.group, before.state, job.state);
    store_.changed(job, before);
    claimed_.push_back(&job);
  }
  void block(J& job) {
    move(job, Queue::kBlocked);
    ++blocked_;
    blocked_job_ = job.id;
  }
  void move(J& job, Queue queue) {
    const JobPlace before = job.place();
    job.queue = queue;
    store_.changed(job, before);
  }

  void write(crawlhub_result& result) {
    std::size_t size = sizeof(crawlhub_claimed);
    for (const J* job : claimed_) size += model_.writer.measure(*job, true);
    const std::size_t whole = size + blocked_job_.size();
    char* at = model_.arena.allocate(whole);
    crawlhub_claimed head{};
    head.struct_size = sizeof head;
    head.count = static_cast<std::uint32_t>(claimed_.size());
    head.blocked = blocked_;
    if (blocked_ != 0) {
      head.blocked_job = {static_cast<std::uint32_t>(size), static_cast<std::uint32_t>(blocked_job_.size())};
      std::memcpy(at + size, blocked_job_.data(), blocked_job_.size());
    }
    std::memcpy(at, &head, sizeof head);
    std::size_t offset = sizeof head;
    for (const J* job : claimed_) {
      const std::size_t part = model_.writer.measure(*job, true);
      model_.writer.write(at + offset, part, *job);
      reinterpret_cast<crawlhub_job*>(at + offset)->state_before = CRAWLHUB_JOB_QUEUED;
      offset += part;
    }
    set_ok(result, claimed_.size());
    result.body = at;
    result.body_size = static_cast<std::uint32_t>(whole);
  }

  Store& store_;
  Model& model_;
  Transitions<Store>& transitions_;
  TypeFilter filter_;
  std::vector<J*> found_, claimed_;
  std::vector<NameId> unblocking_;
  std::uint32_t blocked_ = 0;
  std::string blocked_job_, existing_;
};

}  // namespace crawlhub::storage_model
