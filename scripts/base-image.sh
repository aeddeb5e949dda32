#!/usr/bin/env bash
# Makes the base image of services (soundbite-base:24) on the engine from the locked Node 24: for a machine that reaches no registry. See docs/guides/containers.md.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
"$root/scripts/soundbite.sh" --version >/dev/null
exec "$root/node_modules/.bin/node" "$root/tools/base-image.ts"
