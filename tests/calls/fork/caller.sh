#!/usr/bin/env bash
# shellcheck source=/dev/null
set -u
source metropipe/double/stub.sh

# equal CHECK GOT WANTED
equal() {
  if [ "$2" = "$3" ]; then printf 'ok %s\n' "$1"; else printf 'FAIL %s: got %s\n' "$1" "$2"; fi
}

# ask FROM TO: status 0 where every answer is right.
ask() {
  for ((k = $1; k <= $2; k++)); do
    [ "$(double "$k")" = $((2 * k)) ] || return 1
  done
}

equal parent_before "$(double 1)" 2
(ask 1 100) &
child=$!
ask 101 200
parent=$?
wait "$child"
equal child "$?" 0
equal child_outlives_parent_call "$parent" 0
equal parent_after "$(double 21)" 42
