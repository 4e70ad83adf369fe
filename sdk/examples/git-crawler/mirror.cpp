#include "mirror.hpp"

#include <algorithm>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <crawlhub/client/socket.hpp>

#include "git.hpp"

namespace crawlhub::git_crawler {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kSpec = "+refs/*:refs/*";

/// What libgit2's callbacks need.
struct Fetching {
  const MirrorOptions& options;
  int asked_for_credentials = 0;
  unsigned last_percent = 101;
};

int on_credentials(git_credential** out, const char*, const char* user, unsigned allowed, void* payload) {
  auto& fetching = *static_cast<Fetching*>(payload);
  // Asked again means that what we gave was not taken.
  if (++fetching.asked_for_credentials > 2) return GIT_EAUTH;
  if ((allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT) != 0 && !fetching.options.token.empty()) {
    return git_credential_userpass_plaintext_new(out, "oauth2", fetching.options.token.c_str());
  }
  if ((allowed & GIT_CREDENTIAL_SSH_KEY) != 0)
    return git_credential_ssh_key_from_agent(out, user ? user : "git");
  if ((allowed & GIT_CREDENTIAL_USERNAME) != 0) return git_credential_username_new(out, user ? user : "git");
  return GIT_EAUTH;
}

int on_transfer(const git_indexer_progress* progress, void* payload) {
  auto& fetching = *static_cast<Fetching*>(payload);
  const auto total = std::max(progress->total_objects, 1u);
  const unsigned percent = static_cast<unsigned>(std::uint64_t{progress->received_objects} * 100 / total);
  if (percent == fetching.last_percent) return 0;
  fetching.last_percent = percent;
  return fetching.options.on_step("fetching objects: " + std::to_string(percent) + "%") ? 0 : GIT_EUSER;
}

Problem fetch_problem(int code, const std::string& url) {
  if (code == GIT_EUSER) return {"stopped", "stopped", true};
  if (code == GIT_EAUTH) return git::problem("authentication", "not allowed to read " + url, true);
  if (code == GIT_ENOTFOUND) return git::problem("repository_not_found", "cannot fetch " + url, false);
  return git::problem("network", "cannot fetch " + url, true);
}

/// HEAD follows the remote's, so that the default branch is known.
void follow_head(git_repository* mirror, git_remote* remote) {
  git_buf branch{};
  if (git_remote_default_branch(&branch, remote) == 0) git_repository_set_head(mirror, branch.ptr);
  git_buf_dispose(&branch);
}

Result<Done> fetch(const fs::path& folder, const std::string& url, const MirrorOptions& options) {
  git_repository* raw = nullptr;
  if (git_repository_init(&raw, folder.c_str(), 1) != 0)
    return git::problem("io", "cannot make a mirror", true);
  const git::RepositoryHandle mirror(raw);
  git_remote* connected = nullptr;
  if (git_remote_create_anonymous(&connected, raw, url.c_str()) != 0) {
    return git::problem("configuration", "cannot use " + url, false);
  }
  const git::RemoteHandle remote(connected);
  Fetching fetching{options};
  git_fetch_options how = GIT_FETCH_OPTIONS_INIT;
  how.callbacks.credentials = on_credentials;
  how.callbacks.transfer_progress = on_transfer;
  how.callbacks.payload = &fetching;
  how.prune = GIT_FETCH_PRUNE;
  how.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;  // the spec has them
  std::string spec(kSpec);
  char* specs[] = {spec.data()};
  const git_strarray list{specs, 1};
  if (const int code = git_remote_fetch(remote.get(), &list, &how, "fetch"); code != 0)
    return fetch_problem(code, url);
  follow_head(raw, remote.get());
  return Done{};
}

bool is_fresh(const fs::path& stamp, std::chrono::seconds fresh_for) {
  std::error_code never;
  const auto when = fs::last_write_time(stamp, never);
  return !never && fs::file_time_type::clock::now() - when < fresh_for;
}

fs::path folder_for(const Place& place, const fs::path& cache) {
  std::string name = place.url.substr(place.url.find("://") + 3);
  std::replace(name.begin(), name.end(), ':', '_');
  return cache / name;
}

}  // namespace

Result<fs::path> update_mirror(const Place& place, const MirrorOptions& options) {
  const auto folder = folder_for(place, options.cache);
  const fs::path lock = folder.string() + ".lock";
  const fs::path stamp = folder.string() + ".fetched";
  std::error_code error;
  fs::create_directories(folder.parent_path(), error);
  const client::Socket file(::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file) return Problem{"io", "cannot open " + lock.string() + ": " + std::strerror(errno), true};
  // The lock dies with its holder; a blocking flock could not be stopped.
  while (::flock(file.fd(), LOCK_EX | LOCK_NB) != 0) {
    if (!options.wait_a_moment()) return Problem{"stopped", "stopped", true};
  }
  if (is_fresh(stamp, options.fresh_for)) return folder;
  if (auto fetched = fetch(folder, place.url, options); !fetched) return fetched.failure();
  const client::Socket touched(::open(stamp.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (touched) ::futimens(touched.fd(), nullptr);
  return folder;
}

}  // namespace crawlhub::git_crawler
