#!/usr/bin/env bash
# The memory of a hub on a broker over as many messages as an hour brings at fifteen a second, sent as fast as it takes
# them: half of them new, half repeated. Left out unless FRONTDOOR_SOAK=1.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
wants FRONTDOOR_SOAK "a quarter of an hour at most"
needs_kafka
accept 1200 kafka_soak.py
