#!/usr/bin/env bash
# Real Alertmanagers, webhooks that fail, and a mail server with TLS: who is told what, once, and never a name; and what
# happens when Alertmanager or the hub is killed. Needs prometheus-alertmanager, openssl, and a Python with aiosmtpd and
# PyYAML (FRONTDOOR_TEST_PYTHON): deploy/test makes all of it.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
if [ -z "${FRONTDOOR_TEST_PYTHON:-}" ]; then
    [ "${CI:-}" != true ] || { echo "delivery.sh: CI may skip nothing: set FRONTDOOR_TEST_PYTHON" >&2; exit 1; }
    echo "delivery.sh: skipped, FRONTDOOR_TEST_PYTHON names no Python with aiosmtpd; deploy/test makes one"
    exit 0
fi
accept 180 delivery.py
