"""A function for many threads."""

from __future__ import annotations

import threading
from typing import List

from metropipe.mix.stub import mix


def check(name: str, got: object, wanted: object) -> None:
    print(f"ok {name}" if got == wanted else f"FAIL {name}: got {got!r}")


wrong: List[str] = []


def work(thread: int) -> None:
    for i in range(500):
        answer = mix(thread, i, f"t{thread}")
        if answer != f"{thread}:{i}:t{thread}":
            wrong.append(answer)
    done.append(thread)


done: List[int] = []
threads = [threading.Thread(target=work, args=(thread,)) for thread in range(8)]
for each in threads:
    each.start()
for each in threads:
    each.join()
check("eight_threads", (wrong, sorted(done)), ([], list(range(8))))
