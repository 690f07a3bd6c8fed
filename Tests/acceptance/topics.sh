#!/usr/bin/env bash
# Plays a synthetic week and holds every record that the hub wrote against the schemas of topics/: what participants
# really post is more than any example shows.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
[ -x "${FRONTDOOR_BIN:-}" ] || {
    echo "$(basename "$0"): set FRONTDOOR_BIN to the built command; deploy/test does." >&2
    exit 64
}
if [ -z "${FRONTDOOR_TEST_PYTHON:-}" ]; then
    if [ "${CI:-}" = true ]; then
        echo "$(basename "$0"): CI may skip nothing: set FRONTDOOR_TEST_PYTHON, as deploy/test does." >&2
        exit 64
    fi
    echo "$(basename "$0"): skipped: FRONTDOOR_TEST_PYTHON names no Python with jsonschema and PyYAML"
    exit 0
fi
scratch=$(mktemp -d "${TMPDIR:-/tmp}/frontdoor-topics.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
unset FRONTDOOR_CONFIG FRONTDOOR_DATA_FOLDER FRONTDOOR_MASTER_KEY_FILE FRONTDOOR_HASH_KEY_FILE
timeout 120 "$FRONTDOOR_BIN" demo --contacts 300 --data "$scratch/week" >"$scratch/said" || {
    tail -n 20 "$scratch/said" >&2
    echo "$(basename "$0"): the demo failed: what it said stands above." >&2
    exit 1
}
PYTHONDONTWRITEBYTECODE=1 timeout 300 "$FRONTDOOR_TEST_PYTHON" "$root/Tests/topics/check_topics.py" "$root" \
    --log "$scratch/week"
