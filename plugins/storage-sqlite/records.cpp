#include "records.hpp"

#include <array>

#include <crawlhub/storage_model/progress_json.hpp>

namespace crawlhub::storage_sqlite {

namespace {

using Event = crawlhub_job_event;

struct Number {
  std::uint32_t flag;
  double Event::*field;
};
constexpr Number kNumbers[] = {
    {CRAWLHUB_HAS_PROCESSED, &Event::processed}, {CRAWLHUB_HAS_TOTAL, &Event::total},
    {CRAWLHUB_HAS_PAGE, &Event::page},           {CRAWLHUB_HAS_ITEMS, &Event::items},
    {CRAWLHUB_HAS_RATE, &Event::rate},           {CRAWLHUB_HAS_REMAINING, &Event::remaining},
};
constexpr crawlhub_text Event::*kTexts[] = {&Event::stage,        &Event::entity_type, &Event::message,
                                            &Event::resume_state, &Event::item_counts, &Event::entities};

// Names and texts of a job in one order, for writing and for reading. visit(NameId or std::string field).
template <class J, class Visit>
void each_text(J& job, Visit visit) {
  visit(job.id);
  visit(job.lease.hub);
  visit(job.lease.incarnation);
  visit(job.lease.crawler);
  visit(job.entity_type);
  visit(job.account);
  visit(job.provider);
  visit(job.url);
  visit(job.root);
  visit(job.spawned_from);
  visit(job.entity_id);
  visit(job.unique_key);
  visit(job.gitlab_id);
  visit(job.name);
  visit(job.command);
  visit(job.data);
  visit(job.error);
  visit(job.error_type);
  visit(job.detail);
  visit(job.progress.resume_state);
}

template <class J, class Visit>
void each_number(J& job, Visit visit) {
  visit(job.row);
  visit(job.state);
  visit(job.former_state);
  visit(job.queue);
  visit(job.priority);
  visit(job.attempts);
  visit(job.lease.end);
  visit(job.lease.number);
  visit(job.lease.connection);
  visit(job.created_ns);
  visit(job.started_ns);
  visit(job.finished_ns);
  visit(job.run_at_ns);
  visit(job.root_row);
}

}  // namespace

void write_progress(FrameWriter& frame, const HotJob& job, const Body<Event>& event) {
  std::array<std::string_view, std::size(kTexts)> texts;
  ProgressHead head{job.row, job.lease.number, event->now_ns, event->flags, 0};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    texts[i] = event.text(kTexts[i]);
    if (!texts[i].empty()) head.texts |= 1u << i;
  }
  frame.begin(RecordKind::kProgress);
  frame.put(head);
  for (const Number& number : kNumbers) {
    if (head.flags & number.flag) frame.put((*event).*number.field);
  }
  for (const std::string_view text : texts) {
    if (!text.empty()) frame.put_text(text);
  }
  frame.end();
}

ProgressHead read_progress(RecordReader& record, std::vector<char>& flat) {
  const auto head = record.get<ProgressHead>();
  Event event{};
  event.struct_size = sizeof event;
  event.event = CRAWLHUB_EVENT_PROGRESS;
  event.flags = head.flags;
  event.now_ns = head.now_ns;
  for (const Number& number : kNumbers) {
    if (head.flags & number.flag) event.*number.field = record.get<double>();
  }
  flat.resize(sizeof event);
  for (std::size_t i = 0; i < std::size(kTexts); ++i) {
    if ((head.texts & (1u << i)) == 0) continue;
    const std::string_view text = record.get_text();
    event.*kTexts[i] = {static_cast<std::uint32_t>(flat.size()), static_cast<std::uint32_t>(text.size())};
    flat.insert(flat.end(), text.begin(), text.end());
  }
  std::memcpy(flat.data(), &event, sizeof event);
  return head;
}

void write_job(FrameWriter& frame, const HotJob& job, const Names& names) {
  frame.begin(RecordKind::kJob);
  each_number(job, [&](const auto& number) { frame.put(number); });
  each_text(job, [&](const auto& text) {
    if constexpr (std::is_same_v<decltype(text), const NameId&>) {
      frame.put_text(names.text(text));
    } else {
      frame.put_text(text);
    }
  });
  JsonText progress;
  store_progress(progress, job.progress, names);
  frame.put_text(progress);
  frame.end();
}

void read_job(RecordReader& record, HotJob& job, Names& names, std::string& progress) {
  each_number(job, [&](auto& number) { number = record.get<std::remove_reference_t<decltype(number)>>(); });
  each_text(job, [&](auto& text) {
    if constexpr (std::is_same_v<decltype(text), NameId&>) {
      text = names.intern(record.get_text());
    } else {
      text = record.get_text();
    }
  });
  progress = record.get_text();
}

void write_operation(FrameWriter& frame, const crawlhub_op& op) {
  frame.begin(RecordKind::kOperation);
  frame.put(op.kind);
  frame.put_text(view(op.key));
  frame.put_text({static_cast<const char*>(op.body), op.body_size});
  frame.end();
}

crawlhub_op read_operation(RecordReader& record, std::vector<std::uint64_t>& body) {
  crawlhub_op op{};
  op.struct_size = sizeof op;
  op.kind = record.get<std::uint32_t>();
  op.key = str(record.get_text());
  const std::string_view bytes = record.get_text();
  body.assign((bytes.size() + 7) / 8, 0);
  if (!bytes.empty()) std::memcpy(body.data(), bytes.data(), bytes.size());
  op.body = body.data();
  op.body_size = static_cast<std::uint32_t>(bytes.size());
  return op;
}

}  // namespace crawlhub::storage_sqlite
