#!/usr/bin/env bash
# Due times against an oracle in Python that shares nothing with the hub: zoneinfo's clock, PyPI's holidays.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
# The venv of deploy/test holds the package of holidays; without it only that part is not compared, and says so.
if [ -n "${FRONTDOOR_TEST_PYTHON:-}" ]; then PATH="$(dirname "$FRONTDOOR_TEST_PYTHON"):$PATH"; fi
accept 300 due.py
