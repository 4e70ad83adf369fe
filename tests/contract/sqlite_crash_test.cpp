// What storage-sqlite keeps when its process is killed, its disk is full, or the power fails.
#include <array>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include <catch2/catch.hpp>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <crawlhub/testing/storage_contract.hpp>

using namespace crawlhub;
using namespace crawlhub::testing;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kJobs = 40;

// What the child did, in memory that both see. A batch raises some jobs' progress; its number is written to
// `sent` before the commit, and to `told` after it.
struct Shared {
  struct Values {
    std::array<double, kJobs> processed;
    std::array<std::uint32_t, kJobs> finished;  // how often the job was finished and retried
    std::uint64_t jobs;                         // how many short jobs were added
  };
  Values told, sent;
};

class SharedMemory {
 public:
  SharedMemory()
      : at_(static_cast<Shared*>(
            mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {}
  ~SharedMemory() { munmap(at_, sizeof(Shared)); }
  Shared* operator->() { return at_; }

 private:
  Shared* at_;
};

std::string job_name(std::size_t job) {
  return "job-" + std::to_string(job);
}

void set_up(StorageDriver& driver) {
  driver.account("acc");
  for (std::size_t job = 0; job < kJobs; ++job) driver.add(job_name(job));
  for (const auto& job : driver.claim({}, kJobs)) driver.event(job.id, CRAWLHUB_EVENT_STARTED);
}

void progress_of(StorageDriver& driver, std::size_t job, double processed) {
  driver.eventing(job_name(job), CRAWLHUB_EVENT_PROGRESS, {}, [&](auto& event) {
    event->flags |= CRAWLHUB_HAS_PROCESSED;
    event->processed = processed;
    event.text(&crawlhub_job_event::message, std::string(200, 'm'));
  });
}

// Commits batches for ever: progress, and now and then jobs that are added. A byte is written for each batch
// told.
[[noreturn]] void load(const std::string& file, const std::string& config, const fs::path& folder,
                       Shared& shared, int pipe, std::uint32_t seed) {
  StorageDriver driver(file, config, folder);
  std::mt19937 random(seed);
  for (;;) {
    shared.sent = shared.told;
    const std::size_t size = 1 + random() % 30;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t job = random() % kJobs;
      progress_of(driver, job, ++shared.sent.processed[job]);
    }
    if (random() % 4 == 0) driver.adding("short-" + std::to_string(shared.sent.jobs++));
    for (const Told& told : driver.commit()) {
      if (told.status != CRAWLHUB_RESULT_OK) _exit(9);
    }
    shared.told = shared.sent;
    if (random() % 8 == 0) driver.settle();
    if (write(pipe, "x", 1) != 1) _exit(8);
  }
}

// Lets a child work until it has told so many batches, and kills it wherever it is then.
void kill_during_load(const char* config, const fs::path& folder, SharedMemory& shared, std::size_t batches,
                      std::uint32_t seed) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) load(STORAGE_SQLITE, config, folder, *shared.operator->(), ends[1], seed);
  close(ends[1]);
  char byte;
  for (std::size_t i = 0; i < batches; ++i) REQUIRE(read(ends[0], &byte, 1) == 1);
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  close(ends[0]);
  REQUIRE(WIFSIGNALED(status));
}

// What is there, where all that was told is, and nothing that was not sent. What was sent and not told may be
// there, in part or whole.
bool keeps(StorageDriver& driver, const Shared& shared, Shared::Values& seen) {
  seen = shared.told;
  for (std::size_t job = 0; job < kJobs; ++job) {
    const auto progress = driver.job(job_name(job))["progress"];
    seen.processed[job] = progress.is_null() ? 0 : progress["entities"][0]["total_processed"].get<double>();
    if (seen.processed[job] < shared.told.processed[job] || seen.processed[job] > shared.sent.processed[job])
      return false;
  }
  seen.jobs = driver.query(CRAWLHUB_QUERY_JOB_COUNTS)["queued"].get<std::uint64_t>();
  if (seen.jobs < shared.told.jobs || seen.jobs > shared.sent.jobs) return false;
  return seen.jobs == 0 || driver.status("short-" + std::to_string(seen.jobs - 1)) == "queued";
}

double sum(const Shared::Values& values) {
  double all = 0;
  for (const double processed : values.processed) all += processed;
  return all;
}

}  // namespace

TEST_CASE("storage-sqlite has everything that it told when it is killed") {
  const char* config = GENERATE(R"({"journal":1048576})", R"({"journal":1048576,"durability":"relaxed"})");
  const TemporaryDirectory folder;
  SharedMemory shared;
  {
    StorageDriver driver(STORAGE_SQLITE, config, folder.path());
    set_up(driver);
  }
  std::mt19937 random(4711);
  for (std::uint32_t round = 0; round < 20; ++round) {
    kill_during_load(config, folder.path(), shared, random() % 200, round);
    StorageDriver driver(STORAGE_SQLITE, config, folder.path());
    INFO("round " << round);
    Shared::Values seen{};
    REQUIRE(keeps(driver, *shared.operator->(), seen));
    shared->told = seen;
    REQUIRE(driver.query(CRAWLHUB_QUERY_ENTITY_COUNTS)["items"].value("issue", 0.0) == sum(shared->told));
  }
}

