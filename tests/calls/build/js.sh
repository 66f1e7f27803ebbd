# Checks the format and the syntax of the stubs and the caller, and the stubs' types.
set -euo pipefail
tools=${NODE_PATH:-}/.bin
command -v node >/dev/null || { echo "node is missing; on Debian: apt-get install nodejs" >&2; exit 1; }
for tool in prettier tsc; do
    [ -x "$tools/$tool" ] || { echo "$tool is missing; npm install prettier typescript koffi" >&2; exit 1; }
done
mapfile -t files < <(find . -name '*.js' -o -name '*.mjs' -o -name '*.d.ts' | sort)
"$tools/prettier" --log-level warn --check "${files[@]}"
for file in "${files[@]}"; do
    case $file in
    *.d.ts) "$tools/tsc" --strict --noEmit --lib es2022 "$file" ;;
    *.mjs) node --check "$file" && node "$file" ;;
    *) node --check "$file" ;;
    esac
done
printf '#!/bin/sh\nexec node caller.js\n' >run
chmod +x run
