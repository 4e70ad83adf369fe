#include <algorithm>
#include <ctime>
#include <string_view>

#include "git.hpp"

// How commits, branches and tags look in the output. "id" is always the first member: the output file finds
// its place by it (output_file.hpp).
namespace crawlhub::git_crawler::git {

using client::Json;

namespace {

/// ISO 8601 with the offset that the author's clock had.
std::string text_of(const git_time& when) {
  const std::time_t local = when.time + std::time_t{when.offset} * 60;
  std::tm parts{};
  ::gmtime_r(&local, &parts);
  char text[64];
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  const int minutes = std::abs(when.offset);
  char offset[16];
  std::snprintf(offset, sizeof offset, "%c%02d:%02d", when.offset < 0 ? '-' : '+', minutes / 60 % 100,
                minutes % 60);
  return std::string(text, size) + offset;
}

void add_person(Json& json, const char* role, const char* date, const git_signature* person) {
  if (person == nullptr) return;
  json[std::string(role) + "_name"] = person->name != nullptr ? person->name : "";
  json[std::string(role) + "_email"] = person->email != nullptr ? person->email : "";
  json[date] = text_of(person->when);
}

std::string text_or_empty(const char* text) {
  return text != nullptr ? text : "";
}

/// The commit that a reference leads to, through tags; nothing where it leads to a file or folder.
CommitHandle peel(git_repository* repository, const git_oid& target) {
  git_object* object = nullptr;
  if (git_object_lookup(&object, repository, &target, GIT_OBJECT_ANY) != 0) return nullptr;
  const ObjectHandle owner(object);
  git_object* commit = nullptr;
  if (git_object_peel(&commit, object, GIT_OBJECT_COMMIT) != 0) return nullptr;
  return CommitHandle(reinterpret_cast<git_commit*>(commit));
}

void add_commit(Json& json, git_commit* commit) {
  json["commit"] = git::text_of(*git_commit_id(commit));
  json["title"] = text_or_empty(git_commit_summary(commit));
  json["committed_date"] = text_of(git_commit_committer(commit)->when);
}

}  // namespace

Result<Json> Repository::commit(const git_oid& id) const {
  git_commit* raw = nullptr;
  if (git_commit_lookup(&raw, handle_.get(), &id) != 0) {
    return problem("repository_unreadable", "cannot read commit " + git::text_of(id), true);
  }
  const CommitHandle commit(raw);
  Json json;
  json["id"] = git::text_of(id);
  json["parent_ids"] = Json::array();
  for (unsigned n = 0; n < git_commit_parentcount(raw); ++n) {
    json["parent_ids"].push_back(git::text_of(*git_commit_parent_id(raw, n)));
  }
  json["tree"] = git::text_of(*git_commit_tree_id(raw));
  add_person(json, "author", "authored_date", git_commit_author(raw));
  add_person(json, "committer", "committed_date", git_commit_committer(raw));
  json["title"] = text_or_empty(git_commit_summary(raw));
  json["message"] = text_or_empty(git_commit_message(raw));
  return json;
}

Json Repository::branch(const Ref& ref) const {
  Json json;
  json["id"] = ref.name;
  json["default"] = ref.name == default_branch();
  if (const auto commit = peel(handle_.get(), ref.target)) {
    add_commit(json, commit.get());
  } else {
    json["commit"] = git::text_of(ref.target);
  }
  return json;
}

Json Repository::tag(const Ref& ref) const {
  Json json;
  json["id"] = ref.name;
  git_tag* raw = nullptr;
  const bool annotated = git_tag_lookup(&raw, handle_.get(), &ref.target) == 0;
  const TagHandle tag(raw);
  json["annotated"] = annotated;
  json["target"] = git::text_of(ref.target);
  if (annotated) {
    add_person(json, "tagger", "tagged_date", git_tag_tagger(raw));
    json["message"] = text_or_empty(git_tag_message(raw));
    json["target_type"] = git_object_type2string(git_tag_target_type(raw));
  }
  if (const auto commit = peel(handle_.get(), ref.target)) add_commit(json, commit.get());
  return json;
}

}  // namespace crawlhub::git_crawler::git
