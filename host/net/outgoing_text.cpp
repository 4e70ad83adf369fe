#include "host/net/outgoing_text.hpp"

#include "host/core/json_text.hpp"
#include "host/errors/catalogue.hpp"

namespace crawlhub {

void append_message(std::string& out, std::string_view type, std::string_view timestamp,
                    std::string_view job_member, std::string_view job_id, std::string_view data) {
  JsonWriter json(out);
  json.begin_object().field("type", type).field("timestamp", timestamp);
  if (!job_id.empty()) json.field(job_member, job_id);
  json.raw_field("data", data).end_object();
  out += '\n';
}

void escape_braces_in_strings(std::string& out, std::size_t from) {
  bool in_string = false;
  std::string escaped;
  for (std::size_t i = from; i < out.size(); ++i) {
    const char c = out[i];
    if (in_string && c == '\\') {
      escaped += c;
      escaped += out[++i];
      continue;
    }
    if (c == '"') in_string = !in_string;
    if (in_string && c == '{') {
      escaped += "\\u007b";
    } else if (in_string && c == '}') {
      escaped += "\\u007d";
    } else {
      escaped += c;
    }
  }
  out.replace(from, std::string::npos, escaped);
}

void append_ack(std::string& out, std::string_view timestamp, std::uint64_t seq,
                const std::vector<Inflight::Rejected>& rejected) {
  JsonWriter json(out);
  json.begin_object().field("type", "ack").field("timestamp", timestamp);
  json.key("data").begin_object().field("seq", seq);
  if (!rejected.empty()) {
    json.key("rejected").begin_array();
    for (const Inflight::Rejected& one : rejected) {
      const CatalogueEntry& entry = catalogue_entry(one.code);
      json.begin_object().field("seq", one.seq).field("code", entry.wire).field("error", one.text);
      json.field("retry", entry.retry).end_object();
    }
    json.end_array();
  }
  json.end_object().end_object();
  out += '\n';
}

void append_error(std::string& out, std::string_view timestamp, std::int32_t code, std::string_view text,
                  std::uint64_t seq) {
  const CatalogueEntry& entry = catalogue_entry(code);
  JsonWriter json(out);
  json.begin_object().field("type", "error").field("timestamp", timestamp).key("data").begin_object();
  json.field("category", category_name(entry.category))
      .field("severity", severity_name(entry.severity))
      .field("code", entry.wire);
  json.field("error", text);
  if (seq != 0) json.field("seq", seq);
  json.end_object().end_object();
  out += '\n';
}

}  // namespace crawlhub
