#include "git.hpp"

#include <algorithm>

namespace crawlhub::git_crawler::git {

using client::Json;
namespace fs = std::filesystem;

Library::Library() {
  git_libgit2_init();
  git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
  // Hashing each object again doubles the time of a walk; git's own walk does not either.
  git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
}

Library::~Library() {
  git_libgit2_shutdown();
}

Problem problem(const std::string& type, const std::string& what, bool recoverable) {
  const git_error* error = git_error_last();
  return {type, what + ": " + (error != nullptr ? error->message : "unknown error"), recoverable};
}

std::string text_of(const git_oid& id) {
  char text[GIT_OID_HEXSZ + 1];
  return git_oid_tostr(text, sizeof text, &id);
}

bool is_repository(const fs::path& folder) {
  std::error_code ignored;
  if (fs::exists(folder / ".git", ignored)) return true;
  return fs::is_regular_file(folder / "HEAD", ignored) && fs::is_directory(folder / "objects", ignored) &&
         fs::is_directory(folder / "refs", ignored);
}

Result<Repository> Repository::open(const fs::path& folder) {
  git_repository* raw = nullptr;
  const int code = git_repository_open_ext(&raw, folder.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
  if (code == 0) return Repository(RepositoryHandle(raw));
  if (code == GIT_ENOTFOUND)
    return Problem{"repository_not_found", "no git repository at " + folder.string(), false};
  return problem("repository_unreadable", "cannot open the repository at " + folder.string(), true);
}

Result<std::vector<Repository::Ref>> Repository::refs(const std::string& prefix) const {
  git_reference_iterator* raw = nullptr;
  if (git_reference_iterator_new(&raw, handle_.get()) != 0)
    return problem("git", "cannot list the references", true);
  const IteratorHandle iterator(raw);
  std::vector<Ref> found;
  git_reference* next = nullptr;
  int code = 0;
  while ((code = git_reference_next(&next, iterator.get())) == 0) {
    const ReferenceHandle reference(next);
    const std::string name = git_reference_name(next);
    if (!name.starts_with(prefix)) continue;
    Ref ref{name.substr(prefix.size()), {}};
    git_reference* resolved = nullptr;
    if (git_reference_resolve(&resolved, next) != 0)
      continue;  // a symbolic one that leads nowhere: git leaves it out
    const ReferenceHandle owner(resolved);
    git_oid_cpy(&ref.target, git_reference_target(resolved));
    found.push_back(std::move(ref));
  }
  if (code != GIT_ITEROVER) return problem("git", "cannot list the references", true);
  std::sort(found.begin(), found.end(), [](const Ref& a, const Ref& b) { return a.name < b.name; });
  return found;
}

std::string Repository::default_branch() const {
  git_reference* raw = nullptr;
  if (git_reference_lookup(&raw, handle_.get(), "HEAD") != 0) return {};
  const ReferenceHandle head(raw);
  const char* target = git_reference_symbolic_target(raw);
  const std::string name = target != nullptr ? target : "";
  return name.starts_with("refs/heads/") ? name.substr(11) : std::string();
}

Json Repository::facts() const {
  Json facts;
  git_oid head;
  const bool born = git_reference_name_to_id(&head, handle_.get(), "HEAD") == 0;
  facts["default_branch"] = default_branch();
  facts["head"] = born ? Json(text_of(head)) : Json(nullptr);
  facts["empty"] = git_repository_is_empty(handle_.get()) == 1;
  facts["bare"] = git_repository_is_bare(handle_.get()) == 1;
  facts["shallow"] = git_repository_is_shallow(handle_.get()) == 1;
  std::uint64_t size = 0;
  std::error_code ignored;
  for (fs::recursive_directory_iterator at(git_repository_commondir(handle_.get()), ignored), end; at != end;
       at.increment(ignored)) {
    std::error_code gone;
    if (!at->is_regular_file(gone)) continue;
    const auto bytes = at->file_size(gone);
    if (!gone) size += bytes;
  }
  facts["size_bytes"] = size;
  return facts;
}

}  // namespace crawlhub::git_crawler::git
