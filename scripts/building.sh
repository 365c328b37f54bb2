# How everything is built for the checks and the tests, with the same features, so that each
# crate is built once. To be sourced: sets `building`, what cargo is told.
#
# In CI nothing is built yet, and everything is run once:
# - The compiler of our own crates is Clippy, which lints what it compiles: `cargo clippy`
#   would compile every dependency once more, for itself alone. The variable is how it is
#   told by `cargo clippy`, too.
# - What a next build would go on with is not kept.
building=(--features runnel/failpoints)
if [ "${CI:-}" = true ]; then
    building+=(--config 'build.rustc-workspace-wrapper="clippy-driver"')
    export CLIPPY_ARGS=-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__ CARGO_INCREMENTAL=0 NEXTEST_PROFILE=ci
fi
