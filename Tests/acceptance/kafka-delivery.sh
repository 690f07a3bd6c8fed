#!/usr/bin/env bash
# Delivery and the operators' door of a hub on a real broker: an alert is told once over a kill, and nothing is lost.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
needs_kafka
accept 150 kafka_delivery.py
