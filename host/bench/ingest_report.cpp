#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>
#include <utility>

#include "host/bench/ingest.hpp"

namespace crawlhub::bench {

namespace {

using Json = nlohmann::ordered_json;

double rate(const IngestResult& result) {
  const Measurement& measured = result.measured;
  return measured.seconds > 0 ? static_cast<double>(measured.messages) / measured.seconds : 0;
}

// Name and microseconds.
std::array<std::pair<const char*, double>, 5> latencies(const Histogram& histogram) {
  const auto us = [](std::uint64_t ns) { return static_cast<double>(ns / 100) / 10; };
  return {{{"p50", us(histogram.quantile(0.5))},
           {"p90", us(histogram.quantile(0.9))},
           {"p99", us(histogram.quantile(0.99))},
           {"p99.9", us(histogram.quantile(0.999))},
           {"max", us(histogram.max())}}};
}

std::string with_commas(double number) {
  std::string digits = std::to_string(static_cast<std::uint64_t>(std::llround(number)));
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

void line(std::string& out, std::string_view name, const std::string& value) {
  out.append(name).append(name.size() < 14 ? 14 - name.size() : 1, ' ').append(value) += '\n';
}

std::string fixed(double number, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

}  // namespace

Json to_json(const IngestResult& result) {
  const Measurement& measured = result.measured;
  Json latency = Json::object();
  for (const auto& [name, us] : latencies(measured.latency)) latency[name] = us;
  Json json = {{"messages", measured.messages},
               {"seconds", measured.seconds},
               {"rate", std::round(rate(result))},
               {"latency_us", latency},
               {"rejected", measured.rejected},
               {"connections", result.options.connections},
               {"window", result.options.window},
               {"jobs", result.options.jobs},
               {"size", result.options.size},
               {"durability", result.durability},
               {"verified", {{"compared", result.verified.compared}, {"differ", result.verified.differ}}}};
  if (result.idle)
    json["idle"] = {{"connections", result.idle->connections},
                    {"bytes_each", std::round(result.idle->each())},
                    {"resident_before", result.idle->before},
                    {"resident_with", result.idle->with}};
  return json;
}

std::string to_text(const IngestResult& result) {
  const Measurement& measured = result.measured;
  std::string out;
  line(out, "durability", result.durability);
  line(out, "load",
       std::to_string(result.options.connections) + " connections, " + std::to_string(result.options.window) +
           " in flight each, " + with_commas(static_cast<double>(result.options.jobs)) + " jobs, " +
           std::to_string(result.options.size) + " bytes a message");
  line(
      out, "messages",
      with_commas(static_cast<double>(measured.messages)) + " acked in " + fixed(measured.seconds, 2) + " s");
  line(out, "rate", with_commas(rate(result)) + " messages/s");
  std::string latency;
  for (const auto& [name, us] : latencies(measured.latency))
    latency += std::string(name) + " " + (us < 100 ? fixed(us, 1) : with_commas(us)) + "  ";
  line(out, "latency (us)", latency);
  line(out, "refused",
       with_commas(static_cast<double>(measured.rejected)) +
           (measured.rejected == 0 ? "" : ": " + measured.first_rejected));
  line(out, "rows",
       std::to_string(result.verified.compared) + " compared, " + std::to_string(result.verified.differ) +
           " differ" + (result.verified.differ == 0 ? "" : ": " + result.verified.first));
  if (result.idle)
    line(out, "idle",
         with_commas(static_cast<double>(result.idle->connections)) + " connections, " +
             with_commas(result.idle->each()) + " bytes each");
  return out;
}

}  // namespace crawlhub::bench
