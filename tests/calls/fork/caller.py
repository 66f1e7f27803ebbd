"""A function for a process that forks."""

from __future__ import annotations

import os

from metropipe.double.stub import double


def check(name: str, got: object, wanted: object) -> None:
    print(f"ok {name}" if got == wanted else f"FAIL {name}: got {got!r}")


check("parent_before", double(1), 2)
child = os.fork()
if child == 0:
    right = all(double(k) == 2 * k for k in range(100))
    os._exit(0 if right else 1)
meanwhile = all(double(-k) == -2 * k for k in range(100))
_, status = os.waitpid(child, 0)
check("child", status, 0)
check("child_outlives_parent_call", meanwhile, True)
check("parent_after", double(21), 42)
