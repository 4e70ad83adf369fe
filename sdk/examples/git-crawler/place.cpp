#include "place.hpp"

#include <algorithm>
#include <cctype>

#include <git2.h>

#include "git.hpp"

namespace crawlhub::git_crawler {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kGraphqlPath = "/api/graphql";  // the hub appends it for its gitlab providers

Problem bad_url(const std::string& url, const std::string& expected) {
  return {"configuration", "account URL \"" + url + "\": expected " + expected, false};
}

std::string without_suffix(std::string text, std::string_view suffix) {
  if (text.ends_with(suffix)) text.resize(text.size() - suffix.size());
  return text;
}

std::string trim_slashes(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  text.erase(0, text.find_first_not_of('/'));
  return text;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string percent_decoded(const std::string& text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool coded = text[at] == '%' && at + 2 < text.size() && hex_digit(text[at + 1]) >= 0 &&
                       hex_digit(text[at + 2]) >= 0;
    plain.push_back(coded ? static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2]))
                          : text[at]);
    if (coded) at += 2;
  }
  return plain;
}

Result<Base> local_base(const std::string& url, std::string path) {
  if (path.starts_with("localhost/")) path.erase(0, 9);
  if (!path.starts_with('/')) return bad_url(url, "an absolute path: file:///path/of/folder");
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return Base{true, fs::path(path).lexically_normal(), {}, {}};
}

Result<Base> remote_base(const std::string& url, std::size_t host_begin, char separator) {
  const auto end = url.find(separator, host_begin);
  const std::string host = url.substr(0, end);
  if (host.size() == host_begin) return bad_url(url, "a host name after the scheme");
  std::string path = end == std::string::npos ? "" : trim_slashes(url.substr(end + 1));
  path = without_suffix(path, ".git");
  if (!path.empty() && !is_safe_path(path))
    return bad_url(url, "a path without empty parts, \".\" and \"..\"");
  return Base{false, {}, separator == ':' ? "ssh://" + host : host, path};
}

Result<Place> local_place(const Base& base, const std::string& name) {
  for (const auto& folder : {base.folder / name, base.folder / (name + ".git")}) {
    if (git::is_repository(folder)) return Place{name, folder, {}};
  }
  const bool is_itself = without_suffix(base.folder.filename().string(), ".git") == name;
  if (is_itself && git::is_repository(base.folder)) return Place{name, base.folder, {}};
  return Problem{"repository_not_found", "no git repository " + name + " below " + base.folder.string(),
                 false};
}

Place remote_place(const Base& base, const std::string& name) {
  const bool is_itself = base.path == name || base.path.ends_with("/" + name);
  std::string path = is_itself || base.path.empty() ? name : base.path + "/" + name;
  if (is_itself) path = base.path;
  return Place{name, {}, base.host + "/" + without_suffix(path, ".git") + ".git"};
}

}  // namespace

Result<Base> parse_base(std::string url) {
  const std::string given = url;
  if (url.ends_with(kGraphqlPath)) url.resize(url.size() - kGraphqlPath.size());
  if (url.starts_with("file://")) return local_base(given, percent_decoded(url.substr(7)));
  if (url.starts_with("/")) return local_base(given, url);
  for (const std::string_view scheme : {"https://", "http://", "ssh://", "git://"}) {
    if (url.starts_with(scheme)) return remote_base(url, scheme.size(), '/');
  }
  const auto colon = url.find(':');
  const bool scp_like = colon != std::string::npos && colon > 0 && url.find('/') > colon;
  if (scp_like && url.find('@') < colon) return remote_base(url, 0, ':');
  return bad_url(given, "file:///folder, https://, http://, ssh://, git:// or git@host:path");
}

Result<Place> place_of(const client::Job& job) {
  auto base = parse_base(job.gitlab_url);
  if (!base) return base.failure();
  const std::string name = without_suffix(trim_slashes(job.entity_id), ".git");
  // The name with .git is tried as well: it is how the repository is called that has a neighbour without.
  if (!is_safe_path(name)) {
    return Problem{"invalid_job", "entity id \"" + job.entity_id + "\": expected a path such as group/repo",
                   false};
  }
  if (!base->local) return remote_place(*base, name);
  if (const auto exact = trim_slashes(job.entity_id); exact != name) {
    if (auto place = local_place(*base, exact)) return place;
  }
  return local_place(*base, name);
}

std::string stable_id(const Base& base, const std::string& place_name) {
  const std::string text = (base.local ? "file://" + base.folder.string() : base.host) + "/" + place_name;
  git_oid hash;
  git_odb_hash(&hash, text.data(), text.size(), GIT_OBJECT_BLOB);
  std::uint64_t number = 0;
  for (int byte = 0; byte < 7; ++byte) number = number << 8 | hash.id[byte];
  return std::to_string(number >> 4);
}

bool is_safe_path(std::string_view path) {
  if (path.empty() || path.find('\0') != std::string_view::npos) return false;
  for (const auto& part : split(path, '/')) {
    if (part.empty() || part == "." || part == "..") return false;
  }
  return true;
}

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (true) {
    const auto end = text.find(at);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace crawlhub::git_crawler
