#!/usr/bin/env bash
# ./scripts/rollback-environment.sh <environment> [options of `soundbite rollback`]
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/soundbite.sh" rollback "$@"
