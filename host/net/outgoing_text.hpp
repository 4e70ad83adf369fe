#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "host/net/inflight.hpp"

namespace crawlhub {

// One message as a line, newline included: type, timestamp, the job where there is one, data.
void append_message(std::string& out, std::string_view type, std::string_view timestamp,
                    std::string_view job_member, std::string_view job_id, std::string_view data);

// The same line for crawlers that said no hello: they count braces without regard to strings, so { and }
// inside strings become \u007b and \u007d.
void escape_braces_in_strings(std::string& out, std::size_t from);

void append_ack(std::string& out, std::string_view timestamp, std::uint64_t seq,
                const std::vector<Inflight::Rejected>& rejected);

// seq 0: none.
void append_error(std::string& out, std::string_view timestamp, std::int32_t code, std::string_view text,
                  std::uint64_t seq);

}  // namespace crawlhub
