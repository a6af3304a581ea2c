"""Measure how long one answer file takes, and one wrong line: `python -m tests.benchmarks.checking`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import derive
from derive.checking.answers import Answer
from derive.checking.check import Checker

REPEATS = 51


def milliseconds(action: Callable[[], object]) -> float:
    """The median time of an action that has been done before."""
    action()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def diagnosis() -> dict[str, float]:
    """Milliseconds for a 2-2-2 network: all answers right, one of them wrong in some way, one alone."""
    example = derive.work("2-2-2", seed=7)
    checker = Checker(example.worked, example.notation)
    right = {
        step["key"]: f"{step['value']:.6g}"
        for step in example.data()["steps"]
        if not step["key"].startswith("dnet/dw")
    }
    error = example["E"]
    sheets = {
        "every line right": right,
        "a sign lost": right | {"delta[1,1]": f"{-example['delta[1,1]']:.6g}"},
        "a value out of nowhere": right
        | {"dE/dout[1,1]": f"{1.237 * example['dE/dout[1,1]']:.6g}"},
        "nothing but a wrong error": {"E": f"{1.237 * error:.6g}"},
        "nothing but a wrong error after the step": {"E#2": f"{1.237 * error:.6g}"},
    }

    def check(sheet: dict[str, str]) -> Callable[[], object]:
        return lambda: checker.check([Answer(key, text, "") for key, text in sheet.items()])

    return {name: milliseconds(check(sheet)) for name, sheet in sheets.items()}


if __name__ == "__main__":
    for name, median in diagnosis().items():
        print(f"{name:44} {median:6.1f} ms")
