#!/usr/bin/env bash
# The examples of AgencyClients.md, run as written against brokers with mutual TLS and a hub that runs on them.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
needs_kafka
command -v kcat >/dev/null || {
    echo "$(basename "$0"): there is no kcat: install it (Debian: kcat); deploy/test does." >&2
    exit 64
}
accept 300 agency_clients.py
