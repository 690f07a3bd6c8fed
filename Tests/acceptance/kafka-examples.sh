#!/usr/bin/env bash
# Brokers run with the files of deploy/kafka as they are, but for addresses and folders, and take topics and rules.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
needs_kafka
accept 300 kafka_examples.py
