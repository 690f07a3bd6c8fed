#!/usr/bin/env bash
# On brokers with mutual TLS that deny by default, each principal may do to each topic what the catalogue says and no more.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
needs_kafka
accept 300 kafka_access.py
