#!/usr/bin/env python3
"""Measures calls side by side, in one run on one machine, and prints the tables of docs/benchmarks.md.

    cargo build --release && python3 benches/run.py > docs/benchmarks.md

`--quick` makes a tenth of the calls; `--no-peers` leaves out gRPC and iceoryx2 (which need network for their packages).
"""

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
APART = "--apart" in sys.argv
FUNCTIONS = ["add", "classify", "echo_small", "echo_large"]

CARGO = """[package]
name = "bench"
version = "0.0.0"
edition = "2021"
[[bin]]
name = "bench"
path = "caller.rs"
[dependencies]
libc = "0.2"
[workspace]
"""

# target: (files of callers/, commands that build, command that runs, the bare spin's command)
LANGUAGES = {
    "c": (["caller.c"], ["cc -O2 -pthread caller.c -o caller-c", "cc -O2 spin.c -o spin-c"], "./caller-c", "./spin-c"),
    "rust": (
        ["caller.rs"],
        ["cargo build --quiet --release --offline --target-dir rust-target", "rustc -O --edition 2021 spin.rs -o spin-rust"],
        "rust-target/release/bench",
        "./spin-rust",
    ),
    "go": (["caller.go"], ["go build -o caller-go caller.go", "go build -o spin-go spin.go"], "./caller-go", "./spin-go"),
    "java": (["Caller.java"], ["javac -d classes Caller.java Spin.java {java}"], "java -cp classes Caller", "java -cp classes Spin"),
    "csharp": (
        ["Caller.cs"],
        ["mcs -optimize+ -unsafe -out:caller.exe Caller.cs {csharp}", "mcs -optimize+ -unsafe -out:spin.exe Spin.cs"],
        "mono caller.exe",
        "mono spin.exe",
    ),
    "js": (["caller.js"], [], "node caller.js", "node spin.js"),
    "python": (["caller.py"], [], "python3 caller.py", "python3 spin.py"),
    "ruby": (["caller.rb"], [], "ruby caller.rb", "ruby spin.rb"),
    "bash": (["caller.sh"], [], "bash caller.sh", None),
}


def apart(core: int, always: bool = False) -> Callable[[], None]:
    """Before a program starts: on a core of its own, where there are two. Sides that share a core pay a futex pair a call."""

    def pin() -> None:
        if (APART or always) and (os.cpu_count() or 1) > 1:
            os.sched_setaffinity(0, {core})

    return pin


class Bench:
    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self.folder = folder
        self.options = options
        self.channels = Path(tempfile.mkdtemp(prefix="metropipe-bench-", dir="/dev/shm"))
        self.environment = {
            **os.environ,
            "METROPIPE_DIR": str(self.channels),
            "NODE_PATH": str(ROOT / "tests/tools/node_modules"),
            "PATH": f"{ROOT / 'target/release'}:{os.environ['PATH']}",
        }
        self.running: list[subprocess.Popen[str]] = []

    def run(self, command: str, pinned: bool = False, always: bool = False) -> str:
        done = subprocess.run(
            command.split(), cwd=self.folder, env=self.environment, capture_output=True, text=True, preexec_fn=apart(0, always) if pinned else None
        )
        if done.returncode != 0:
            raise SystemExit(f"{command}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self, command: list[str], always: bool = False) -> subprocess.Popen[str]:
        process = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True, preexec_fn=apart(1, always))
        self.running.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        if "ready" not in line:
            raise SystemExit(f"{command}: did not become ready: {line}")
        return process

    def stop(self, process: subprocess.Popen[str]) -> None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:
            process.kill()
        self.running.remove(process)

    def clear(self) -> None:
        for process in list(self.running):
            self.stop(process)
        shutil.rmtree(self.channels, ignore_errors=True)

    def calls(self, command: str, function: str, count: int) -> "Times":
        """The times of a caller's calls."""
        return Times([int(line) for line in self.run(f"{command} {function} {count}", pinned=True).split()])

    def build(self) -> None:
        for folder in (HERE / "callers", HERE / "spin"):
            for file in folder.iterdir():
                shutil.copy(file, self.folder)
        shutil.copy(HERE / "services.py", self.folder)
        (self.folder / "Cargo.toml").write_text(CARGO)
        (self.folder / "go.mod").write_text("module bench\n\ngo 1.18\n")
        self.run("metropipe export --all services.py")
        stubs = {
            "java": " ".join(str(path) for path in self.folder.glob("metropipe/*/stub.java")),
            "csharp": " ".join(str(path) for path in self.folder.glob("metropipe/*/stub.cs")),
        }
        for _, commands, _, _ in LANGUAGES.values():
            for command in commands:
                self.run(command.format(**stubs))
        self.run("cc -O2 responder.c -o responder")
        rows = []
        for function in FUNCTIONS:
            layout = json.loads(self.run(f"metropipe layout {function} services.py --format json"))
            numbers = f"{layout['fingerprint']}, {layout['request_size']}, {layout['payload_size']}, {layout['capacity']}"
            rows.append(f'{{"{function}", "{function}", "{layout["canonical"]}", {numbers}, "provider"}},')
        text = (HERE / "provider.c").read_text().replace("        FUNCTIONS\n", "\n".join(rows) + "\n")
        (self.folder / "provider.c").write_text(text)
        self.run(f"cc -O2 -pthread -I{ROOT / 'templates/c'} provider.c -o provider")


