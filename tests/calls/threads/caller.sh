#!/usr/bin/env bash
# shellcheck source=/dev/null
set -u
source metropipe/mix/stub.sh

# ask THREAD: status 0 where every answer is the thread's own.
ask() {
  for call in {1..20}; do
    [ "$(mix "$1" "$call" "t$1")" = "$1:$call:t$1" ] || return 1
  done
}

jobs=()
for thread in {0..7}; do
  ask "$thread" &
  jobs+=($!)
done
wrong=0
for job in "${jobs[@]}"; do
  wait "$job" || wrong=$((wrong + 1))
done
if [ "$wrong" = 0 ]; then printf 'ok eight_threads\n'; else printf 'FAIL eight_threads: got %s wrong\n' "$wrong"; fi
