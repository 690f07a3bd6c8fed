#!/usr/bin/env bash
# A hub on three brokers under load: services killed twenty times, an authority's partition moved ten times; with
# FRONTDOOR_KILL_BROKER=1 a broker killed as well, which takes minutes. Nothing is lost, nothing comes twice.
#
# Not part of 'deploy/test': behind the moves a service is seen to stand still until its watchdog ends it, and the run
# does not come to rest in its time.
set -euo pipefail
[ -n "${FRONTDOOR_KILL:-}" ] || {
    echo "$(basename "$0"): skipped: FRONTDOOR_KILL=1 runs it, for some minutes"
    exit 0
}
. "$(dirname "$(readlink -f "$0")")/lib.sh"
needs_kafka
accept 500 kafka_kill.py
