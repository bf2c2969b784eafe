#!/usr/bin/env bash
# Same input, seed and version: same bytes, whatever the compiler, the optimisation and the number
# of threads. Usage: determinism.sh BINARY...; binaries that do not exist are an error.
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
        "$binary" simulate "$design" --seed 92 --runs 6 --until 12h --threads "$threads" \
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

first=
count=0
for binary in "$@"; do
    [[ -x $binary ]] || { echo "no such binary: $binary" >&2; exit 1; }
    path=$(realpath "$binary")
    for threads in 1 2; do
        folder="$work/$((++count))"
        (run_all "$path" "$folder" "$threads")
        first=${first:-$folder}
        diff -r "$first" "$folder" || { echo "other bytes: $binary, $threads threads" >&2; exit 1; }
    done
done
files=$(find "$first" -type f | wc -l)
echo "$# binaries, 1 and 2 threads: $files files, all equal"
