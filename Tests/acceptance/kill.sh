#!/usr/bin/env bash
# Kills a working hub twenty times while four processes publish 5,000 messages: nothing is lost, doubled or set aside.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
accept 300 kill.py
