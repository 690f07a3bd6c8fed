#!/usr/bin/env bash
# What a running hub tells those who watch it: /metrics, /live, /ready and its own log, and never a name.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
accept 90 operations.py
