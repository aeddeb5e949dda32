#!/usr/bin/env bash
# The one entry to SoundBite. Sets up what is missing (packages, Node 24, the emulator's Python), then hands over to the CLI.
#   ./scripts/soundbite.sh up          ./scripts/soundbite.sh test          ./scripts/soundbite.sh --help
# Exit codes: 0 done, 1 failed, 2 usage or declaration, 3 errored (also a missing prerequisite), 4 aborted.
set -euo pipefail

root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
requirements="$root/packages/clouds/emulator/requirements.txt"
packages_stamp="$root/node_modules/.soundbite-lock"
python_stamp="$root/.venv/.soundbite-lock"

# Whoever reads what is said here decides nothing: a closed output leads nowhere, and a reader that leaves ends nobody.
[ -e /proc/self/fd/0 ] || exec </dev/null
[ -e /proc/self/fd/1 ] || exec >/dev/null
[ -e /proc/self/fd/2 ] || exec 2>/dev/null
trap '' PIPE
# Node forgets that nohup told it to stay when the terminal is closed.
[ -z "$(trap -p HUP)" ] || export SOUNDBITE_NOHUP=1

# Standard output belongs to the command (--json is one document): set-up speaks on standard error, if that takes it.
write() { printf '%s\n' "$*" 1>&2 2>/dev/null || :; }
say() { write "soundbite: $*"; }

# What the installers say, line by line: they would end when nobody reads it.
relay() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do write "$line"; done
}

die() {
  say "$1"
  exit 3
}

need() { command -v "$1" >/dev/null 2>&1 || die "$1 is missing; install it: $2"; }

# What this shell says to Node, npm, Python and pip for other projects changes neither what is installed nor how it runs here; where the
# registries are and how they are reached is the user's to say. docs/decisions/0027 has the table.
drop_settings() {
  local name
  while read -r name; do
    case "$name" in
      NODE_EXTRA_CA_CERTS) ;;
      [nN][pP][mM]_[cC][oO][nN][fF][iI][gG]_*) is_of_registries "${name:11}" || unset "$name" ;;
      PIP_*) is_of_registries "${name:4}" || unset "$name" ;;
      NODE_* | PYTHON*) unset "$name" ;;
    esac
  done < <(compgen -e)
}

is_of_registries() {
  local LC_ALL=C # in Turkish the small letter of I is not i
  [[ "${1,,}" =~ ^(.*registry|.*index.*|find_links|.*proxy|.*cert|ca|cafile|key|strict_ssl|trusted_host|.*auth.*|keyring_provider|cache.*|.*config.*|fetch_.*|.*timeout|retries|offline|prefer_.*)$ ]]
}

digest() { sha256sum "$1" | cut -c 1-64; }

is_stamped() { [ -r "$1" ] && [ "$(<"$1")" = "$2" ]; }

packages_ready() { [ -x "$root/node_modules/.bin/node" ] && is_stamped "$packages_stamp" "$lock_digest"; }

python_ready() { [ -x "$root/.venv/bin/python" ] && is_stamped "$python_stamp" "$requirements_digest"; }

