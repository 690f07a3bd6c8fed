#!/usr/bin/env bash
# A hub under a test policy, killed at work, beside a model of what must come of each message; with
# FRONTDOOR_MODEL_KAFKA=1, on a broker too.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
[ "${FRONTDOOR_MODEL_KAFKA:-}" != 1 ] || needs_kafka
accept 240 model_run.py
