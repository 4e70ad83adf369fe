// notifier-log: tells of errors past the threshold, and of their end, in the log.
#include <algorithm>
#include <iterator>

#include <crawlhub/notifier.hpp>

namespace crawlhub::notifier_log {
namespace {

struct Entry {
  std::int32_t number;
  std::int32_t category;
  std::string_view code, what_to_do;
};

#define CRAWLHUB_ENTRY(number, NAME, wire, category, severity, retry, text, advice) \
  {number, CRAWLHUB_CATEGORY_##category, #wire, advice},
constexpr Entry kCatalogue[] = {CRAWLHUB_ERRORS(CRAWLHUB_ENTRY)};
#undef CRAWLHUB_ENTRY
#define CRAWLHUB_SEVERITY(number, NAME, wire) #wire,
constexpr std::string_view kSeverities[] = {"unknown", CRAWLHUB_SEVERITIES(CRAWLHUB_SEVERITY)};
#undef CRAWLHUB_SEVERITY
#define CRAWLHUB_CATEGORY(number, NAME, wire) #wire,
constexpr std::string_view kCategories[] = {"unknown", CRAWLHUB_CATEGORIES(CRAWLHUB_CATEGORY)};
#undef CRAWLHUB_CATEGORY

const Entry& entry_of(std::int32_t code) {
  static constexpr Entry kUnknown{0, 0, "unknown", ""};
  const auto found = std::find_if(std::begin(kCatalogue), std::end(kCatalogue),
                                  [code](const Entry& entry) { return entry.number == code; });
  return found == std::end(kCatalogue) ? kUnknown : *found;
}

std::string_view severity_name(std::int32_t severity) {
  const bool known = severity > 0 && static_cast<std::size_t>(severity) < std::size(kSeverities);
  return kSeverities[known ? static_cast<std::size_t>(severity) : 0];
}

void append_id(std::string& out, std::string_view name, std::string_view id) {
  if (!id.empty()) ((out += name) += id);
}

std::string ids_of(const Notice& notice) {
  std::string out;
  append_id(out, " connection=", notice.connection());
  append_id(out, " job=", notice.job());
  append_id(out, " crawler=", notice.crawler());
  append_id(out, " account=", notice.account());
  return out;
}

class NotifierLog final : public Notifier {
 public:
  using Notifier::Notifier;

  Outcome notify(const Notice& notice) override {
    const Entry& entry = entry_of(notice.code());
    if (notice.recovered()) {
      host().info("recovered: ", entry.code, " (", kCategories[static_cast<std::size_t>(entry.category)],
                  "): ", notice.message());
      return Outcome::kOk;
    }
    const bool grave = notice.severity() >= CRAWLHUB_SEVERITY_HIGH;
    host().log(grave ? CRAWLHUB_LOG_ERROR : CRAWLHUB_LOG_WARN, "notice: ", severity_name(notice.severity()),
               " ", entry.code, " (", kCategories[static_cast<std::size_t>(entry.category)], "), ",
               notice.count(), notice.count() == 1 ? " time" : " times", " within ", seconds(notice),
               " s: ", notice.message(), ids_of(notice), entry.what_to_do.empty() ? "" : ". ",
               entry.what_to_do);
    return Outcome::kOk;
  }

 private:
  static std::int64_t seconds(const Notice& notice) {
    return std::max<std::int64_t>(0, notice.last_ns() - notice.first_ns()) / 1'000'000'000;
  }
};

}  // namespace
}  // namespace crawlhub::notifier_log

CRAWLHUB_PLUGIN(crawlhub::notifier_log::NotifierLog, .name = "notifier-log", .version = "1.0.0",
                .summary = "Tells of errors past the threshold in the log.", .flags = CRAWLHUB_MAY_UNLOAD)
