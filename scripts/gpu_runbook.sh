#!/usr/bin/env bash
# Train on a machine that is lent for a short time (docs/training.md, "Half an hour on a GPU").
#
#   scripts/gpu_runbook.sh keep FILE…               keep packs of images on that machine for the calls that follow
#   scripts/gpu_runbook.sh train MINUTES OPTION…    train on all that was kept, or go on; bring the run back
#   scripts/gpu_runbook.sh bring                    bring the run back once more
#   scripts/gpu_runbook.sh restore FOLDER           put a run that was brought back in place, to go on with it
#
# Environment:
#   SREC_KEEP    folder that lasts between calls (default /tmp/srec-training); holds data/ and run/
#   OUT          folder whose files come back (default output/training)
#   PYTHON       a Python with torch, numpy and Pillow (default python3)
#   PART_BYTES   largest file that comes back (default 15 MiB); there are at most four such parts
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
keep=${SREC_KEEP:-/tmp/srec-training}
out=${OUT:-$root/output/training}
python=${PYTHON:-python3}
part_bytes=${PART_BYTES:-15728640}
export PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}" PYTHONUNBUFFERED=1

fail() {
    echo "gpu_runbook: $*" >&2
    exit 2
}

keep_files() {
    [ $# -gt 0 ] || fail "name the packs to keep"
    mkdir -p "$keep/data"
    for file in "$@"; do
        [ -f "$file" ] || fail "$file does not exist"
        cp "$file" "$keep/data/.incoming" && mv "$keep/data/.incoming" "$keep/data/$(basename "$file")"
    done
    ls -l "$keep/data"
}

train() {
    [ $# -gt 0 ] || fail "say how many minutes this call may train"
    local minutes=$1 status=0 child
    shift
    [ -d "$keep/data" ] || fail "nothing was kept here yet: call keep first"
    "$python" -m srec_engine.cli.main train "$keep"/data/* --folder "$keep/run" --max-minutes "$minutes" "$@" &
    child=$!
    # The run makes a checkpoint when it is told to end; it is brought back then as well.
    trap 'kill -TERM "$child" 2>/dev/null || true' TERM INT
    wait "$child" || status=$?
    while kill -0 "$child" 2>/dev/null; do
        status=0
        wait "$child" || status=$?
    done
    trap - TERM INT
    if [ -f "$keep/run/checkpoint.pt" ]; then
        bring
    fi
    return "$status"
}

bring() {
    local work="$keep/bring" file
    [ -f "$keep/run/checkpoint.pt" ] || fail "there is no run to bring back: call train first"
    rm -rf "$work" && mkdir -p "$work" "$out"
    rm -f "$out"/run.tar.*
    for file in "$keep"/run/*.pt "$keep"/run/*.csv; do
        [ ! -f "$file" ] || cp -- "$file" "$work/"  # a run that was stopped before its first step has no curve
    done
    pack "$work"
    if [ "$(stat -c %s "$keep/run.tar")" -gt $((4 * part_bytes)) ]; then
        echo "gpu_runbook: the run is too large to come back whole; its optimiser stays behind" >&2
        "$python" -c 'import sys; from pathlib import Path
from srec_engine.training.checkpoint import save_without_optimiser
save_without_optimiser(Path(sys.argv[1]), Path(sys.argv[2]))' "$keep/run/checkpoint.pt" "$work/checkpoint.pt"
        pack "$work"
    fi
    split -b "$part_bytes" -d "$keep/run.tar" "$out/run.tar."
    (cd "$keep" && sha256sum run.tar) >"$out/run.sha256"
    for file in "$work"/*.csv; do
        [ ! -f "$file" ] || cp -- "$file" "$out/"
    done
    rm -rf "$work" "$keep/run.tar"
    ls -l "$out"
}

pack() {
    tar -C "$1" -cf "$keep/run.tar" .
}

restore() {
    [ -f "${1:-}/run.tar.00" ] || fail "there is no run in ${1:-that folder}: name the folder that came back"
    mkdir -p "$keep/run"
    cat "$1"/run.tar.* >"$keep/run.tar"
    (cd "$keep" && sha256sum --check --quiet) <"$1/run.sha256" || fail "the run in $1 is incomplete or damaged"
    tar -C "$keep/run" -xf "$keep/run.tar"
    rm "$keep/run.tar"
    ls -l "$keep/run"
}

command=${1:-}
[ $# -gt 0 ] && shift
case $command in
    keep) keep_files "$@" ;;
    train) train "$@" ;;
    bring) bring ;;
    restore) restore "$@" ;;
    *) sed -n '2,14s/^# \{0,1\}//p' "$0" && exit 2 ;;
esac
