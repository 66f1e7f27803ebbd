#!/usr/bin/env bash
# shellcheck source=/dev/null
set -u
source metropipe/scale/stub.sh
source metropipe/square/stub.sh

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

range="does not fit i32, which holds -2147483648 to 2147483647"

equal ordinary "$(scale 3 0.5)" 1.5
equal k_largest "$(scale 2147483647 0.0)" 0
fails k_too_large scale 2147483648 1 -- "scale: k: 2147483648 $range"
fails k_too_small scale -2147483649 1 -- "scale: k: -2147483649 $range"
fails k_wrong_kind scale three 1 -- "scale: k: "
fails factor_too_large scale 1 1e39 -- "scale: factor:" f32
fails result_too_large square 65536 -- "the result does not fit" i32
equal ordinary_after_errors "$(scale 2 2.0)" 4