class Times:
    def __init__(self, nanoseconds: list[int]) -> None:
        self.sorted = sorted(nanoseconds)

    def at(self, share: float) -> float:
        """Microseconds."""
        return self.sorted[min(len(self.sorted) - 1, int(len(self.sorted) * share))] / 1000

    @property
    def p50(self) -> float:
        return self.at(0.5)

    @property
    def p99(self) -> float:
        return self.at(0.99)


def table(head: list[str], rows: list[list[str]]) -> None:
    print("| " + " | ".join(head) + " |")
    print("|" + "|".join("---" if i == 0 else "---:" for i in range(len(head))) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def spins(bench: Bench, count: int) -> dict[str, Times]:
    """Each language's bare spin on one word, against the same responder."""
    page = bench.channels / "spin"
    responder = bench.start(["./responder", str(page)])
    times = {}
    for target, (_, _, _, spin) in LANGUAGES.items():
        if spin is not None:
            times[target] = Times([int(line) for line in bench.run(f"{spin} {page} {count}", pinned=True).split()])
    responder.kill()
    responder.wait()
    bench.running.remove(responder)
    return times


def small_calls(bench: Bench, count: int) -> tuple[dict[str, Times], dict[str, Times]]:
    bare = spins(bench, count)
    native: dict[str, dict[str, Times]] = {}
    python: dict[str, dict[str, Times]] = {}
    for function in ("add", "classify"):
        for where, command in ((native, ["./provider", function]), (python, ["python3", f"metropipe/{function}/provider.py"])):
            provider = bench.start(command)
            for target, (_, _, caller, _) in LANGUAGES.items():
                calls = 100 if target == "bash" else count
                where.setdefault(target, {})[function] = bench.calls(caller, function, calls)
            bench.stop(provider)
    print("## Calls\n")
    print("Microseconds a call, p50 and p99. *Bare spin* is the least that the language can do: one word to and fro against a C program")
    print("that does nothing else. *C provider* is the stub's own cost: the same call, answered without an interpreter.\n")
    rows = []
    for target in LANGUAGES:
        spin = bare.get(target)
        add, classify = native[target]["add"], native[target]["classify"]
        rows.append(
            [
                target,
                f"{spin.p50:.2f}" if spin else "",
                f"{add.p50:.2f} / {add.p99:.2f}",
                f"{add.p50 / spin.p50:.2f}" if spin else "",
                f"{classify.p50:.2f} / {classify.p99:.2f}",
                f"{python[target]['add'].p50:.2f} / {python[target]['add'].p99:.2f}",
                f"{python[target]['classify'].p50:.2f} / {python[target]['classify'].p99:.2f}",
            ]
        )
    table(["caller", "bare spin p50", "add, C provider", "add to bare spin", "classify, C provider", "add, Python provider", "classify, Python provider"], rows)
    return {target: times["add"] for target, times in python.items()}, {t: times["add"] for t, times in native.items()}


def peers(bench: Bench, count: int, python: dict[str, Times], native: dict[str, Times]) -> None:
    crate = HERE / "peers"
    target = ROOT / "target/peers"
    subprocess.run(["cargo", "build", "--quiet", "--release", "--target-dir", str(target)], cwd=crate, check=True)
    venv = ROOT / "target/peers-venv"
    if not (venv / "bin/python3").exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(venv / "bin/pip"), "install", "--quiet", "grpcio", "grpcio-tools"], check=True)
    rows = []

    def measure(name: str, serve: list[str], call: str, ours: Times, calls: int) -> None:
        process = bench.start(serve)
        times = Times([int(line) for line in bench.run(call, pinned=True).split() if line.isdigit()])
        process.kill()
        process.wait()
        bench.running.remove(process)
        rows.append([name, f"{times.p50:.2f} / {times.p99:.2f}", f"{ours.p50:.2f} / {ours.p99:.2f}", f"{times.p50 / ours.p50:.0f}"])

    socket = bench.folder / "grpc"
    grpc, iceoryx = str(target / "release/grpc"), str(target / "release/iceoryx")
    few = count // 10
    script = f"{venv / 'bin/python3'} {crate / 'grpc_peer.py'}"
    measure("gRPC, Python to Python", [*script.split(), "serve", f"{socket}-py"], f"{script} call {socket}-py add {few}", python["python"], few)
    measure("gRPC (tonic), Rust to Rust", [grpc, "serve", f"{socket}-rs"], f"{grpc} call {socket}-rs add {few}", native["rust"], few)
    name = f"add_{os.getpid()}"
    measure("iceoryx2 request-response, Rust to Rust, polling", [iceoryx, "serve", name], f"{iceoryx} call {name} {count}", native["rust"], count)
    print("## Beside others\n")
    print("`add` by other means on the same machine in the same run; metropipe's own column is Python to Python, or Rust to the C provider.\n")
    table(["", "p50 / p99", "metropipe p50 / p99", "times slower"], rows)


