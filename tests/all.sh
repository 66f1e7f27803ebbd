#!/usr/bin/env bash
# Installs the toolchains that are missing, then runs every check and every test.
set -euo pipefail
cd "$(dirname "$0")/.."
bash tests/tools/install.sh
cargo fmt --all -- --check
cargo clippy --all-targets --quiet -- -D warnings
cargo test
