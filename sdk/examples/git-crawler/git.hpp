#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <git2.h>

#include <crawlhub/client/job.hpp>

#include "problem.hpp"

// libgit2, wrapped: owned handles, errors as values.
namespace crawlhub::git_crawler::git {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using RepositoryHandle = std::unique_ptr<git_repository, Freer<git_repository_free>>;
using ReferenceHandle = std::unique_ptr<git_reference, Freer<git_reference_free>>;
using IteratorHandle = std::unique_ptr<git_reference_iterator, Freer<git_reference_iterator_free>>;
using ObjectHandle = std::unique_ptr<git_object, Freer<git_object_free>>;
using CommitHandle = std::unique_ptr<git_commit, Freer<git_commit_free>>;
using TagHandle = std::unique_ptr<git_tag, Freer<git_tag_free>>;
using RemoteHandle = std::unique_ptr<git_remote, Freer<git_remote_free>>;

/// libgit2 is up while one lives. Repositories of other users are read without complaint: nothing in them is
/// run.
class Library {
 public:
  Library();
  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
};

/// What libgit2 said last on this thread, after `what`.
Problem problem(const std::string& type, const std::string& what, bool recoverable);

/// The hexadecimal form.
std::string text_of(const git_oid& id);

/// True for a bare repository, or a folder with a work tree and its repository in `.git`.
bool is_repository(const std::filesystem::path& folder);

/// A repository's entities. Each job opens its own: not thread-safe.
class Repository {
 public:
  static Result<Repository> open(const std::filesystem::path& folder);

  struct Ref {
    std::string name;  ///< without refs/heads/ or refs/tags/
    git_oid target;    ///< the commit, or for an annotated tag the tag object
  };
  /// The references below a prefix as `refs/heads/`, sorted by name: those that git for-each-ref lists.
  Result<std::vector<Ref>> refs(const std::string& prefix) const;

  /// Every commit that `git rev-list --all` lists, newest first; equal times by id, so the order of one state
  /// of a repository is always the same. `on_step` hears the count now and then and stops the walk by false.
  Result<std::vector<git_oid>> commits(const std::function<bool(std::size_t)>& on_step) const;

  Result<client::Json> commit(const git_oid& id) const;
  client::Json branch(const Ref& ref) const;
  client::Json tag(const Ref& ref) const;
  /// Facts about the repository as a whole, but for the counts.
  client::Json facts() const;

 private:
  explicit Repository(RepositoryHandle handle) : handle_(std::move(handle)) {}
  std::vector<git_oid> tips() const;
  std::vector<git_oid> shallow_roots() const;
  std::string default_branch() const;

  RepositoryHandle handle_;
};

}  // namespace crawlhub::git_crawler::git
