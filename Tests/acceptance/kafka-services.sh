#!/usr/bin/env bash
# A hub on one broker, in one process and in five, used by clients that we did not write: what comes out is what the
# embedded log gives, and every posting is decided again at its position.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
needs_kafka
accept 600 kafka_services.py
