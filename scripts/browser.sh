#!/usr/bin/env bash
# Makes sure that the programs are here which the tests of the dashboard start: Debian's
# Chromium, the shells of SQLite and PostgreSQL, minisign. Quick where they are. Prints
# the path of the browser: CHROMIUM, where that names another one.
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

apt_install() {
    have apt-get && as_root apt-get update -qq </dev/null >&2 &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" </dev/null >&2
}

# program PROGRAM PACKAGE
program() {
    have "$1" && return
    say "installing $1 ($2)"
    if apt_install "$2" && have "$1"; then return; fi
    die "the tests of the dashboard need $1, which is not installed and could not be: run \`apt-get install $2\` as root"
}

program sqlite3 sqlite3
program psql postgresql-client
program minisign minisign
if [ -n "${CHROMIUM:-}" ]; then
    have "$CHROMIUM" || die "CHROMIUM names $CHROMIUM, which is no program"
    echo "$CHROMIUM"
else
    program chromium chromium
    command -v chromium
fi
