# Shared by the acceptance tests. Sourced, never run.
#
# Each test gets a folder of its own, which goes when it ends, and runs one Python file beside it under a time limit.
# The Python file ends the processes that it started, by their ids, also where it fails.

# For tests that need brokers: any Kafka at KAFKA_HOME, and the Python that has confluent-kafka. Without them the test is
# skipped, visibly; where FRONTDOOR_KAFKA_REQUIRED is set, as CI does, that is a failure.
python=python3
needs_kafka() {
    local missing=
    [ -x "${KAFKA_HOME:-}/bin/kafka-storage.sh" ] || missing="KAFKA_HOME names no Kafka (deploy/get-kafka fetches one)"
    command -v java >/dev/null || missing="there is no java (Debian: default-jre-headless)"
    [ -n "${FRONTDOOR_TEST_PYTHON:-}" ] || missing="FRONTDOOR_TEST_PYTHON names no Python with confluent-kafka"
    if [ -n "$missing" ]; then
        [ "${FRONTDOOR_KAFKA_REQUIRED:-}" != 1 ] || {
            echo "$(basename "$0"): $missing, and no Kafka test may be skipped here" >&2
            exit 64
        }
        echo "$(basename "$0"): skipped: $missing"
        exit 0
    fi
    python=$FRONTDOOR_TEST_PYTHON
}

# For tests that take long: skipped, visibly, unless the variable is 1.
wants() {
    local variable=$1 time=$2
    [ "${!variable:-}" = 1 ] || {
        echo "$(basename "$0"): skipped: $variable=1 runs it, for $time"
        exit 0
    }
}

accept() {
    local seconds=$1 file=$2 here scratch child code=0
    [ -x "${FRONTDOOR_BIN:-}" ] || {
        echo "$(basename "$0"): set FRONTDOOR_BIN to the built command; deploy/test does." >&2
        exit 64
    }
    here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
    scratch=$(mktemp -d "${TMPDIR:-/tmp}/frontdoor-accept.XXXXXX")
    # Names from the caller's shell must not reach the hub under test.
    unset FRONTDOOR_CONFIG FRONTDOOR_DATA_FOLDER FRONTDOOR_MASTER_KEY_FILE FRONTDOOR_HASH_KEY_FILE FRONTDOOR_INSTANCE
    unset FRONTDOOR_TOPIC_PREFIX "${!FRONTDOOR_KAFKA_@}"
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
        timeout --kill-after=15 "$seconds" "${FRONTDOOR_TEST_PYTHON:-python3}" "$here/$file" "$scratch" &
    child=$!
    trap 'kill "$child" 2>/dev/null || true; wait "$child" 2>/dev/null || true; rm -rf "$scratch"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    wait "$child" || code=$?
    [ "$code" -ne 124 ] || echo "$(basename "$0"): took more than $seconds s" >&2
    exit "$code"
}
