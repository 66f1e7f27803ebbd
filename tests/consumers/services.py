"""A function whose answer says whose it is, and whose argument can say what happens on the way."""

import multiprocessing
import os
import signal
import time


def mix(a: int, b: int, text: str) -> str:
    """An answer that shows whose it is."""
    if text.startswith("nap-"):
        time.sleep(float(text[4:]))
    elif text == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif text == "fork":
        # A pool's worker, which outlives its parent where that is killed.
        context = multiprocessing.get_context("fork")
        child = context.Process(target=time.sleep, args=(60,), daemon=True)
        child.start()
        return str(child.pid)
    return f"{a}:{b}:{text}"
