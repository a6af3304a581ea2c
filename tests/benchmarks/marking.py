"""Measure marking: `python -m tests.benchmarks.marking [files]`.

A folder of files with 43 answers each is marked, and the same files are opened, read and closed; the
figure is the ratio of the two. Once all answers are right; once some people have rounded, and some have
made a mistake; and once with a page for each.
"""

from __future__ import annotations

import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from derive.checked import Checking
from derive.checking.submissions import Submissions
from derive.example import work
from derive.marked import Class

FILES = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
ANSWERS = 43
ASKED = 6.0


def files(folder: Path, checking: Checking, digits: Callable[[int], int], wrong: float) -> None:
    """Answers to the first lines of the problem, by keys, right to so many digits."""
    unrolled, draw = checking.checker.unrolled, random.Random(1)
    chosen = [q for q in range(unrolled.size) if not unrolled.given(1)[q]][:ANSWERS]
    for number in range(FILES):
        count = digits(number)
        values = {q: float(unrolled.truth[q]) for q in chosen}
        if draw.random() < wrong:
            values[draw.choice(chosen)] *= draw.choice([-1, 2, 10])
        lines = [
            f'"{checking.checker.unrolled.key(q)}" = "{v:.{count}g}"' for q, v in values.items()
        ]
        (folder / f"student-{number:05}.toml").write_text("[answers]\n" + "\n".join(lines) + "\n")


def reading(folder: Path) -> float:
    """The time to open, read and close them all."""
    start = time.perf_counter()
    for name in sorted(os.listdir(folder)):
        with open(folder / name, "rb") as file:
            file.read()
    return time.perf_counter() - start


def marking(folder: Path, checking: Checking, pages: bool) -> float:
    """The time to mark them all."""
    with tempfile.TemporaryDirectory() as out:
        start = time.perf_counter()
        done = Class(checking, Submissions(folder))
        done.run(Path(out), None, ("md",) if pages else (), False, None, None)
        done.write_class(Path(out), ("md",))
        return time.perf_counter() - start


def measure(name: str, digits: Callable[[int], int], wrong: float, pages: bool = False) -> None:
    """Print one measurement beside what was asked for."""
    checking = Checking(work("2-2-2", seed=7))
    with tempfile.TemporaryDirectory() as folder:
        files(Path(folder), checking, digits, wrong)
        base = min(reading(Path(folder)) for _ in range(3))
        took = marking(Path(folder), checking, pages)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{name:44} {took / base:6.1f} (at most {ASKED:g})  {took:.2f} s / {base:.2f} s  "
              f"{took / FILES * 1e6:.0f} µs a file, peak {peak:.0f} MB", flush=True)  # fmt: skip


if __name__ == "__main__":
    measure("all right, six digits", lambda _: 6, 0)
    measure("all right, three to nine digits", lambda n: 3 + n % 7, 0)
    measure("one in a hundred has a mistake", lambda _: 6, 0.01)
    measure("one in ten has a mistake", lambda _: 6, 0.1)
