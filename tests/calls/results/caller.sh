#!/usr/bin/env bash
# shellcheck source=/dev/null
set -u
source metropipe/divide/stub.sh
source metropipe/analyse/stub.sh
source metropipe/touch/stub.sh
source metropipe/pulse/stub.sh
source metropipe/origin/stub.sh
source metropipe/center/stub.sh

# equal CHECK GOT WANTED
equal() {
  if [ "$2" = "$3" ]; then printf 'ok %s\n' "$1"; else printf 'FAIL %s: got %s\n' "$1" "$2"; fi
}

# fails CHECK COMMAND... -- TEXT...: status 1, and standard error holds the texts.
fails() {
  local check=$1 status said call=()
  shift
  while [ "$1" != -- ]; do
    call+=("$1")
    shift
  done
  shift
  said=$("${call[@]}" 2>&1 >/dev/null)
  status=$?
  for text in "$@"; do
    [[ $said == *"$text"* ]] || status="$status without $text"
  done
  if [ "$status" = 1 ]; then printf 'ok %s\n' "$check"; else printf 'FAIL %s: got %s, %s\n' "$check" "$status" "$said"; fi
}

equal two_results "$(divide 17 5)" '[3,2]'
equal many_results "$(analyse 'Ab cd')" '[5,"AB CD",["Ab","cd"],false]'
equal many_results_of_nothing "$(analyse '')" '[0,"",[],null]'
equal no_result "$(touch x && printf returned)" returned
equal no_argument_no_result "$(pulse && printf returned)" returned
equal no_argument "$(origin)" '[0.5,-0.5]'
equal tuple_argument "$(center '[1, 2]')" 1.5
fails raised divide 1 0 -- "divide: ZeroDivisionError: "
