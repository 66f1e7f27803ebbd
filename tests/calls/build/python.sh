# Checks the generated modules and the caller; leaves `./run`.
set -euo pipefail
for tool in black mypy; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: pip install $tool" >&2; exit 1; }
done
mapfile -t generated < <(find metropipe metropipe.py -name '*.py' 2>/dev/null)
black --quiet --check --diff "${generated[@]}" caller.py
mapfile -t alone < <(printf '%s\n' "${generated[@]}" | grep provider.py)
if [ -e metropipe.py ]; then
  # A module and a folder of one name: each provider by itself.
  mypy --strict --no-error-summary caller.py metropipe.py
  for file in "${alone[@]}"; do
    mypy --strict --no-error-summary "$file"
  done
else
  mypy --strict --no-error-summary --explicit-package-bases caller.py "${alone[@]}"
fi
cat >run <<'END'
#!/bin/sh
exec python3 -W error "$(dirname "$0")/caller.py" "$@"
END
chmod +x run
