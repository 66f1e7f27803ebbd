#!/usr/bin/env bash
# shellcheck source=/dev/null
set -u
source metropipe/numbers/stub.sh
source metropipe/limits/stub.sh
source metropipe/floats/stub.sh

# equal CHECK GOT WANTED
equal() {
  if [ "$2" = "$3" ]; then printf 'ok %s\n' "$1"; else printf 'FAIL %s: got %s\n' "$1" "$2"; fi
}

least="-128 -32768 -2147483648 -9223372036854775808 0 0 0 0"
most="127 32767 2147483647 9223372036854775807 255 65535 4294967295 18446744073709551615"

# shellcheck disable=SC2086 # the numbers are words
equal numbers_smallest "$(numbers false $least)" "False $least"
# shellcheck disable=SC2086 # the numbers are words
equal numbers_largest "$(numbers true $most)" "True $most"
equal limits_smallest "$(limits false)" "[false,${least// /,}]"
equal limits_largest "$(limits true)" "[true,${most// /,}]"
equal floats_ordinary "$(floats 0.5 0.1)" '[0.5,0.1,"3f000000 3fb999999999999a"]'
equal floats_negative_zero "$(floats -0.0 -0.0)" '[-0,-0,"80000000 8000000000000000"]'
equal floats_infinities "$(floats inf -inf)" '["inf","-inf","7f800000 fff0000000000000"]'
not_a_number=$(floats nan nan)
equal floats_nan "${not_a_number%,*}" '["nan","nan"'
equal floats_largest_and_smallest "$(floats 3.4028234663852886e38 5e-324)" \
  '[3.4028235e+38,5e-324,"7f7fffff 0000000000000001"]'
