# Shared by deploy/try and deploy/test. Sourced, never run.

say() { printf '== %s\n' "$*"; }

# One sentence that says what is wrong and what to do.
fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ]
}

# Installs those of the named Debian packages that are missing; does nothing, and asks nobody, where none is.
need_packages() {
    local missing=() name privileged=()
    for name in "$@"; do
        is_installed "$name" || missing+=("$name")
    done
    if [ ${#missing[@]} -eq 0 ]; then
        say "Debian packages: all $# installed"
        return 0
    fi
    command -v apt-get >/dev/null ||
        fail "these libraries are missing and there is no apt-get to install them with: ${missing[*]}."
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            fail "run 'apt-get install ${missing[*]}' as root first: you are not root and there is no sudo."
        privileged=(sudo)
    fi
    say "Debian packages: installing ${missing[*]}"
    "${privileged[@]}" apt-get update -q ||
        fail "apt-get update failed: check the network and /etc/apt/sources.list."
    "${privileged[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" ||
        fail "apt-get could not install: ${missing[*]}."
}

# Swift itself is not in Debian 12, so it is asked for and not installed.
need_swift() {
    command -v swift >/dev/null ||
        fail "there is no 'swift' in PATH: install Swift 6.2 or later from https://www.swift.org/install/linux."
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    [ -n "$version" ] || fail "'swift --version' does not work: install Swift 6.2 or later."
    [ "$(printf '6.2\n%s\n' "$version" | sort -V | head -n 1)" = 6.2 ] ||
        fail "Swift $version is too old: install Swift 6.2 or later from https://www.swift.org/install/linux."
}

# What is linked. The C++ runtime's headers come with g++; simdjson is a C++ library.
build_packages=(librdkafka-dev libsimdjson-dev libyaml-dev libsqlite3-dev libssl-dev libcurl4-openssl-dev libmicrohttpd-dev pkg-config g++)

# The command as it is shipped: one binary that needs the C libraries alone.
build_release() {
    say "Building frontdoor (release; the first time takes some minutes)"
    swift build -c release --static-swift-stdlib --product frontdoor ||
        fail "the build failed: the first error above says where."
    FRONTDOOR_BIN="$(swift build -c release --static-swift-stdlib --product frontdoor --show-bin-path)/frontdoor"
    [ -x "$FRONTDOOR_BIN" ] || fail "the build made no $FRONTDOOR_BIN."
    export FRONTDOOR_BIN
}

# Tests that check with tools that we did not write: Python's jsonschema, PyYAML and aiosmtpd, confluent-kafka, in a venv
# of our own. Who needs others names them, and another folder.
venv="$root/.build/test-venv"
pins='jsonschema==4.23.0 pyyaml==6.0.2 confluent-kafka==2.16.1 aiosmtpd==1.4.6 holidays==0.60 tzdata==2025.2'
prepare_python() {
    if [ -x "$venv/bin/python" ] && [ "$(cat "$venv/pins" 2>/dev/null || true)" = "$pins" ]; then
        say "Python: ready"
        return 0
    fi
    say "Python: installing $pins"
    rm -rf "$venv"
    # The pins have no blanks in them, so splitting into words is meant.
    # shellcheck disable=SC2086
    python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check $pins &&
        printf '%s' "$pins" >"$venv/pins"
}
