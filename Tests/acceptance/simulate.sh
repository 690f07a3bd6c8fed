#!/usr/bin/env bash
# The whole hub over a simulated Kafka: seed after seed of faults holds, and each planted bug is found and named.
set -euo pipefail
: "${FRONTDOOR_BIN:?set FRONTDOOR_BIN to the built command; deploy/test does}"

# A simulation is one thread: two halves at once.
seeds=${FRONTDOOR_SEEDS:-300}
half=$((seeds / 2))
begun=$SECONDS
"$FRONTDOOR_BIN" simulate --from $((half + 1)) --seeds $((seeds - half)) --json &
second=$!
trap 'kill "$second" 2>/dev/null || true' EXIT
[ "$half" -eq 0 ] || "$FRONTDOOR_BIN" simulate --seeds "$half" --json
wait "$second"
trap - EXIT
echo "$seeds seeds in $((SECONDS - begun)) s"
for plant in skip-offsets commit-early no-fencing; do
    if found=$("$FRONTDOOR_BIN" simulate --seeds 200 --plant "$plant" --json 2>/dev/null); then
        echo "the planted bug $plant was not found within 200 seeds"
        exit 1
    fi
    case $found in
        *'"seed":'*) echo "$plant: $found" ;;
        *)
            echo "the planted bug $plant was found, but no seed is named: $found"
            exit 1
            ;;
    esac
done
