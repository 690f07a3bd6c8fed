#!/usr/bin/env bash
# Marks every field of what comes in and looks at everything that goes out: only what the allow-lists name, to whom they
# name it.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
accept 120 allow_list.py
