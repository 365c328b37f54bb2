#!/usr/bin/env bash
# Makes sure that what a build needs is here: a Rust toolchain, a C compiler (for
# SQLite), and a compiler for WebAssembly. Quick where all of it is there.
set -euo pipefail
cd "$(dirname "$0")/.."

target=wasm32-unknown-unknown
rust_needed=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)

say() { echo "setup: $*" >&2; }
die() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif have sudo; then sudo "$@"
    else return 1
    fi
}

apt_updated=
apt_install() {
    have apt-get || return 1
    if [ -z "$apt_updated" ]; then
        as_root apt-get update -qq >&2 || return 1
        apt_updated=yes
    fi
    DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq --no-install-recommends "$@" >&2
}

has_target() {
    compgen -G "$(rustc --print target-libdir --target $target 2>/dev/null)/libstd-*" >/dev/null
}

# Debian's compiler with the sources of its standard library: see
# docs/adr/0006-building-guests.md.
has_sources() {
    [ -x /usr/bin/rustc ] && [ -f "$(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library/std/Cargo.toml" ]
}

check_rust() {
    have cargo && have rustc || die "Rust is missing: install it from https://rustup.rs, then run this again"
    local version
    version=$(rustc --version | cut -d' ' -f2)
    [ "$(printf '%s\n' "$rust_needed" "$version" | sort -V | head -n1)" = "$rust_needed" ] ||
        die "Rust $rust_needed is needed and $version is here: run \`rustup update stable\`, then run this again"
}

# Not part of rustup's minimal profile.
setup_lints() {
    cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 && return
    have rustup && rustup component add rustfmt clippy >&2 ||
        say "rustfmt and clippy are not here: \`make check\` needs them (\`rustup component add rustfmt clippy\`)"
}

setup_c() {
    have cc && return
    say "installing a C compiler"
    apt_install gcc libc6-dev ||
        die "a C compiler is missing: run \`apt-get install gcc libc6-dev\`, then run this again"
}

setup_wasm() {
    has_target || has_sources && return
    say "adding the target $target"
    if have rustup && rustup target add $target >&2 && has_target; then return; fi
    say "rustup cannot: installing Debian's rustc-web and rust-web-src instead"
    if apt_install rustc-web rust-web-src && has_sources; then return; fi
    die "nothing here compiles WebAssembly: run \`rustup target add $target\`, or" \
        "\`apt-get install --no-install-recommends rustc-web rust-web-src\`, then run this again"
}

check_rust
setup_lints
setup_c
setup_wasm
