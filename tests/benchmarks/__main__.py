"""Measure the program: `python -m tests.benchmarks`.

Whole commands are timed in pairs, A B A B …, so that a machine whose speed drifts does not decide;
the figure is the median of the pairs' ratios. Each line says what was asked for and what came out.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAIRS = int(sys.argv[1]) if len(sys.argv) > 1 else 9
PYTHON = sys.executable
LIBRARIES = [PYTHON, "-c", "import sympy, numpy, jinja2"]
CLICK = [PYTHON, "-c", "import click"]
SIZES = {1_000: (100, 10), 10_000: (1_000, 10), 100_000: (1_000, 100)}


def derive(*arguments: str) -> list[str]:
    """A command of the program, started as its installed script starts it."""
    return [PYTHON, "-c", "from derive.cli import main; main()", *arguments]


# As after an installation: modules are compiled, and stay so.
ENVIRONMENT = {name: v for name, v in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: list[str]) -> float:
    """The time of one whole process; a command that should fail may fail, but none may break."""
    start = time.perf_counter()
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENVIRONMENT, check=False
    )
    took = time.perf_counter() - start
    if b"Traceback" in done.stderr:
        raise RuntimeError(done.stderr.decode())
    return took


def ratio(ours: list[str], theirs: list[str]) -> tuple[float, float, float]:
    """The median ratio over the pairs, and the median times in seconds."""
    seconds(ours), seconds(theirs)  # warm the disk
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(PAIRS)]
    first, second = zip(*pairs, strict=True)
    ratios = statistics.median(a / b for a, b in pairs)
    return ratios, statistics.median(first), statistics.median(second)


def compare(name: str, ours: list[str], theirs: list[str], asked: float) -> None:
    """Print one comparison beside what was asked for."""
    found, first, second = ratio(ours, theirs)
    verdict = "ok" if found <= asked else "MISSED"
    print(
        f"{name:58} {found:5.2f} (at most {asked:g})  {first:.3f} s / {second:.3f} s  {verdict}",
        flush=True,
    )


WEIGHTS = """
import resource, sys, time
from derive.example import work
from derive.writing.printers import PRINTERS
from derive.writing.scribe import joined
work("2-2-2")  # so that what is done once in a process does not count
start = time.perf_counter()
example = work(sys.argv[1])
derived = time.perf_counter()
latex = PRINTERS["latex"]().print
gradient = example.worked.derivation.gradient
for layer in example.worked.derivation.graph.layers:
    for weight in layer.weights.ravel().tolist():
        latex(joined(example.scribe.line(int(gradient[weight]))))
printed = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(derived - start, printed - start, peak)
"""


def per_weight() -> None:
    """The whole derivation, with a printed line for every weight, at three sizes."""
    found = {}
    for count, units in SIZES.items():
        network = "-".join(map(str, units))
        runs = [
            [float(word) for word in subprocess.run(
                [PYTHON, "-c", WEIGHTS, network],
                capture_output=True, text=True, check=True, env=ENVIRONMENT,
            ).stdout.split()]
            for _ in range(3 if count < 100_000 else 2)
        ]  # fmt: skip
        derived, printed, peak = (min(column) for column in zip(*runs, strict=True))
        found[count] = printed / count * 1e6
        print(f"{network:>10}: {count:7,} weights derived and proved in {derived:6.3f} s; with every line "
              f"printed {found[count]:5.0f} µs a weight; peak {peak:.0f} MB", flush=True)  # fmt: skip
    spread = max(found.values()) / min(found.values()) - 1
    verdict = "ok" if spread <= 0.25 else "MISSED"
    name = "cost per weight from 1,000 to 100,000 weights varies by"
    print(f"{name:58} {spread:5.0%} (at most 25%)  {verdict}")


STEPS = """
import sys, time
from dataclasses import replace
import numpy as np
import derive
import derive.cli  # sets how often cycles of objects are looked for
from derive.history import History
from derive.problem.reading import load

