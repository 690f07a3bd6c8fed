#!/usr/bin/env bash
# Puts messages into the topics that nobody should send: each is refused or marked, none stops the hub, none is seen.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
accept 120 bad_inputs.py
