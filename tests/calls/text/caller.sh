#!/usr/bin/env bash
# shellcheck source=/dev/null disable=SC2116 # `echo` is the exported function
set -u
source metropipe/echo/stub.sh
source metropipe/measure/stub.sh
source metropipe/repeat/stub.sh
source metropipe/reverse/stub.sh

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

# many COUNT TEXT
many() {
  local text
  printf -v text '%*s' "$1" ''
  printf '%s' "${text// /$2}"
}

# Bytes as hexadecimal digits.
digits() {
  od -An -v -tx1 | tr -d ' \n'
}

full=$(many 251 x)
limit="252 bytes do not fit string[256], which holds at most 251"

equal empty "$(echo '')" ''
equal full "$(echo "$full")" "$full"
fails too_long echo "${full}x" -- "echo: text: $limit"
equal emoji "$(echo 'grüße 🦀 漢字')" 'grüße 🦀 漢字'
equal emoji_counts_once "$(measure 🦀🦀)" 2
equal emoji_full "$(measure "$(many 62 🦀)xxx")" 65
fails emoji_too_long measure "$(many 63 🦀)" -- "measure: text: $limit"
fails invalid_utf8 echo $'\xff' -- "echo: text:"
equal result_full "$(repeat x 251)" "$full"
fails result_too_long repeat x 252 -- "the result does not fit"

printf -v up '%02x' {0..255}
printf -v down '%02x' {255..0}
equal bytes_empty "$(reverse '' | digits)" ''
equal bytes_all_values "$(reverse "@hex:$up" | digits)" "$down"
{ printf '\001' && head -c 4091 /dev/zero; } >blob
equal bytes_full "$(reverse @blob | digits)" "$(many 4091 00)01"
head -c 4093 /dev/zero >blob
fails bytes_too_long reverse @blob -- \
  "reverse: blob: 4093 bytes do not fit bytes[4096], which holds at most 4092"
equal ordinary_after_errors "$(echo again)" again
