#!/usr/bin/env bash
# No file above 400 lines. (Functions above 60 lines are clippy's: clippy.toml.)
set -euo pipefail
cd "$(dirname "$0")/.."

limit=400
long=$(find host plugins tests -name target -prune -o -name '*.rs' -print0 | xargs -0 wc -l |
    awk -v limit=$limit '$2 != "total" && $1 > limit { print "  " $2 ": " $1 " lines" }')
if [ -n "$long" ]; then
    printf 'lengths: a file of more than %s lines wants to be two:\n%s\n' $limit "$long" >&2
    exit 1
fi
echo "lengths: no file above $limit lines"
