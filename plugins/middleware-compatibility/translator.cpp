#include "translator.hpp"

#include <crawlhub/json_index.hpp>

#include "data.hpp"

namespace crawlhub::compatibility {
namespace {

Members extras(const crawlhub_message& message) {
  return Members(message.extras, message.extra_count, message.member_stride);
}

Members data(const crawlhub_message& message) {
  return Members(message.members, message.member_count, message.member_stride);
}

void write_envelope(const crawlhub_message& message, std::uint32_t spelling, JsonText& out) {
  out.field("type", view(message.type));
  if (message.timestamp.len != 0) out.field("timestamp", view(message.timestamp));
  const bool rename = (spelling & kOlderEnvelope) != 0;
  if (message.job_id.len != 0) {
    out.field("jobId", view(message.job_id));
  } else if (rename) {
    out.raw_field("jobId", extras(message).find("job_id").raw());
  }
  if ((message.flags & CRAWLHUB_MESSAGE_SEQ) != 0) out.field("seq", message.seq);
  if ((message.flags & CRAWLHUB_MESSAGE_LEASE) != 0) out.field("lease", message.lease);
  for (const Member extra : extras(message)) {
    const bool taken = extra.key() == "dialect" || (rename && extra.key() == "job_id");
    if (!taken && extra.present()) out.raw_field(extra.key(), extra.raw());
  }
  if ((spelling & kOlderData) != 0) out.field("dialect", "older");
}

}  // namespace

Translator::Translator() {
  std::vector<std::string_view> names;
  for (const OlderType& type : older_types()) {
    names.push_back(type.type);
    older_keys_.emplace_back(type.keys);
  }
  types_ = KeyTable(names);
}

std::uint32_t Translator::spelling(const crawlhub_message& message) const noexcept {
  std::uint32_t found = 0;
  if (message.extra_count != 0 && message.job_id.len == 0 && extras(message).find("job_id"))
    found = kOlderEnvelope;
  const int type = types_.find(view(message.type));
  if (type < 0) return found;
  const KeyTable& older = older_keys_[static_cast<std::size_t>(type)];
  std::uint32_t seen = 0;
  for (const Member member : data(message)) {
    const int at = older.find(member.key());
    // The newer dialect may well have a field "progress" of its own making; the older one's is a list.
    if (at < 0 || (member.key() == "progress" && !member.is(CRAWLHUB_JSON_ARRAY))) continue;
    const std::uint32_t bit = 1u << at;
    if ((seen & bit) != 0) return found;  // stands twice: left as it is, for the validation to refuse
    seen |= bit;
  }
  return seen == 0 ? found : found | kOlderData;
}

void Translator::translate(const crawlhub_message& message, std::uint32_t spelling, JsonText& out) const {
  out.begin_object();
  write_envelope(message, spelling, out);
  const int type = types_.find(view(message.type));
  if ((spelling & kOlderData) == 0 || type < 0) {
    out.raw_field("data", view(message.data));
  } else {
    out.key("data").begin_object();
    older_types()[static_cast<std::size_t>(type)].write(data(message), out);
    out.end_object();
  }
  out.end_object();
}

bool translate_answer(std::string_view type, std::string_view data, JsonText& out) {
  if (type != "token_refresh_response") return false;
  const JsonIndex fields(data);
  out.begin_object();
  for (const Member field : fields.members()) {
    std::string_view key = field.key();
    if (key == "accessToken") key = "access_token";
    if (key == "expiresAt") key = "expires_at";
    if (key == "refreshSuccessful") key = "refresh_successful";
    out.raw_field(key, field.raw());
  }
  out.end_object();
  return true;
}

}  // namespace crawlhub::compatibility