COPIES = r"""
/* The copies that an echo needs, and nothing else: into shared memory, across in the other process, out again. `copies FILE SIZE COUNT` */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
static int core(int number) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(number, &set);
    sched_setaffinity(0, sizeof set, &set);
    return number;
}
int main(int argc, char **argv) {
    size_t size = strtoul(argv[2], NULL, 10), count = strtoul(argv[3], NULL, 10), all = 64 + 2 * size;
    int file = open(argv[1], O_RDWR | O_CREAT, 0600);
    if (argc != 4 || ftruncate(file, (off_t)all) != 0) return 1;
    char *map = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), *in = map + 64, *out = in + size;
    _Atomic uint32_t *word = (void *)map;
    if (fork() == 0)
        for (core(1);;) {
            uint32_t status = atomic_load(word);
            if (status == 9) _exit(0);
            if (status != 1) continue;
            memcpy(out, in, size);
            atomic_store(word, 3);
        }
    char *from = malloc(size), *to = malloc(size);
    memset(from, 1, size);
    core(0);
    for (size_t i = 0; i < count + count / 4; i++) {
        struct timespec t0, t1;
        clock_gettime(CLOCK_MONOTONIC, &t0);
        memcpy(in, from, size);
        atomic_store(word, 1);
        while (atomic_load(word) != 3) {
        }
        memcpy(to, out, size);
        clock_gettime(CLOCK_MONOTONIC, &t1);
        if (to[size - 1] != 1) return 1;
        if (i >= count / 4) printf("%ld\n", (t1.tv_sec - t0.tv_sec) * 1000000000 + t1.tv_nsec - t0.tv_nsec);
    }
    atomic_store(word, 9);
    return 0;
}
"""


