#!/usr/bin/env bash
# Prints where promtool is: on this machine, or taken out of Debian's package, below
# target/, once.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v promtool && exit
place=$PWD/target/promtool
if [ ! -x "$place" ]; then
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || exit 1
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    # The package's service is not wanted: it is unpacked, and not installed.
    (cd "$folder" && apt-get download -qq prometheus && dpkg-deb -x prometheus_*.deb .) >/dev/null 2>&1 || exit 1
    mkdir -p target
    mv "$folder/usr/bin/promtool" "$place"
fi
echo "$place"
