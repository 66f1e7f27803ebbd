"""Every scalar at its limits."""

from __future__ import annotations

import math

from metropipe.floats.stub import floats
from metropipe.limits.stub import limits
from metropipe.numbers.stub import numbers


def check(name: str, got: object, wanted: object) -> None:
    print(f"ok {name}" if got == wanted else f"FAIL {name}: got {got!r}")


SMALLEST = (False, -(2**7), -(2**15), -(2**31), -(2**63), 0, 0, 0, 0)
LARGEST = (
    True,
    2**7 - 1,
    2**15 - 1,
    2**31 - 1,
    2**63 - 1,
    2**8 - 1,
    2**16 - 1,
    2**32 - 1,
    2**64 - 1,
)

check(
    "numbers_smallest",
    numbers(*SMALLEST),
    "False -128 -32768 -2147483648 -9223372036854775808 0 0 0 0",
)
check(
    "numbers_largest",
    numbers(*LARGEST),
    "True 127 32767 2147483647 9223372036854775807 "
    "255 65535 4294967295 18446744073709551615",
)
check("limits_smallest", limits(False), SMALLEST)
check("limits_largest", limits(True), LARGEST)
check("floats_ordinary", floats(0.5, 0.1), (0.5, 0.1, "3f000000 3fb999999999999a"))
x, y, bits = floats(-0.0, -0.0)
check(
    "floats_negative_zero",
    (math.copysign(1, x), math.copysign(1, y), bits),
    (-1, -1, "80000000 8000000000000000"),
)
check(
    "floats_infinities",
    floats(math.inf, -math.inf),
    (math.inf, -math.inf, "7f800000 fff0000000000000"),
)
x, y, bits = floats(math.nan, math.nan)
check("floats_nan", (math.isnan(x), math.isnan(y)), (True, True))
check(
    "floats_largest_and_smallest",
    floats(3.4028234663852886e38, 5e-324),
    (3.4028234663852886e38, 5e-324, "7f7fffff 0000000000000001"),
)
