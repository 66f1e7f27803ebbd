#!/usr/bin/env bash
# shellcheck source=/dev/null
set -u
source metropipe/mix/stub.sh

now() {
  local time=${EPOCHREALTIME/[.,]/}
  printf '%s' "${time%???}"
}

# loop COUNT A REST: makes the calls and says how they went.
loop() {
  local right=0 wrong=0 failed=0 slowest=0 first='' i answer began took
  for ((i = 0; i < $1; i++)); do
    [ "$3" = 0 ] || sleep "$(printf '%d.%03d' $(($3 / 1000)) $(($3 % 1000)))"
    began=$(now)
    if answer=$(mix "$2" "$i" "t$2" 2>&1); then
      if [ "$answer" = "$2:$i:t$2" ]; then
        right=$((right + 1))
        answer=''
      else
        wrong=$((wrong + 1))
      fi
    else
      failed=$((failed + 1))
    fi
    took=$(($(now) - began))
    [ "$took" -le "$slowest" ] || slowest=$took
    [ -n "$first" ] || first=$answer
  done
  printf 'done %s %s %s %s %s\n' "$right" "$wrong" "$failed" "$slowest" "${first//$'\n'/ }"
}

while read -r what first second last; do
  if [ "$what" = loop ]; then
    loop "$first" "$second" "$last"
  elif answer=$(mix "$first" "$second" "$last" 2>&1); then
    printf '= %s\n' "$answer"
  else
    printf '! %s\n' "${answer//$'\n'/ }"
  fi
done
