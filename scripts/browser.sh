#!/usr/bin/env bash
# Makes sure that what the tests of the dashboard need is here: Debian's Chromium and
# the shell of SQLite. Quick where both are. Prints the path of the browser.
set -euo pipefail

say() { echo "browser: $*" >&2; }
die() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif have sudo; then sudo -n "$@"
    else return 1
    fi
}

# program PROGRAM, which is its package's name too in Debian.
program() {
    have "$1" && return
    say "installing $1"
    if have apt-get && as_root apt-get update -qq </dev/null >&2 &&
        DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq --no-install-recommends "$2" </dev/null >&2 &&
        have "$1"; then return; fi
    die "$1 is missing and could not be installed: run \`apt-get install $2\` as root"
}

program chromium chromium
program sqlite3 sqlite3
command -v chromium
