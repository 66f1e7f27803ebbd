#!/usr/bin/env bash
# shellcheck source=/dev/null
set -u
source metropipe/length/stub.sh
source metropipe/midpoint/stub.sh
source metropipe/bounds/stub.sh
source metropipe/summary/stub.sh
source metropipe/tag/stub.sh

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

# A segment with that label.
segment() {
  printf '{"start": {"x": 0, "y": 0}, "end": {"x": 3, "y": 4}, "label": "%s", "id": 1}' "$1"
}

points='[{"x": 1, "y": 5}, {"x": -2, "y": 3}, {"x": 0, "y": 9}]'
box='{"start":{"x":-2,"y":3},"end":{"x":1,"y":9},"label":"box","id":3}'
tags='[{"word": "a", "weight": 0.5}, {"word": "b", "weight": null}]'
printf -v long '%*s' 252 ''

equal record_in "$(length "$(segment hyp)")" 5
equal nested_in_record_out "$(midpoint "$(segment hyp)")" '{"x":1.5,"y":2}'
equal list_of_records_in_option_out "$(bounds "$points" box)" "$box"
equal option_absent "$(bounds '[]' box)" null
equal mapping_with_tags "$(summary "{\"closed\": true, \"tags\": $tags}")" 'True a=0.5 b=None'
equal mapping_without_tags "$(summary '{"closed": false, "tags": []}')" 'False '
equal tag_with_weight "$(tag four)" '{"word":"four","weight":4}'
equal tag_without_weight "$(tag '')" '{"word":"","weight":null}'
fails field_too_long length "$(segment "${long// /x}")" -- \
  length: "252 bytes do not fit string[256], which holds at most 251"
equal ordinary_after_errors "$(length "$(segment hyp)")" 5
