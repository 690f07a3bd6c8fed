#!/usr/bin/env bash
# Three bugs planted in a hub on a broker, each of which the checker must find, and the same hub without one. Wants a
# build for tests, which alone can be given a bug: FRONTDOOR_DEBUG_BIN, or what 'swift build' left in .build/debug.
# Left out unless FRONTDOOR_PLANTS=1.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
wants FRONTDOOR_PLANTS "three minutes"
needs_kafka
FRONTDOOR_BIN=${FRONTDOOR_DEBUG_BIN:-$(dirname "$(readlink -f "$0")")/../../.build/debug/frontdoor}
export FRONTDOOR_BIN
accept 420 kafka_plants.py
