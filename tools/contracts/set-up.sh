#!/usr/bin/env bash
# Installs the locked Python tools that hold the HTTP contracts (a fuzzer, a generator of clients) into .venv-contracts, when they are not there, and prints
# the directory of their programs. Only tests and `npm run fuzz` need them.
set -euo pipefail

root=$(dirname "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")")
requirements="$root/tools/contracts/requirements.txt"
place="$root/.venv-contracts"
stamp="$place/.soundbite-lock"

say() { printf 'soundbite: %s\n' "$*" >&2; }

is_ready() { [ -r "$stamp" ] && [ "$(<"$stamp")" = "$digest" ]; }

install_tools() {
  say 'installing the fuzzer and the client generator into .venv-contracts'
  rm -rf "$place"
  local python="$place/bin/python" pip=(-m pip) without=()
  # The emulator's pip installs here, too, if it is there: to install another one takes longer than to make the rest of the environment.
  if "$root/.venv/bin/python" -m pip --version >/dev/null 2>&1; then
    python="$root/.venv/bin/python"
    pip+=(--python "$place/bin/python")
    without=(--without-pip)
  fi
  python3 -m venv "${without[@]}" "$place" 1>&2 || { say 'python3 -m venv failed (see above); install it: apt-get install python3-venv'; exit 3; }
  # Python compiles what is used at its first use. The lock names every package: nothing is left to be resolved.
  "$python" "${pip[@]}" install --no-compile --no-deps --quiet --disable-pip-version-check --no-input --require-hashes --requirement "$requirements" 1>&2 ||
    { say 'pip could not install the locked requirements (see above); correct it, then run the command again'; exit 3; }
  printf '%s' "$digest" >"$stamp"
}

digest=$(sha256sum "$requirements" | cut -c 1-64)
# One set-up at a time: whoever comes second waits here, then finds everything ready.
exec 9<"$requirements"
flock 9
is_ready || install_tools 9<&-
printf '%s\n' "$place/bin"
