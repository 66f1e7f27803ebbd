"""The least that a Python caller can take: one word to and fro. Usage: spin.py FILE COUNT; prints nanoseconds, a line a call."""

import mmap
import sys
from time import perf_counter_ns as now

count = int(sys.argv[2])
with open(sys.argv[1], "r+b") as file:
    words = memoryview(mmap.mmap(file.fileno(), 4096)).cast("I")
took = [0] * count
for i in range(count):
    start = now()
    words[0] = 1
    while words[0] != 3:
        pass
    took[i] = now() - start
print("\n".join(map(str, took)))
