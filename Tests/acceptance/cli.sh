#!/usr/bin/env bash
# Help, exit codes, plain output, and a decision, an answer and a danger from end to end.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
accept 240 cli.py
