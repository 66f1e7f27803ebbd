# Checks the format of the stubs and the caller, lints them, and builds the caller.
set -euo pipefail
for tool in cargo rustfmt cargo-clippy; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: rustup component add rustfmt clippy" >&2; exit 1; }
done
# The stubs need nothing but libc, which is here already: metropipe is built with it.
cat >Cargo.toml <<'END'
[package]
name = "caller"
version = "0.0.0"
edition = "2021"

[[bin]]
name = "caller"
path = "caller.rs"

[dependencies]
libc = "0.2"

[workspace]
END
mapfile -t generated < <(find . -path ./target -prune -o -name '*.rs' -print)
rustfmt --edition 2021 --check "${generated[@]}"
rustfmt --edition 2024 --check "${generated[@]}"
# One folder for all cases, so that libc is compiled once.
CARGO_TARGET_DIR=$(dirname "$METROPIPE")/callers
export CARGO_TARGET_DIR RUSTFLAGS="-D warnings"
cargo clippy --quiet --offline -- -D warnings
cargo build --quiet --offline
cp "$CARGO_TARGET_DIR/debug/caller" run
