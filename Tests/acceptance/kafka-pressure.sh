#!/usr/bin/env bash
# The memory of a hub that has 20,000 referrals waiting, on a broker that answers at once and on one that hardly answers.
# Left out unless FRONTDOOR_PRESSURE=1.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
if [ "${FRONTDOOR_PRESSURE:-}" != 1 ]; then
    echo "$(basename "$0"): skipped: FRONTDOOR_PRESSURE=1 runs it, for some minutes"
    exit 0
fi
needs_kafka
accept 900 kafka_pressure.py
