#!/usr/bin/env bash
# Lints everything: no warning is left.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/building.sh

if [ "${CI:-}" = true ]; then
    # What the host takes in of the dashboard is built before, so that it is built once.
    scripts/dashboard.sh build
    cargo build --workspace --all-targets --keep-going "${building[@]}"
else
    cargo clippy --workspace --all-targets "${building[@]}" -- -D warnings
fi
