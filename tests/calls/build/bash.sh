# Checks the stubs and the caller for errors and doubtful places.
set -euo pipefail
command -v shellcheck >/dev/null || { echo "shellcheck is missing; on Debian: apt-get install shellcheck" >&2; exit 1; }
mapfile -t files < <(find . -name '*.sh' | sort)
for file in "${files[@]}"; do
    bash -n "$file"
done
shellcheck --external-sources --shell=bash "${files[@]}"
cp caller.sh run
chmod +x run
