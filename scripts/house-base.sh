#!/usr/bin/env bash
# Makes a base of the house image (soundbite-house-base:12) on the engine, from Debian's packages and npm's, with the locked Node and what this machine trusts: for an engine that reaches
# no registry of images. Root, and debootstrap, make it. See docs/guides/containers.md#the-house. SOUNDBITE_DEBIAN names another mirror.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
npm_version=11.6.2
[ "$(id -u)" = 0 ] || { echo 'house-base.sh: only root makes a Debian: sudo ./scripts/house-base.sh' >&2; exit 3; }
command -v debootstrap >/dev/null || { echo 'house-base.sh: debootstrap is missing; install it: apt-get install debootstrap' >&2; exit 3; }
"$root/scripts/soundbite.sh" --version >/dev/null
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
debian=$work/debian
debootstrap --variant=minbase --include=ca-certificates,git,python3,python3-venv bookworm "$debian" "${SOUNDBITE_DEBIAN:-http://deb.debian.org/debian}" >&2
cp "$(readlink -f "$root/node_modules/.bin/node")" "$debian/usr/local/bin/node"
npm install --global --prefix "$debian/usr/local" --no-fund --no-audit "npm@$npm_version" >&2
# What comes from registries is trusted as it is on this machine.
trusted=etc/ssl/certs/ca-certificates.crt
[ ! -e "/$trusted" ] || cp "/$trusted" "$debian/$trusted"
rm -rf "$debian"/var/cache/apt/archives/*.deb "$debian"/var/lib/apt/lists/*
tar -C "$debian" --numeric-owner -c . |
  docker import --change "ENV NODE_EXTRA_CA_CERTS=/$trusted PIP_CERT=/$trusted" --change 'CMD ["bash"]' - soundbite-house-base:12 >&2
echo soundbite-house-base:12
