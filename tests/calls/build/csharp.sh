# Compiles the generated files and the caller into one program; leaves `./run`.
set -euo pipefail
command -v mcs >/dev/null || { echo "mcs is missing: apt-get install mono-mcs" >&2; exit 1; }
command -v mono >/dev/null || { echo "mono is missing: apt-get install mono-runtime" >&2; exit 1; }
mapfile -t generated < <(find metropipe metropipe.cs -name '*.cs' 2>/dev/null)
mcs -unsafe -warnaserror -warn:4 -out:caller.exe Caller.cs "${generated[@]}"
cat >run <<'END'
#!/bin/sh
exec mono "$(dirname "$0")/caller.exe" "$@"
END
chmod +x run
