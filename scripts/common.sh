# Shared by the other scripts: source it. They all work in the root of the repository.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Progress goes to stderr, so that stdout stays for what a script answers.
say() {
  if [ -t 2 ]; then printf '\033[1m%s\033[0m\n' "$*" >&2; else printf '%s\n' "$*" >&2; fi
}

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# step NAME COMMAND...: runs it and says how long it took, also where it failed.
step() {
  local name=$1 begin=$SECONDS status=0
  shift
  say "== $name"
  "$@" || status=$?
  if [ "$status" -eq 0 ]; then
    say "== $name: done in $((SECONDS - begin)) s"
  else
    say "== $name: FAILED (exit $status) after $((SECONDS - begin)) s"
  fi
  return "$status"
}

# Compilers at a time: a core each, and 1.5 GiB each.
build_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/MemAvailable/ { print int($2 / 1572864) }' /proc/meminfo)
  if [ "$memory" -lt 1 ]; then memory=1; fi
  if [ "$memory" -lt "$cores" ]; then echo "$memory"; else echo "$cores"; fi
}

require_preset() {
  case $1 in
    dev | asan | tsan | release) ;;
    *) fail "there is no preset '$1': use dev, asan, tsan or release" ;;
  esac
}
