#!/usr/bin/env bash
# shellcheck source=/dev/null
set -u
source metropipe/label/stub.sh
source metropipe/Shapes_area/stub.sh
source metropipe/Shapes_name/stub.sh
source metropipe/later/stub.sh

# equal CHECK GOT WANTED
equal() {
  if [ "$2" = "$3" ]; then printf 'ok %s\n' "$1"; else printf 'FAIL %s: got %s\n' "$1" "$2"; fi
}

equal all_given "$(label a b 3 1.5 true n)" 'a|b|3|1.5|True|n'
equal all_defaults "$(label a)" $'a|=> "$HOME" \'\\n\'|2|0.5|False|None'
equal static_method "$(Shapes_area 3 4)" 12
equal class_method "$(Shapes_name)" Shapes
equal coroutine "$(later 1)" 2

right=0
for k in {1..100}; do
  [ "$(later "$k")" = $((k + 1)) ] && right=$((right + 1))
done
equal coroutine_again "$right" 100
