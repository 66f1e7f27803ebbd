"""`caller FUNCTION COUNT`: nanoseconds, a line a call."""

import sys
from time import perf_counter_ns as now

from metropipe.add.stub import add
from metropipe.classify.stub import classify
from metropipe.echo_large.stub import echo_large
from metropipe.echo_small.stub import echo_small

function, count = sys.argv[1], int(sys.argv[2])
small, large = bytes(4092), bytes(2097152)
took = []


def measure(call, *arguments):
    for i in range(-count // 4, count):
        start = now()
        call(*arguments)
        elapsed = now() - start
        if i >= 0:
            took.append(elapsed)


if function == "add":
    assert add(2, 3) == 5
    measure(add, 2, 3)
elif function == "classify":
    assert classify("some text", 3, 0.5, True) == 13.5
    measure(classify, "some text", 3, 0.5, True)
elif function == "echo_small":
    measure(echo_small, small)
else:
    measure(echo_large, large)
print("\n".join(map(str, took)))
