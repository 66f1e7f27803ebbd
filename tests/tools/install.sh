#!/usr/bin/env bash
# Installs every toolchain that the tests need and this machine lacks: Debian packages (as root, or by sudo), and below
# this folder a Python environment and npm packages. What is there already is left alone.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

# A command, and the Debian package that brings it.
packages=()
need() { command -v "$1" >/dev/null 2>&1 || packages+=("$2"); }
need cc gcc
need c++ g++
need make make
need python3 python3
need go golang-go
need gofmt golang-go
need javac default-jdk-headless
need mcs mono-mcs
need mono mono-runtime
need ruby ruby
need node nodejs
# nodejs of some sources brings npm along, and then conflicts with Debian's own.
need npm npm
need shellcheck shellcheck
need shfmt shfmt
need clang-format clang-format
[ -e /usr/lib/mono/4.5/System.Core.dll ] || packages+=(libmono-system-core4.0-cil)
python3 -c 'import venv, ensurepip' 2>/dev/null || packages+=(python3-venv)

if [ "${#packages[@]}" -gt 0 ]; then
  echo "installing: ${packages[*]}" >&2
  root=()
  [ "$(id -u)" = 0 ] || root=(sudo)
  "${root[@]}" apt-get update -q
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${packages[@]}"
fi

stamp=$here/.stamp
wanted=$(cat "$here/requirements.txt" "$here/package.json" | cksum)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
  python3 -m venv "$here/venv"
  "$here/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
  (cd "$here" && npm install --silent --no-package-lock)
  echo "$wanted" >"$stamp"
fi
