# `caller FUNCTION COUNT`: nanoseconds, a line a call, each a program of its own.
# shellcheck shell=bash source=/dev/null
source metropipe/add/stub.sh
source metropipe/classify/stub.sh
for ((i = 0; i < $2; i++)); do
  start=$(date +%s%N)
  if [ "$1" = add ]; then add 2 3; else classify 'some text' 3 0.5 true; fi >/dev/null
  end=$(date +%s%N)
  echo $((end - start))
done
