# Calls the Python function, and says what it returned and how long the calls took. A shell starts a
# program for each call: 100 of them are enough.
set -euo pipefail
source metropipe/weekday/stub.sh

calls=100
took=()
for ((i = 0; i < calls; i++)); do
  start=${EPOCHREALTIME//[!0-9]/}
  result=$(weekday 1969 7 20)
  took+=($((${EPOCHREALTIME//[!0-9]/} - start)))
done
mapfile -t sorted < <(printf '%s\n' "${took[@]}" | sort -n)
printf '%s\t%s\t%s\n' "$result" "${sorted[calls / 2]}000" "${sorted[calls / 100 * 99]}000"
