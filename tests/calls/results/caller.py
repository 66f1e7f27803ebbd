"""Several results, and none."""

from __future__ import annotations

from metropipe.analyse.stub import analyse
from metropipe.center.stub import center
from metropipe.divide.stub import RemoteError, divide
from metropipe.origin.stub import origin
from metropipe.pulse.stub import pulse
from metropipe.touch.stub import touch


def check(name: str, got: object, wanted: object) -> None:
    print(f"ok {name}" if got == wanted else f"FAIL {name}: got {got!r}")


check("two_results", divide(17, 5), (3, 2))
check("many_results", analyse("Ab cd"), (5, "AB CD", ["Ab", "cd"], False))
check("many_results_of_nothing", analyse(""), (0, "", [], None))
touch("x")
print("ok no_result")
pulse()
print("ok no_argument_no_result")
check("no_argument", origin(), (0.5, -0.5))
check("tuple_argument", center((1, 2)), 1.5)
try:
    divide(1, 0)
    print("FAIL raised")
except RemoteError as error:
    check("raised", error.type, "ZeroDivisionError")
