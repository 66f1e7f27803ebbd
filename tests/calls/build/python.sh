# Checks the generated modules and the caller; leaves `./run`.
set -euo pipefail
for tool in black mypy; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: pip install $tool" >&2; exit 1; }
done
mapfile -t generated < <(find metropipe metropipe.py -name '*.py' 2>/dev/null)
black --quiet --check --diff "${generated[@]}" caller.py
# Every generated file stands for itself, so each is checked as the caller's imports lead to it,
# and providers, which nobody imports, one by one.
mypy --strict --no-error-summary caller.py
for file in "${generated[@]}"; do
  case $file in
    *provider.py) mypy --strict --no-error-summary "$file" ;;
  esac
done
cat >run <<'END'
#!/bin/sh
exec python3 -W error "$(dirname "$0")/caller.py" "$@"
END
chmod +x run
