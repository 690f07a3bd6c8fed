#!/usr/bin/env bash
# A dead letter is listed by its cause, rehearsed, taken once more on a named person's word over a kill, and never twice.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
accept 120 dead_letters.py
