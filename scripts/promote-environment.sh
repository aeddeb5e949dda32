#!/usr/bin/env bash
# ./scripts/promote-environment.sh <environment> [options of `soundbite promote`]; --help names the environments and the options
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/soundbite.sh" promote "$@"
