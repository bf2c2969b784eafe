#!/bin/bash
# Feeds changed configuration files to the importers, in the build with sanitizers.
#
# tests/fuzz.sh [SECONDS [SEED]]    600 s from seed 1 on. The same seed makes the same files; the last
#                                   line says which seed comes next.
set -euo pipefail
cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."

seconds=${1:-600}
cmake --preset sanitize >/dev/null
cmake --build --preset sanitize --target failback_tests
FAILBACK_FUZZ_SECONDS=$seconds FAILBACK_FUZZ_SEED=${2:-1} \
    timeout $((seconds + 300)) build/sanitize/failback_tests "[.fuzz]"
