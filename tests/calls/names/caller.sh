#!/usr/bin/env bash
# shellcheck source=/dev/null
set -u
source metropipe/select/stub.sh
source metropipe/new/stub.sh

# equal CHECK GOT WANTED
equal() {
  if [ "$2" = "$3" ]; then printf 'ok %s\n' "$1"; else printf 'FAIL %s: got %s\n' "$1" "$2"; fi
}

# shellcheck disable=SC2046 # the numbers are words
equal every_name_is_its_own_argument "$(select_ $(seq 67))" 102510
equal a_function_named_like_a_keyword "$(new ab 2)" abab
