#!/usr/bin/env bash
# The demo: a stand-in for GitHub on this machine, two syncs of it, and where to
# look next. Needs what `make build` builds.
set -euo pipefail
cd "$(dirname "$0")/.."

owner=acme
rm -rf .demo
mkdir .demo

# The stand-in stops when its standard input closes: also when this script is
# killed.
coproc stand_in {
    exec target/release/fake-github --owner $owner --repositories 3 --pulls 200 --commits 300 \
        --latency 5 --exit-with-stdin
}
read -r -u "${stand_in[0]}" line || { echo "demo: the stand-in for GitHub did not start" >&2; exit 1; }
url=${line#listening on }

sync() {
    echo
    echo "\$ runnel sync github $owner --base-url $url --database sqlite:.demo/runnel.db"
    target/release/runnel sync github $owner --base-url "$url" --database sqlite:.demo/runnel.db
}

echo "A stand-in for GitHub's API listens on $url: recorded and generated data, over real HTTP."
sync
echo
echo "Once more: nothing has changed, so a handful of conditional requests are all it takes."
sync
echo
echo "And the real one: GITHUB_TOKEN=… target/release/runnel sync github rust-lang/log"
