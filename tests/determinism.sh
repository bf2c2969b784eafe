#!/usr/bin/env bash
# Same input, seed and version: same bytes, whatever the compiler, the optimisation and the number
# of threads. Usage: determinism.sh BINARY...; binaries that do not exist are an error. The first runs
# with one thread and with two, the others, which may be slow, with two; at most two at a time.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Runs everything that has output with one binary, in the folder $2.
run_all() {
    local binary=$1 folder=$2 threads=$3
    mkdir -p "$folder" && cd "$folder" && ln -sfn "$root/designs" designs
    local design name status
    for design in designs/*.json; do
        name=$(basename "$design" .json)
        "$binary" check "$design" --threads "$threads" --out out >"check.$name" 2>/dev/null || true
        status=0
        "$binary" simulate "$design" --seed 92 --runs 4 --until 8h --threads "$threads" \
            --record "out/$name.run.trace.json" --out out >"simulate.$name" 2>/dev/null || status=$?
        echo "exit $status" >>"simulate.$name"
    done
    "$binary" check designs/reference.json --out out >/dev/null 2>&1 \
        -p "whenever recovers(primary) then working(line1) = primary within 66499ms" || true
    "$binary" bound designs/reference.json --out out --from "recovers(primary)" \
        --to "working(line1) = primary" >bound 2>/dev/null
    "$binary" graph designs/reference.json --as dot -o graph.dot
    for view in text ladder timeline json; do
        "$binary" show out/reference.bound.longest.trace.json --as "$view" -o "view.$view"
    done
    ln -sfn "$root/tests/data/import" import
    "$binary" import polycom import/polycom-phone.cfg import/polycom-site.cfg >import.polycom \
        2>import.polycom.messages
    "$binary" import spa import/SEP001122334455.cnf.xml --json >import.spa
    "$binary" import pjsip import/pjsip-client.conf >import.pjsip 2>/dev/null
    rm import
    "$binary" profiles --json >profiles
    "$binary" properties >properties
    "$binary" schema >schema
    rm designs
}

for binary in "$@"; do
    [[ -x $binary ]] || { echo "no such binary: $binary" >&2; exit 1; }
done
runs=("$work/0 1 $1")
for ((i = 1; i <= $#; ++i)); do
    runs+=("$work/$i 2 ${!i}")
done
for run in "${runs[@]}"; do
    read -r folder threads binary <<<"$run"
    (run_all "$(realpath "$binary")" "$folder" "$threads") &
    (($(jobs -pr | wc -l) < 2)) || wait -n || { echo "failed: $run" >&2; exit 1; }
done
while (($(jobs -p | wc -l))); do
    wait -n || { echo "one of the last two failed: ${runs[*]: -2}" >&2; exit 1; }
done
for run in "${runs[@]:1}"; do
    diff -r "$work/0" "${run%% *}" || { echo "other bytes: ${run#* }" >&2; exit 1; }
done
files=$(find "$work/0" -type f | wc -l)
echo "$# binaries, 1 and 2 threads: $files files, all equal"
