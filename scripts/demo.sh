#!/usr/bin/env bash
# The demo: stand-ins for GitHub and Jira on this machine, syncs of both into one
# database, and where to look next. Needs what `make build` builds.
set -euo pipefail
cd "$(dirname "$0")/.."

rm -rf .demo
mkdir .demo

# Starts a stand-in, and puts its address into `url`. It stops when its standard
# input closes: also when this script is killed.
stand_in() {
    local name=$1 hold
    shift
    exec {hold}> >(exec "target/release/fake-$name" "$@" --exit-with-stdin >".demo/$name.log")
    for _ in {1..100}; do
        url=$(sed -n 's/^listening on //p' ".demo/$name.log")
        [ -z "$url" ] || return 0
        sleep 0.1
    done
    echo "demo: the stand-in for $name did not start" >&2
    exit 1
}

sync() {
    echo
    echo "\$ runnel sync $* --database sqlite:.demo/runnel.db"
    target/release/runnel sync "$@" --database sqlite:.demo/runnel.db
}

: >.demo/github.log
: >.demo/jira.log
stand_in github --owner acme --repositories 3 --pulls 200 --commits 300 --latency 5
github=$url
stand_in jira --issues 300 --fields 20 --latency 5
jira=$url

echo "Stand-ins for the APIs of GitHub ($github) and Jira ($jira): recorded and generated data, over real HTTP."
sync github acme --base-url "$github"
export JIRA_TOKEN=demo
sync jira ACME BETA --base-url "$jira" --set email=ada@example.org
echo
echo "Once more: nothing has changed, so a handful of conditional requests are all it takes."
sync github acme --base-url "$github"
echo
echo "And the real ones: GITHUB_TOKEN=… target/release/runnel sync github rust-lang/log"
echo "  JIRA_TOKEN=… target/release/runnel sync jira ABC --base-url https://….atlassian.net --set email=…"
