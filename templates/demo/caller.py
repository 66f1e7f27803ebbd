"""Calls the Python function of the other process, and says how long 10,000 calls took."""

from time import perf_counter_ns as now

from metropipe.weekday.stub import weekday

WARM, CALLS = 2_000, 10_000

for _ in range(WARM):
    weekday(1969, 7, 20)
took = []
for _ in range(CALLS):
    start = now()
    result = weekday(1969, 7, 20)
    took.append(now() - start)
took.sort()
print(result, took[CALLS // 2], took[CALLS // 100 * 99], sep="\t")
