#!/usr/bin/env bash
# shellcheck source=/dev/null
set -u
source metropipe/greet.sh
source metropipe/older.sh

# equal CHECK GOT WANTED
equal() {
  if [ "$2" = "$3" ]; then printf 'ok %s\n' "$1"; else printf 'FAIL %s: got %s\n' "$1" "$2"; fi
}

ada='{"name": "Ada", "age": 36}'

equal first "$(greet "$ada" true)" 'Good day, Ada'
equal second "$(older "$ada" 4)" '{"name":"Ada","age":40}'
equal first_again "$(greet "$ada" false)" 'Hi, Ada'

right=0
for years in {1..100}; do
  [ "$(greet "$ada" true)" = 'Good day, Ada' ] && right=$((right + 1))
  [ "$(older "$ada" "$years")" = "{\"name\":\"Ada\",\"age\":$((36 + years))}" ] && right=$((right + 1))
done
equal both_in_turn "$right" 200