def echoes(bench: Bench, count: int) -> None:
    (bench.folder / "copies.c").write_text(COPIES)
    bench.run("cc -O2 copies.c -o copies")
    large_calls = max(count // 50, 50)

    def copies(size: int, calls: int) -> Times:
        return Times([int(n) for n in bench.run(f"./copies {bench.channels / f'copies_{size}'} {size} {calls}").split()])

    floor = {"echo_small": copies(4092, count), "echo_large": copies(2097152, large_calls)}
    times: dict[str, dict[str, Times]] = {}
    for function, calls in (("echo_small", count), ("echo_large", large_calls)):
        provider = bench.start(["./provider", function])
        for target, (_, _, caller, _) in LANGUAGES.items():
            if target != "bash":
                times.setdefault(target, {})[function] = bench.calls(caller, function, calls)
        bench.stop(provider)
    print("## Bytes, there and back\n")
    print("4,092 bytes and 2 MiB against the C provider, microseconds p50. *The copies alone* are a C program and its child with `memcpy` in, across")
    print("and out through the same kind of memory, and one word that says whose turn it is.\n")
    rows = []
    for target, both in times.items():
        large = both["echo_large"].p50
        small = both["echo_small"].p50
        rows.append([target, f"{small:.2f}", f"{small / floor['echo_small'].p50:.2f}", f"{large:.0f}", f"{large / floor['echo_large'].p50:.2f}"])
    rows.insert(0, ["the copies alone", f"{floor['echo_small'].p50:.2f}", "", f"{floor['echo_large'].p50:.0f}", ""])
    table(["caller", "4 KiB", "to the copies", "2 MiB", "to the copies"], rows)


def idle(bench: Bench, seconds: float) -> None:
    rows = []
    for name, command in (("Python provider", ["python3", "metropipe/add/provider.py"]), ("C provider", ["./provider", "add"])):
        provider = bench.start(command)
        time.sleep(1)
        before = cpu(provider.pid)
        time.sleep(seconds)
        rows.append([name, f"{(cpu(provider.pid) - before) / seconds * 100:.3f} %"])
        bench.stop(provider)
    print("## Idle\n")
    print("Of one core, while nobody calls.\n")
    table(["", "of a core"], rows)


def cpu(pid: int) -> float:
    """Seconds of processor that a process has used, from the kernel's nanosecond accounting."""
    return sum(int(Path(task, "schedstat").read_text().split()[0]) for task in Path(f"/proc/{pid}/task").iterdir()) / 1e9


WAKE = r"""
/* A futex pair: a process that sleeps is woken, and wakes the other, with 5 ms in between. */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
static void wait_for(_Atomic uint32_t *word, uint32_t value) {
    uint32_t seen;
    while ((seen = atomic_load(word)) != value) syscall(SYS_futex, word, FUTEX_WAIT, seen, NULL, NULL, 0);
}
static void set(_Atomic uint32_t *word, uint32_t value) {
    atomic_store(word, value);
    syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}
int main(void) {
    _Atomic uint32_t *words = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child = fork();
    cpu_set_t core;
    CPU_ZERO(&core);
    CPU_SET(child == 0 ? 1 : 0, &core);
    sched_setaffinity(0, sizeof core, &core);
    for (uint32_t i = 1; i <= 400; i++) {
        if (child == 0) {
            wait_for(&words[0], i);
            set(&words[16], i);
        } else {
            nanosleep(&(struct timespec){0, 5000000}, NULL);
            struct timespec t0, t1;
            clock_gettime(CLOCK_MONOTONIC, &t0);
            set(&words[0], i);
            wait_for(&words[16], i);
            clock_gettime(CLOCK_MONOTONIC, &t1);
            printf("%ld\n", (t1.tv_sec - t0.tv_sec) * 1000000000 + t1.tv_nsec - t0.tv_nsec);
        }
    }
}
"""

PACED = r"""
#include "metropipe/add/stub.h"
#include <stdio.h>
#include <time.h>
int main(void) {
    for (int i = 0; i < 400; i++) {
        struct timespec t0, t1, pause = {0, 5000000};
        int32_t sum;
        nanosleep(&pause, NULL);
        clock_gettime(CLOCK_MONOTONIC, &t0);
        if (add(2, 3, &sum) != 0) return 1;
        clock_gettime(CLOCK_MONOTONIC, &t1);
        printf("%ld\n", (t1.tv_sec - t0.tv_sec) * 1000000000 + t1.tv_nsec - t0.tv_nsec);
    }
}
"""


def woken(bench: Bench) -> None:
    (bench.folder / "wake.c").write_text(WAKE)
    (bench.folder / "paced.c").write_text(PACED)
    bench.run("cc -O2 wake.c -o wake")
    bench.run("cc -O2 -D_GNU_SOURCE -pthread paced.c -o paced")
    provider = bench.start(["./provider", "add"], always=True)
    pairs = [
        (Times([int(n) for n in bench.run("./wake").split()]), Times([int(n) for n in bench.run("./paced", pinned=True, always=True).split()]))
        for _ in range(5)
    ]
    bench.stop(provider)
    pairs.sort(key=lambda pair: pair[1].p50 / pair[0].p50)
    bare, call = pairs[len(pairs) // 2]
    print("## Woken from idle\n")
    print("A call each 5 ms, C to the C provider, beside a bare futex pair at the same pace, on a core each: the median of five turns, microseconds.\n")
    table(
        ["", "p50", "p99"],
        [["futex pair", f"{bare.p50:.1f}", f"{bare.p99:.1f}"], ["call", f"{call.p50:.1f}", f"{call.p99:.1f}"], ["ratio", f"{call.p50 / bare.p50:.2f}", ""]],
    )


def exports(bench: Bench) -> None:
    folder = bench.folder / "exports"
    folder.mkdir()
    shutil.copy(HERE / "services.py", folder)
    many = "\n\n".join(f"def function_{i}(text: str, k: int, values: list[float]) -> float:\n    return 0.0" for i in range(1000))
    (folder / "many.py").write_text(many + "\n")

    def took(command: str) -> float:
        start = time.perf_counter()
        subprocess.run(command.split(), cwd=folder, env=bench.environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return time.perf_counter() - start

    def clean() -> None:
        shutil.rmtree(folder / "metropipe", ignore_errors=True)

    def median(command: str, turns: int) -> float:
        times = []
        for _ in range(turns):
            clean()
            times.append(took(command))
        return sorted(times)[turns // 2]

    one, thousand = median("metropipe export classify services.py", 11), median("metropipe export --all many.py", 3)
    print("## Export\n")
    print("Whole processes, medians, all targets that cross processes.\n")
    table(["", "milliseconds"], [["one function", f"{one * 1000:.1f}"], ["1,000 functions", f"{thousand * 1000:.0f}"]])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--apart", action="store_true", help="a core for each side, instead of where the kernel puts them")
    options = parser.parse_args()
    count = 5_000 if options.quick else 50_000
    folder = Path(tempfile.mkdtemp(prefix="metropipe-bench-"))
    bench = Bench(folder, options)
    try:
        bench.build()
        print("# Benchmarks\n")
        print("Printed by `cargo build --release && python3 benches/run.py > docs/benchmarks.md`, one run on one machine; compare the ratios.\n")
        where = "on a core each" if options.apart else "where the kernel puts them: where that is one core, every call pays a futex pair"
        print(f"Provider and caller stand {where}.\n")
        print(f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, {platform.machine()}.\n")
        python, native = small_calls(bench, count)
        if not options.no_peers:
            peers(bench, count, python, native)
        echoes(bench, count)
        woken(bench)
        idle(bench, 2 if options.quick else 10)
        exports(bench)
    finally:
        bench.clear()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
