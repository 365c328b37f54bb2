#!/usr/bin/env bash
# The pages of the dashboard, where there is node: a host that is built without them
# serves the API alone. And their tests in a browser, which need node, the dev build of
# the host and of the plugins, and DATABASE_URL.
#
#   dashboard.sh build         build the pages, which the next build of the host takes in
#   dashboard.sh check         check types, style, unit tests and sizes
#   dashboard.sh prepare       see to it that what the tests need is here, save a build
#   dashboard.sh test          test the pages in a browser
#   dashboard.sh screenshots   make the pictures of docs/dashboard.md
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
pages=$root/host/api/dashboard
tests=$root/tests/dashboard

say() { echo "dashboard: $*" >&2; }
die() { say "$*"; exit 1; }

node_is_here() {
    command -v npm >/dev/null 2>&1 &&
        node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)'
}

# `npm ci` takes half a minute: once for each change of what is needed.
install() {
    cd "$1"
    local mark=node_modules/.installed
    if ! cmp -s package-lock.json "$mark"; then
        npm ci --no-audit --no-fund >&2
        cp package-lock.json "$mark"
    fi
}

build() {
    install "$pages"
    npm run --silent build >/dev/null
    echo "dashboard: built"
}

check() {
    install "$pages"
    npm run --silent check
    # The same tool for the same style: the tests need not bring their own.
    cd "$tests"
    "$pages/node_modules/.bin/biome" check .
}

prepare() {
    CHROMIUM=$("$root/scripts/browser.sh")
    export CHROMIUM RUNNEL_BIN=$root/target/debug/runnel FAKE_GITHUB_BIN=$root/target/debug/fake-github
    install "$tests"
}

run_tests() {
    [ -n "${DATABASE_URL:-}" ] ||
        die "the tests need a PostgreSQL: set DATABASE_URL, or run \`eval \"\$(scripts/services.sh start \$\$)\"\` first"
    prepare
    npm run --silent check
    npm run --silent test
}

case ${1:-build} in
    build | check)
        if ! node_is_here; then
            say "not built: it needs node 20 or newer (https://nodejs.org)"
            exit 0
        fi
        ;;
    *) node_is_here || die "the tests in a browser need node 20 or newer: install it from https://nodejs.org" ;;
esac
case ${1:-build} in
    build) build ;;
    check) check ;;
    prepare) prepare ;;
    test) run_tests ;;
    screenshots)
        prepare
        npm run --silent screenshots
        ;;
    *) say "build, check, prepare, test or screenshots is expected, and not $1"; exit 2 ;;
esac
