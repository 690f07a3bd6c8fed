#!/usr/bin/env bash
# deploy/get-kafka against a server of our own: it unpacks what agrees with its SHA-512, and nothing else.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
accept 60 get_kafka.py