def bare():
    W1, W2 = np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([[0.40, 0.45], [0.50, 0.55]])
    x, t, b1, b2, rate = np.array([0.05, 0.10]), np.array([0.01, 0.99]), 0.35, 0.60, 0.5
    errors = []
    for _ in range(10_000):
        h = 1 / (1 + np.exp(-(W1 @ x + b1)))
        o = 1 / (1 + np.exp(-(W2 @ h + b2)))
        errors.append(np.sum((t - o) ** 2) / 2)
        d2 = (o - t) * o * (1 - o)
        d1 = (W2.T @ d2) * h * (1 - h)
        W1, W2 = W1 - rate * np.outer(d1, x), W2 - rate * np.outer(d2, h)
    return errors

def ours(worked):
    history = History(worked)
    return history.rows, history.curve

one = derive.work(sys.argv[1])
worked = one.worked
graph = replace(worked.derivation.graph, problem=replace(one.problem, epochs=10_000))
worked = replace(worked, derivation=replace(worked.derivation, graph=graph))
for _ in range(int(sys.argv[2])):
    start = time.perf_counter(); ours(worked); middle = time.perf_counter(); bare()
    print(middle - start, time.perf_counter() - middle)
"""

MAZUR = Path(__file__).parents[2] / "output" / "gallery" / "mazur.toml"


def steps() -> None:
    """Ten thousand updates, their table, their curve and their proof, beside a bare loop."""
    found = subprocess.run(
        [PYTHON, "-c", STEPS, str(MAZUR), str(PAIRS)],
        capture_output=True, text=True, check=True, env=ENVIRONMENT,
    ).stdout  # fmt: skip
    pairs = [tuple(map(float, line.split())) for line in found.splitlines()]
    ratio = statistics.median(a / b for a, b in pairs)
    first, second = (statistics.median(column) for column in zip(*pairs, strict=True))
    verdict = "ok" if ratio <= 3 else "MISSED"
    name = "10,000 updates of 2-2-2 with their table / a bare loop"
    print(f"{name:58} {ratio:5.2f} (at most 3)  {first:.3f} s / {second:.3f} s  {verdict}")


def batch(folder: Path, samples: int) -> list[str]:
    """The command for a 2-2-2 network with so many samples."""
    head = "inputs = 2\n[[layers]]\nunits = 2\n[[layers]]\nunits = 2\n"
    rows = (
        f"[[samples]]\ninputs = [0.{n % 89 + 10}, 0.{n % 83 + 11}]\n"
        f"targets = [0.{n % 79 + 12}, 0.{n % 73 + 13}]\n"
        for n in range(samples)
    )
    path = folder / f"{samples}.toml"
    path.write_text(head + "".join(rows), encoding="utf-8")
    return derive("example", str(path), "--format", "md,tex,json", "--out", str(folder / "out"))


def main() -> None:
    """All measurements, one after the other."""
    print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}, {PAIRS} pairs each")
    with tempfile.TemporaryDirectory() as folder:
        out = ["--out", str(Path(folder) / "out")]
        small = derive("example", "2-2-2", "--format", "md,tex,json", *out)
        page = derive("example", "2-2-2", "--format", "md,tex,json,pdf", *out)
        only = derive("example", "784-128-10", "--only", "w100", "--format", "md,tex,json", *out)
        every = derive("example", "784-128-10", "--format", "json", *out)
        compare("2-2-2 as md, tex, json / import sympy, numpy, jinja2", small, LIBRARIES, 1.6)
        compare("2-2-2 with PDF / import sympy, numpy, jinja2", page, LIBRARIES, 2)
        compare("one weight of 784-128-10 / 2-2-2", only, small, 1.1)
        compare("all of 784-128-10 as json / 2-2-2", every, small, 2.5)
        compare("derive --help / import click", derive("--help"), CLICK, 2)
        compare("a usage error / import click", derive("exampel"), CLICK, 2)
        compare("1,000 samples, one in full / one sample", batch(Path(folder), 1_000),
                batch(Path(folder), 1), 1.5)  # fmt: skip
        other = [*small, "--notation", "bracket", "--language", "de"]
        compare("another notation and language / the usual ones", other, small, 1.1)
    steps()
    per_weight()


if __name__ == "__main__":
    main()
