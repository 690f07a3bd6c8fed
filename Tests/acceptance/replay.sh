#!/usr/bin/env bash
# Replays a log in batches of 1, 7 and 1,000, each in two processes, and plays one seed twice: all must be equal.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
accept 400 replay.py
