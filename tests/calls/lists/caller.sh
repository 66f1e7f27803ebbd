#!/usr/bin/env bash
# shellcheck source=/dev/null
set -u
source metropipe/arrange/stub.sh
source metropipe/join/stub.sh
source metropipe/split/stub.sh
source metropipe/transpose/stub.sh
source metropipe/rotate/stub.sh
source metropipe/sparse/stub.sh

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

# As a JSON array.
array() {
  local IFS=,
  printf '[%s]' "$*"
}

equal empty "$(arrange '[]')" '[]'
equal ordinary "$(arrange '[3, -1, 2]')" '[-1,2,3]'
equal full "$(arrange "$(array {1023..1})")" "$(array {1..1023})"
fails too_long arrange "$(array {1..1024})" -- \
  "arrange: values: 1024 elements do not fit list<i32,1023>, which holds at most 1023"
equal strings "$(join '["a", "", "🦀"]' ', ')" 'a, , 🦀'
equal strings_back "$(split 'one two  three')" '["one","two","three"]'
equal no_strings "$(split '')" '[]'
equal matrix "$(transpose '[[1, 2, 3], [4, 5, 6]]')" '[[1,4],[2,5],[3,6]]'
equal ragged_rows "$(transpose '[[1, 2], []]')" '[]'
equal array "$(rotate "$(array {0..15})")" "$(array {1..15} 0)"
fails array_of_wrong_length rotate "$(array {1..15})" -- \
  "rotate: key: 15 elements given, [u8;16] takes exactly 16"
equal options_in_a_list "$(sparse '[1, null, 0]')" '[true,false,true]'
equal ordinary_after_errors "$(arrange '[2, 1]')" '[1,2]'
