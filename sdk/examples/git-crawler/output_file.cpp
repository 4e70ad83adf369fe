#include "output_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace crawlhub::git_crawler {

namespace fs = std::filesystem;
using client::Json;
using client::Socket;

namespace {

constexpr std::string_view kIdMember = "{\"id\":";

Problem io_problem(const std::string& what, const fs::path& path) {
  return {"io", what + " " + path.string() + ": " + std::strerror(errno), true};
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The quoted id at a line's start; empty where the line is not one of ours.
std::string_view id_of(std::string_view line) {
  if (!line.starts_with(kIdMember)) return {};
  line.remove_prefix(kIdMember.size());
  if (line.empty() || line.front() != '"') return {};
  for (std::size_t at = 1; at < line.size(); ++at) {
    if (line[at] == '\\') {
      ++at;
    } else if (line[at] == '"') {
      return line.substr(0, at + 1);
    }
  }
  return {};
}

struct Kept {
  std::vector<std::string> ids;
  std::uint64_t bytes = 0;
};

/// The whole lines up to the one that begins with `last`.
Kept read_kept(const fs::path& path, std::string_view last) {
  std::ifstream file(path, std::ios::binary);
  std::vector<std::string> ids;
  std::size_t count = 0;
  std::uint64_t bytes = 0;
  std::uint64_t at = 0;
  for (std::string line; std::getline(file, line);) {
    const auto id = id_of(line);
    if (file.eof() || id.empty()) break;  // torn, or not ours: nothing behind it counts
    at += line.size() + 1;
    ids.emplace_back(id);
    if (id != last) continue;
    count = ids.size();
    bytes = at;
  }
  ids.resize(count);
  return {std::move(ids), bytes};
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool copy_start(const fs::path& from, int to, std::uint64_t bytes) {
  std::ifstream file(from, std::ios::binary);
  std::vector<char> chunk(256 * 1024);
  while (bytes > 0) {
    file.read(chunk.data(), static_cast<std::streamsize>(std::min<std::uint64_t>(bytes, chunk.size())));
    const auto n = static_cast<std::size_t>(file.gcount());
    if (n == 0) {
      errno = EIO;
      return false;
    }
    if (!write_all(to, {chunk.data(), n})) return false;
    bytes -= n;
  }
  return true;
}

void remove_left_over(const fs::path& folder, const std::string& prefix) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().filename().string().starts_with(prefix)) fs::remove(entry.path(), ignored);
  }
}

bool sync_folder(const fs::path& folder) {
  const Socket fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd && ::fsync(fd.fd()) == 0;
}

}  // namespace

std::string OutputFile::raw_id(const std::string& id) {
  return dump(id);
}

Result<OutputFile> OutputFile::open(const fs::path& path, const std::optional<std::string>& last_id) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error)
    return Problem{"io", "cannot make " + path.parent_path().string() + ": " + error.message(), true};
  OutputFile file(path);
  if (auto kept = file.keep(last_id); !kept) return kept.failure();
  return file;
}

Result<Done> OutputFile::keep(const std::optional<std::string>& last_id) {
  const auto folder = path_.parent_path();
  // What a crawler left that was killed right here; one that is still at it fails in rename and tries again
  // later.
  const std::string prefix = "." + path_.filename().string() + ".";
  remove_left_over(folder, prefix);
  std::string name = (folder / (prefix + "XXXXXX")).string();
  file_ = Socket(::mkostemp(name.data(), O_CLOEXEC | O_APPEND));
  if (!file_) return io_problem("cannot make", name);
  ::fchmod(file_.fd(), 0644);
  if (last_id) {
    auto kept = read_kept(path_, raw_id(*last_id));
    if (!copy_start(path_, file_.fd(), kept.bytes)) return io_problem("cannot copy", path_);
    lines_ = kept.ids.size();
    if (lines_ > 0) last_id_ = *last_id;
    for (auto& id : kept.ids) kept_.insert(std::move(id));
  }
  if (::fsync(file_.fd()) != 0) return io_problem("cannot write", name);
  if (::rename(name.c_str(), path_.c_str()) != 0) return io_problem("cannot replace", path_);
  if (!sync_folder(folder)) return io_problem("cannot sync", folder);
  return Done{};
}

void OutputFile::append(const Json& entity) {
  page_.append(dump(entity)).push_back('\n');
  last_id_ = entity.front().get<std::string>();
  ++lines_;
}

Result<Done> OutputFile::sync() {
  if (!write_all(file_.fd(), page_) || ::fdatasync(file_.fd()) != 0) return io_problem("cannot write", path_);
  page_.clear();
  return Done{};
}

}  // namespace crawlhub::git_crawler
