#!/usr/bin/env bash
# ./scripts/rollback-environment.sh <environment> [options of `soundbite rollback`]; --help names the environments and the options
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/soundbite.sh" rollback "$@"
