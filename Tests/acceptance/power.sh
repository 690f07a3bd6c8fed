#!/usr/bin/env bash
# The embedded log through losses of power and a full disk: nothing acknowledged is lost, and what opens is whole.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
accept 400 power.py
