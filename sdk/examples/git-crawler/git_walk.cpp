#include <cstring>
#include <fstream>
#include <queue>
#include <unordered_set>

#include "git.hpp"

namespace crawlhub::git_crawler::git {

namespace {

constexpr std::size_t kStep = 20'000;  // commits between two calls of on_step

struct HashOid {
  std::size_t operator()(const git_oid& id) const {
    std::size_t hash = 0;
    std::memcpy(&hash, id.id, sizeof hash);  // an id is a hash already
    return hash;
  }
};
struct SameOid {
  bool operator()(const git_oid& a, const git_oid& b) const { return git_oid_equal(&a, &b) != 0; }
};
using OidSet = std::unordered_set<git_oid, HashOid, SameOid>;

struct Candidate {
  git_time_t time;
  git_oid id;
  bool operator<(const Candidate& other) const {
    return time != other.time ? time < other.time : git_oid_cmp(&id, &other.id) < 0;
  }
};

}  // namespace

/// Where `git rev-list --all` starts: every reference, HEAD, and the HEAD of each further work tree. What
/// does not lead to a commit (a tag of a file, a branch not yet born) starts nothing.
std::vector<git_oid> Repository::tips() const {
  std::vector<git_oid> found;
  const auto add = [&](git_reference* reference) {
    git_object* commit = nullptr;
    if (git_reference_peel(&commit, reference, GIT_OBJECT_COMMIT) == 0)
      found.push_back(*git_object_id(commit));
    git_object_free(commit);
  };
  git_reference_iterator* raw = nullptr;
  if (git_reference_iterator_new(&raw, handle_.get()) == 0) {
    const IteratorHandle iterator(raw);
    for (git_reference* next = nullptr; git_reference_next(&next, iterator.get()) == 0;) {
      add(next);
      git_reference_free(next);
    }
  }
  git_reference* head = nullptr;
  if (git_repository_head(&head, handle_.get()) == 0) add(head);
  git_reference_free(head);
  git_strarray trees{};
  if (git_worktree_list(&trees, handle_.get()) != 0) return found;
  for (std::size_t i = 0; i < trees.count; ++i) {
    git_reference* other = nullptr;
    // Resolved already, and its own repository is closed when we get it: it cannot be peeled, its target can
    // be read.
    if (git_repository_head_for_worktree(&other, handle_.get(), trees.strings[i]) == 0) {
      found.push_back(*git_reference_target(other));
    }
    git_reference_free(other);
  }
  git_strarray_dispose(&trees);
  return found;
}

/// The commits at which a shallow clone was cut: their parents are not there.
std::vector<git_oid> Repository::shallow_roots() const {
  std::vector<git_oid> roots;
  std::ifstream file(std::string(git_repository_commondir(handle_.get())) + "shallow");
  for (std::string line; std::getline(file, line);) {
    git_oid id;
    if (git_oid_fromstr(&id, line.c_str()) == 0) roots.push_back(id);
  }
  return roots;
}

Result<std::vector<git_oid>> Repository::commits(const std::function<bool(std::size_t)>& on_step) const {
  OidSet seen;
  std::priority_queue<Candidate> open;
  const auto cut = shallow_roots();
  const OidSet roots(cut.begin(), cut.end());
  std::vector<git_oid> order;
  // A candidate is ordered by its own time, so it is looked at when found and its parents when taken.
  const auto find = [&](const git_oid& id) {
    if (!seen.insert(id).second) return true;
    git_commit* commit = nullptr;
    if (git_commit_lookup(&commit, handle_.get(), &id) != 0) return false;
    open.push({git_commit_time(commit), id});
    git_commit_free(commit);
    return true;
  };
  const auto unreadable = [](const git_oid& id) {
    return problem("repository_unreadable", "cannot read commit " + text_of(id), true);
  };
  for (const auto& tip : tips()) {
    if (!find(tip)) return unreadable(tip);
  }
  while (!open.empty()) {
    const git_oid id = open.top().id;
    open.pop();
    order.push_back(id);
    if (order.size() % kStep == 0 && !on_step(order.size())) return Problem{"stopped", "stopped", true};
    if (roots.contains(id)) continue;
    git_commit* raw = nullptr;
    if (git_commit_lookup(&raw, handle_.get(), &id) != 0) return unreadable(id);
    const CommitHandle commit(raw);
    for (unsigned n = 0; n < git_commit_parentcount(raw); ++n) {
      if (!find(*git_commit_parent_id(raw, n))) return unreadable(*git_commit_parent_id(raw, n));
    }
  }
  return order;
}

}  // namespace crawlhub::git_crawler::git
