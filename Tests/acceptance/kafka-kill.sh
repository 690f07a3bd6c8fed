#!/usr/bin/env bash
# A hub on three brokers under load: services killed twenty times, an authority's partition moved ten times, a broker
# killed. Nothing is lost, nothing comes twice.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
needs_kafka
accept 300 kafka_kill.py
