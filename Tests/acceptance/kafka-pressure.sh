#!/usr/bin/env bash
# The memory of a hub that has 20,000 referrals waiting, on a broker that answers at once and on one that hardly answers.
# Left out unless FRONTDOOR_PRESSURE=1.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
wants FRONTDOOR_PRESSURE "some minutes"
needs_kafka
accept 900 kafka_pressure.py
