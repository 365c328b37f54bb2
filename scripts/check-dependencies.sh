#!/usr/bin/env bash
# The rules of deny.toml that can be checked without a network and without
# cargo-deny: licences, registries, and who may import what. Where cargo-deny is
# installed, it checks those and the advisories too.
set -euo pipefail
cd "$(dirname "$0")/.."

# The quoted strings of an array in deny.toml: array SECTION KEY
array() {
    awk -v section="[$1]" -v key="$2" '
        /^\[/ { inside = ($0 == section) }
        inside && $1 == key && $2 == "=" { open = 1 }
        inside && open { line = $0; sub(/#.*/, "", line)
            while (match(line, /"[^"]*"/)) { print substr(line, RSTART + 1, RLENGTH - 2); line = substr(line, RSTART + RLENGTH) }
            if ($0 ~ /\]/) open = 0 }' deny.toml
}

# Every dependency with its licence, which has to be made of allowed ones:
# "MIT OR (Apache-2.0 AND BSD-3-Clause)".
licences() {
    cargo tree --workspace --edges normal,build --target all --prefix none --format '{p}|{l}' |
        sed 's/ (\*)$//; /^$/d' | sort -u |
        awk -F '|' -v allowed="$(array licenses allow)" '
            BEGIN { n = split(allowed, names, "\n"); for (i = 1; i <= n; i++) allow[names[i]] = 1 }
            function judge(text,    words, count, i, word, out) {
                gsub(/\//, " OR ", text); gsub(/[()]/, " & ", text); gsub(/ WITH /, "+", text)
                count = split(text, words, " ")
                for (i = 1; i <= count; i++) {
                    word = words[i]; gsub(/\+/, " WITH ", word)
                    out = out (word == "OR" ? "|" : word == "AND" ? "&" : word ~ /[()]/ ? word : (word in allow) ? "T" : "F")
                }
                # AND binds closer than OR; parentheses before both.
                while (length(out) > 1) {
                    before = out
                    gsub(/\(T\)/, "T", out); gsub(/\(F\)/, "F", out)
                    if (out == before) gsub(/T&T/, "T", out)
                    if (out == before) gsub(/F&[TF]|T&F/, "F", out)
                    if (out == before && !sub(/T\|[TF]|F\|T/, "T", out)) sub(/F\|F/, "F", out)
                    if (out == before) return 0
                }
                return out == "T"
            }
            !judge($2) { print "  " $1 ": " ($2 == "" ? "no licence" : $2); bad = 1 }
            END { exit bad }' ||
        { echo "licences: what is above is not allowed by deny.toml" >&2; return 1; }
    echo "licences: all allowed by deny.toml"
}

registries() {
    local other
    other=$(sed -n 's/^source = "\(.*\)"/\1/p' Cargo.lock | sort -u |
        grep -v '^registry+https://github.com/rust-lang/crates.io-index$' || true)
    if [ -n "$other" ]; then
        echo "registries: dependencies come from elsewhere than crates.io: $other" >&2
        return 1
    fi
    echo "registries: crates.io only"
}

# The versions of a crate: cargo wants to be told which, where there is a second one.
versions() {
    awk -v name="\"$1\"" '
        $1 == "name" { found = ($3 == name) }
        found && $1 == "version" { gsub(/"/, "", $3); print $3 }' Cargo.lock
}

# { crate = "sqlx", wrappers = ["runnel-store"] } : only these import it.
imports() {
    local failed=0 crate wrappers version users user
    while IFS='|' read -r crate wrappers; do
        users=""
        for version in $(versions "$crate"); do
            users+=$(cargo tree --workspace --edges normal --invert "$crate@$version" --depth 1 --prefix depth 2>/dev/null |
                sed -n 's/^1\([a-z0-9_-]*\) .*/\1/p')$'\n'
        done
        for user in $(sort -u <<<"$users"); do
            if ! grep -qx "$user" <<<"${wrappers// /$'\n'}"; then
                echo "imports: $user may not import $crate (deny.toml says who may)" >&2
                failed=1
            fi
        done
    done < <(sed -n 's/^ *{ crate = "\([^"]*\)", wrappers = \[\(.*\)\], reason.*/\1|\2/p' deny.toml | tr -d '",')
    [ $failed = 0 ] && echo "imports: as deny.toml says"
    return $failed
}

licences
registries
imports
if cargo deny --version >/dev/null 2>&1; then
    cargo deny check
else
    echo "advisories: not checked (cargo install --locked cargo-deny, and have a network)"
fi
