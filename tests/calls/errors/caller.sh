#!/usr/bin/env bash
# shellcheck source=/dev/null
set -u
source metropipe/fail/stub.sh
source metropipe/doze/stub.sh
source metropipe/absent/stub.sh
source metropipe/changed/stub.sh

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

printf -v long '%*s' 1000 ''

fails value_error fail value -- "fail: ValueError: k must be positive: naïve ☃"
fails own_error fail own -- $'fail: Refused: no\nway'
fails long_message fail long -- "fail: RuntimeError: ${long// /é}"
fails exit_is_an_answer fail exit -- "fail: SystemExit: leaving"
fails empty_message fail empty -- "fail: KeyError"
equal ordinary_after_errors "$(fail '')" 7
start=$(date +%s%N)
METROPIPE_TIMEOUT_MS=200 fails timeout doze 1.0 -- "may still run"
took=$((($(date +%s%N) - start) / 1000000))
((took < 1000)) || printf 'FAIL timeout: took %s ms\n' "$took"
equal ordinary_after_timeout "$(doze 0.0)" 0
fails no_provider absent 1 -- absent/provider.py
fails layout_mismatch changed 1 -- "(i32)->i32" "(i32,string[256])->i32"
METROPIPE_TIMEOUT_MS=soon fails bad_timeout_variable fail '' -- METROPIPE_TIMEOUT_MS