check_node() {
  need node 'apt-get install nodejs npm'
  need npm 'apt-get install npm'
  local version
  version=$(node --version)
  version=${version#v}
  [ "${version%%.*}" -ge 20 ] ||
    die "node $version is too old; install Node 20 or newer (it only fetches the locked Node 24): npm install --global node@24"
}

check_python() {
  need python3 'apt-get install python3 python3-venv'
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
    die "$(python3 --version) is too old; install Python 3.10 or newer"
  python3 -c 'import venv, ensurepip' 2>/dev/null ||
    die 'this python3 makes no virtual environments; install the missing part: apt-get install python3-venv'
}

# Two locked packages, one for each platform, bring a `node`; Debian's npm 9 loses the link of the one that it installs with the other.
link_node() {
  local node
  for node in "$root"/node_modules/node-linux-*/bin/node; do
    if "$node" --version >/dev/null 2>&1; then ln -sf "../${node#"$root"/node_modules/}" "$root/node_modules/.bin/node"; fi
  done
}

# The same against a .npmrc of the user's: everything that the lock names, with links and the scripts of the packages that may run one.
whole_install=(--include=dev --include=optional --include=peer --ignore-scripts=false --bin-links=true --install-strategy=hoisted --global=false --dry-run=false)

# A clone of somebody else, or one in which somebody ran this as root: installing would fail file by file.
must_be_ours() {
  local locked=
  [ -w "$root" ] || locked=$root
  if [ -z "$locked" ] && [ -e "$root/$1" ]; then locked=$(find "$root/$1" -type d ! -writable -print -quit); fi
  [ -z "$locked" ] ||
    die "$2 have to be installed, but $locked belongs to $(stat -c %U "$locked"); run this once as $(stat -c %U "$locked"): $root/scripts/soundbite.sh --version; or work in your own clone: git clone $root"
}

install_packages() {
  must_be_ours node_modules 'the locked packages'
  say 'installing the locked packages and Node 24 (npm ci)'
  (cd "$root" && npm ci --no-progress "${whole_install[@]}" 2>&1) | relay || die 'npm ci failed (see above); fix it, then run the command again'
  [ -x "$root/node_modules/.bin/node" ] || link_node
  [ -x "$root/node_modules/.bin/node" ] || die "there is no locked Node 24 for $(uname -sm); use Linux on x86-64 or arm64"
  printf '%s' "$lock_digest" >"$packages_stamp"
}

install_python() {
  must_be_ours .venv "the emulator's packages"
  say 'installing the emulator into .venv'
  rm -rf "$root/.venv"
  python3 -m venv "$root/.venv" 2>&1 | relay || die 'python3 -m venv failed (see above); install it: apt-get install python3-venv'
  "$root/.venv/bin/python" -m pip install --no-user --quiet --disable-pip-version-check --no-input --require-hashes --requirement "$requirements" 2>&1 | relay ||
    die 'pip could not install the locked requirements (see above); fix it, then run the command again'
  "$root/.venv/bin/python" -c 'import importlib.metadata as m; m.version("ministack")' 2>/dev/null ||
    die "pip ended well and installed nothing into .venv; see what your settings tell it: $root/.venv/bin/python -m pip config list"
  printf '%s' "$requirements_digest" >"$python_stamp"
}

# One set-up at a time: whoever comes second waits here, then finds everything ready.
set_up() {
  check_node
  check_python
  need flock 'apt-get install util-linux'
  exec 9<"$root/package-lock.json"
  flock 9
  packages_ready || install_packages 9<&-
  python_ready || install_python 9<&-
  exec 9<&-
}

drop_settings
# A completion is quick and starts nothing, a shell's own start least of all: before the set-up there is none.
if [ "${1-}" = __complete ] || [ "${2-}" = __complete ]; then
  [ -x "$root/node_modules/.bin/node" ] || exit 0
  exec "$root/node_modules/.bin/node" "$root/apps/cli/src/main.js" "$@"
fi
if [ "${1-}" = completion ] && [ $# -eq 2 ] && [ -r "$root/scripts/completion/soundbite.$2" ]; then
  exec 3>&1
  fault=$(LC_ALL=C; printf '%s\n' "$(<"$root/scripts/completion/soundbite.$2")" 2>&1 >&3) ||
    [[ $fault = *'Broken pipe' ]] || die "standard output could not be written: ${fault##*: }"
  exit 0
fi

need git 'apt-get install git'
lock_digest=$(digest "$root/package-lock.json")
requirements_digest=$(digest "$requirements")
{ packages_ready && python_ready; } || set_up

# Whatever starts `node` from here on gets the locked one.
export PATH="$root/node_modules/.bin:$PATH"
if [ "${1-}" = test ]; then
  exec "$root/node_modules/.bin/node" "$root/tools/test.ts" "${@:2}"
fi
exec "$root/node_modules/.bin/node" "$root/apps/cli/src/main.js" "$@"
