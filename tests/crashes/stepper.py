"""Runs a script that holds a channel, and kills it at a step: `stepper.py script.py [arguments]`.

A step is a line of the script that runs for the first time, so that a loop that waits is one step and not thousands. The
environment's STEP says which kills.
"""

import os
import runpy
import signal
import sys
import threading

script = sys.argv[1]
wanted = int(os.environ.get("STEP", "-1"))
seen: set[int] = set()


def trace(frame, event, argument):
    if frame.f_code.co_filename != script:
        return None
    if event == "line" and frame.f_lineno not in seen:
        seen.add(frame.f_lineno)
        if len(seen) == wanted:
            os.kill(os.getpid(), signal.SIGKILL)
    return trace


sys.argv = sys.argv[1:]
# Imports, classes and functions are made before the first step.
code = compile(open(script, encoding="utf-8").read(), script, "exec")
threading.settrace(trace)
sys.settrace(trace)
sys._getframe().f_trace = None
namespace = {"__name__": "__main__", "__file__": script}
exec(code, namespace)
