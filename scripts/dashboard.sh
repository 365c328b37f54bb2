#!/usr/bin/env bash
# Builds the pages of the dashboard, or checks them, where there is node; a host that
# is built without them serves the API alone.
#   dashboard.sh build | check
set -euo pipefail
cd "$(dirname "$0")/../host/api/dashboard"

node_is_here() {
    command -v npm >/dev/null 2>&1 &&
        node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)'
}

# `npm ci` takes half a minute: once for each change of what is needed.
install() {
    local mark=node_modules/.installed
    if ! cmp -s package-lock.json "$mark"; then
        npm ci --no-audit --no-fund >&2
        cp package-lock.json "$mark"
    fi
}

if ! node_is_here; then
    echo "dashboard: not built: it needs node 20 or newer (https://nodejs.org)" >&2
    exit 0
fi
install
case ${1:-build} in
    build) npm run --silent build >/dev/null && echo "dashboard: built" ;;
    check) npm run --silent check ;;
    *) echo "dashboard: build or check is expected, and not $1" >&2; exit 2 ;;
esac
