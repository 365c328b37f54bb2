#!/usr/bin/env bash
# Every test. The binary and the plugins are built before: the end-to-end tests
# run them. The points at which those kill the binary are in this build alone.
# Services come last, since only the tests need them.
# Arguments: the folders of the plugins.
set -euo pipefail
cd "$(dirname "$0")/.."

. scripts/building.sh
if cargo nextest --version >/dev/null 2>&1; then
    run=(cargo nextest run --workspace "${building[@]}")
else
    echo "test: cargo-nextest is not here; cargo test does it too (faster: cargo install --locked cargo-nextest)" >&2
    run=(cargo test --workspace --all-targets "${building[@]}")
fi

# First, since it may be what is missing here.
scripts/dashboard.sh prepare
scripts/dashboard.sh build
"${run[@]}" --no-run
[ -x target/debug/runnel ] || cargo build --workspace --bins "${building[@]}"
target/debug/runnel plugin build "$@"

# What was started is stopped in any case.
trap 'scripts/services.sh stop' EXIT
services=$(scripts/services.sh start $$)
eval "$services"

# To the end, whatever fails: one run of CI tells all.
failed=0
"${run[@]}" --no-fail-fast || failed=1
cargo test --workspace --doc "${building[@]}" || failed=1
scripts/dashboard.sh test || failed=1
exit $failed
