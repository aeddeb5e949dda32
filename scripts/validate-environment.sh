#!/usr/bin/env bash
# ./scripts/validate-environment.sh [environment...] [options of `soundbite validate`]; --help names the environments and the options
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/soundbite.sh" validate "$@"
