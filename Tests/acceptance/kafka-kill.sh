#!/usr/bin/env bash
# A hub on three brokers under load: services killed and frozen, an authority's partition moved, a broker killed. Nothing
# is lost, nothing comes twice. FRONTDOOR_KILLS=20 does more of it.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
needs_kafka
accept 900 kafka_kill.py
