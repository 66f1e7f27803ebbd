#!/usr/bin/env bash
# shellcheck source=/dev/null
set -u
source metropipe/describe/stub.sh
source metropipe/half/stub.sh
source metropipe/initial/stub.sh

# equal CHECK GOT WANTED
equal() {
  if [ "$2" = "$3" ]; then printf 'ok %s\n' "$1"; else printf 'FAIL %s: got %s\n' "$1" "$2"; fi
}

equal all_present "$(describe 7 Ada 0.5)" "7 'Ada' 0.5"
equal all_absent "$(describe null null null)" "None None None"
equal zero_is_present "$(describe 0 '' 0.0)" "0 '' 0.0"
equal some_absent "$(describe null x null)" "None 'x' None"
equal number_present "$(half 6)" 3
equal number_absent "$(half 7)" null
equal text_present "$(initial Ada)" A
equal text_absent "$(initial '')" null