TEST_CASE("storage-sqlite drops a frame of the journal that is not whole, and keeps those before it") {
  const TemporaryDirectory folder;
  const TemporaryDirectory copy;
  {
    StorageDriver driver(STORAGE_SQLITE, R"({"journal":1048576})", folder.path());
    set_up(driver);
    for (int i = 1; i <= 5; ++i) driver.progress("job-0", i);
    fs::copy(folder.path(), copy.path(), fs::copy_options::recursive);  // as a crash would leave it
  }
  // Spoils the last byte that was written: it is in the newest frame.
  const fs::path journal = copy.path() / "crawlhub.db.journal.0";
  std::fstream file(journal, std::ios::in | std::ios::out | std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const std::size_t last = bytes.find_last_not_of('\0');
  REQUIRE(last != std::string::npos);
  file.seekp(static_cast<std::streamoff>(last));
  file.put(static_cast<char>(bytes[last] ^ 1));
  file.close();

  StorageDriver driver(STORAGE_SQLITE, R"({"journal":1048576})", copy.path());
  CHECK(driver.job("job-0")["progress"]["entities"][0]["total_processed"] == 4);
  CHECK(driver.progress("job-0", 9).status == CRAWLHUB_RESULT_OK);
}

TEST_CASE("storage-sqlite does transitions again that a power loss took from the tables") {
  const TemporaryDirectory folder;
  const TemporaryDirectory lost;
  nlohmann::json before;
  {
    StorageDriver driver(STORAGE_SQLITE, R"({"journal":16777216})", folder.path());
    driver.account("acc");
    driver.add("job-0");
    // From here on nothing reaches the disk but the journal.
    fs::copy(folder.path() / "crawlhub.db", lost.path() / "crawlhub.db");
    fs::copy(folder.path() / "crawlhub.db-wal", lost.path() / "crawlhub.db-wal");
    driver.account("second", "token");
    records::area(driver, "a/b", "1", "group", "second");
    for (int i = 1; i < 9; ++i) driver.add("job-" + std::to_string(i), i % 2 == 0 ? "issue" : "commit", i);
    for (const auto& job : driver.claim({}, 6)) driver.progress(job.id, 3, 10);
    driver.event("job-8", CRAWLHUB_EVENT_COMPLETED, {}, [](auto& event) {
      event.text(&crawlhub_job_event::detail, std::string_view(R"({"finalCounts":{"issue":12}})"));
    });
    driver.event("job-7", CRAWLHUB_EVENT_FAILED);
    driver.progress("job-6", 4);
    driver.command("job-5", CRAWLHUB_EVENT_PAUSE);
    driver.commit();
    for (const char* part : {"crawlhub.db.journal.0", "crawlhub.db.journal.1"}) {
      fs::copy(folder.path() / part, lost.path() / part);
    }
    before = restart::all_of(driver);
  }
  StorageDriver driver(STORAGE_SQLITE, R"({"journal":16777216})", lost.path());
  REQUIRE_NOTHROW(demand_equal(restart::all_of(driver), before, "what queries answer"));
  driver.restart();
  REQUIRE_NOTHROW(demand_equal(restart::all_of(driver), before, "what queries answer after another start"));
  CHECK(driver.progress("job-6", 5).status == CRAWLHUB_RESULT_OK);
  CHECK(driver.add("job-9").status == CRAWLHUB_RESULT_OK);
}

namespace {

// Runs work in a process of its own; what it demands and does not get makes that fail.
template <class Work>
int in_a_child(Work work) {
  const pid_t child = fork();
  if (child == 0) {
    try {
      work();
      _exit(0);
    } catch (const std::exception& error) {
      static_cast<void>(write(STDERR_FILENO, error.what(), std::strlen(error.what())) == 0);
      _exit(1);
    }
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

// The size that no file may pass, for this process and from now on.
void limit_files(rlim_t bytes) {
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  setrlimit(RLIMIT_FSIZE, &limit);
}

}  // namespace

TEST_CASE("storage-sqlite loses nothing when the disk is full, and goes on when it is not") {
  const TemporaryDirectory folder;
  const int result = in_a_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    StorageDriver driver(STORAGE_SQLITE, R"({"journal":1048576})", folder.path());
    set_up(driver);
    driver.progress("job-0", 7);
    limit_files(1 << 20);
    int added = 0;
    Told told;
    for (int batch = 0; batch < 1000; ++batch) {
      for (int i = 0; i < 20; ++i) {
        driver.adding("more-" + std::to_string(batch * 20 + i))
            .text(&crawlhub_job_add::data, std::string(2000, 'd'));
      }
      told = driver.commit().at(0);
      if (told.status != CRAWLHUB_RESULT_OK) break;
      added += 20;
    }
    demand_same(told.status, CRAWLHUB_RESULT_FAILED, "a commit on a full disk");
    demand_same(told.code, CRAWLHUB_E_STORAGE_FAILED, "its code");
    demand(told.text.find("crawlhub.db") != std::string::npos, "its sentence names the file");
    demand_same(driver.query(CRAWLHUB_QUERY_JOB_COUNTS)["queued"], added, "jobs that are there");
    demand_same(driver.job("job-0")["progress"]["entities"][0]["total_processed"], 7, "progress from before");
    limit_files(RLIM_INFINITY);
    demand_same(driver.add("after").status, CRAWLHUB_RESULT_OK, "a commit when there is room again");
    demand_same(driver.progress("job-0", 8).status, CRAWLHUB_RESULT_OK, "and progress");
    driver.restart();
    demand_same(driver.query(CRAWLHUB_QUERY_JOB_COUNTS)["queued"], added + 1, "jobs after a restart");
    demand_same(driver.job("job-0")["progress"]["entities"][0]["total_processed"], 8,
                "progress after a restart");
  });
  REQUIRE(result == 0);
}
