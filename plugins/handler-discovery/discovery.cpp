#include "discovery.hpp"

namespace crawlhub::discovery {

Discovery::Discovery(const Message& message, std::string_view list, std::string_view entity_type)
    : connection_id_(message.connection().id()),
      said_hello_(message.connection().said_hello()),
      list_(list),
      job_(message.job_id()),
      connection_(message.connection().name()),
      crawler_(message.connection().crawler_id()),
      summary_(message.data().find("discovery_summary").raw()),
      entity_type_(entity_type),
      walk_(list_) {}

void Discovery::next_slice(Scratch& scratch, const DataTypes& data_types, std::int64_t now_ns) {
  made_.clear();
  JobEntry job;
  EntityEntry entity;
  for (std::size_t looked = 0; made_.size() < kSlice && looked < kSliceEntries; ++looked, ++tally_.entries) {
    if (!walk_.next()) {
      done_ = true;
      return;
    }
    const Fault fault =
        of_jobs() ? scratch.reader.read(walk_.member(), job) : scratch.reader.read(walk_.member(), entity);
    if (!fault.empty()) {
      drop(tally_.entries, fault);
    } else if (of_jobs()) {
      add(scratch, job, data_types, now_ns);
    } else {
      add(scratch, entity, now_ns);
    }
  }
}

void Discovery::add(Scratch& scratch, const JobEntry& entry, const DataTypes& data_types,
                    std::int64_t now_ns) {
  add_area(scratch, entry.id, entry.area_type, entry.path, entry.name, {}, now_ns);
  add_job(scratch, entry, entry.entity_type, now_ns);
  if (entry.job_type == "crawl_project") {
    for (const std::string& type : data_types.project) add_job(scratch, entry, type, now_ns);
  } else if (entry.job_type == "crawl_group") {
    for (const std::string& type : data_types.group) add_job(scratch, entry, type, now_ns);
  }
}

void Discovery::add(Scratch& scratch, const EntityEntry& entry, std::int64_t now_ns) {
  if (entity_type_ == "group" || entity_type_ == "project") {
    add_area(scratch, entry.id, entity_type_, entry.path, entry.name, entry.parent_id, now_ns);
    return;
  }
  using Put = crawlhub_entity_put;
  const auto op = scratch.ops.add<Put>(CRAWLHUB_OP_ENTITY_PUT, op_flags(), entry.id);
  op->now_ns = now_ns;
  op.text(&Put::entity_type, entity_type_).text(&Put::name, entry.name).text(&Put::path, entry.path);
  op.text(&Put::parent_id, entry.parent_id).text(&Put::job, job_);
  made(CRAWLHUB_OP_ENTITY_PUT);
}

void Discovery::add_job(Scratch& scratch, const JobEntry& entry, std::string_view entity_type,
                        std::int64_t now_ns) {
  using Add = crawlhub_job_add;
  const auto op = scratch.ops.add<Add>(CRAWLHUB_OP_JOB_ADD, op_flags(), scratch.ids.next(now_ns));
  op->priority = entry.priority;
  op->now_ns = now_ns;
  // Account, provider and URL are those of the job that found it.
  op.text(&Add::entity_type, entity_type).text(&Add::entity_id, entry.path).text(&Add::spawned_from, job_);
  op.text(&Add::unique_key, join(entity_type, ':', entry.path));
  op.text(&Add::gitlab_id, entry.id).text(&Add::name, entry.name).text(&Add::data, entry.size);
  made(CRAWLHUB_OP_JOB_ADD);
}

void Discovery::add_area(Scratch& scratch, std::string_view id, std::string_view type, std::string_view path,
                         std::string_view name, std::string_view parent, std::int64_t now_ns) {
  using Put = crawlhub_area_put;
  const auto op = scratch.ops.add<Put>(CRAWLHUB_OP_AREA_PUT, op_flags(), path);
  op->now_ns = now_ns;
  op.text(&Put::gitlab_id, id).text(&Put::type, type).text(&Put::name, name);
  op.text(&Put::parent_id, parent).text(&Put::job, job_);
  made(CRAWLHUB_OP_AREA_PUT);
}

void Discovery::drop(std::uint64_t entry, const Fault& fault) {
  ++tally_.dropped;
  if (faults_.size() < kFaults) faults_.push_back(join(list_name(), '[', entry, ']', fault));
}

const crawlhub_result* Discovery::note(Results results, std::size_t first) {
  for (std::size_t i = 0; i < made_.size() && first + i < results.size(); ++i) {
    const crawlhub_result& result = results[first + i];
    if (result.status == CRAWLHUB_RESULT_FAILED || result.status == CRAWLHUB_RESULT_SKIPPED) return &result;
    if (!accepted(result)) {
      drop(made_[i].entry, join(": ", view(result.text)));
      continue;
    }
    const bool known = result.status == CRAWLHUB_RESULT_DUPLICATE;
    if (made_[i].kind == CRAWLHUB_OP_AREA_PUT) ++tally_.areas;
    if (made_[i].kind == CRAWLHUB_OP_ENTITY_PUT) ++tally_.entities;
    if (made_[i].kind == CRAWLHUB_OP_JOB_ADD) ++(known ? tally_.known_jobs : tally_.jobs);
  }
  return nullptr;
}

}  // namespace crawlhub::discovery
