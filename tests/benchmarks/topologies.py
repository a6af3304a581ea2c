"""Measure other topologies than dense layers in a chain: `python -m tests.benchmarks.topologies`.

Whole commands, in pairs, against 2-2-2; and the cost of one quantity, derived, proved and with its line
printed, against that of a dense network with about as many of them.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from tests.benchmarks.__main__ import ENVIRONMENT, PAIRS, PYTHON, compare, derive

PROBLEMS = {
    "an RNN of 4 units over 20 steps": """
        inputs = [20, 3]
        [[layers]]
        kind = "recurrent"
        units = 4
        returns = "last"
        [[layers]]
        units = 2
    """,
    "an LSTM of 3 units over 5 steps": """
        inputs = [5, 2]
        [[layers]]
        kind = "lstm"
        units = 3
        returns = "last"
        [[layers]]
        units = 1
    """,
    "a 6x6 image of two channels, 3x3 kernel": """
        inputs = [2, 6, 6]
        [[layers]]
        kind = "conv2d"
        filters = 1
        kernel = 3
        [[layers]]
        kind = "max_pool"
        size = [2, 2]
        [[layers]]
        kind = "flatten"
        [[layers]]
        units = 2
    """,
    "two-head attention over 4 tokens": """
        inputs = [4, 4]
        [[layers]]
        kind = "attention"
        units = 4
        heads = 2
    """,
}
DENSE = "8-12-12-4"  # about as many quantities

COST = """
import sys, time
import numpy as np
from pathlib import Path
from derive.example import work
from derive.writing.printers import PRINTERS
from derive.writing.scribe import joined

def cost(source):
    start = time.process_time()
    example = work(source)
    latex = PRINTERS["latex"]().print
    made = [q for family in example.worked.derivation.families for q in family.targets.tolist()]
    for quantity in made:
        latex(joined(example.scribe.line(quantity)))
    spent = time.process_time() - start
    return spent / len(made), len(made), spent / example.worked.derivation.terms

ours, theirs = sys.argv[1:3]
cost(theirs), cost(Path(ours))  # what is done once in a process does not count
found = [(cost(Path(ours)), cost(theirs)) for _ in range(5)]
ratios = sorted(a[0] / b[0] for a, b in found)
terms = sorted(a[2] / b[2] for a, b in found)
print(ratios[2], found[0][0][0] * 1e6, found[0][0][1], found[0][1][0] * 1e6, found[0][1][1], terms[2])
"""


def cost(name: str, path: Path) -> None:
    """The ratio of the costs of one quantity, and the costs in microseconds."""
    found = subprocess.run(
        [PYTHON, "-c", COST, str(path), DENSE], capture_output=True, text=True, check=True, env=ENVIRONMENT
    ).stdout  # fmt: skip
    ratio, ours, count, theirs, others, terms = map(float, found.split())
    verdict = "ok" if ratio <= 1.5 else "MISSED"
    told = f"{ours:.0f} µs × {count:.0f} / {theirs:.0f} µs × {others:.0f}; per term {terms:.2f}"
    print(f"cost per quantity: {name:39} {ratio:5.2f} (at most 1.5)  {told}  {verdict}", flush=True)


def main() -> None:
    """All measurements, one after the other."""
    print(f"{PAIRS} pairs each")
    with tempfile.TemporaryDirectory() as folder:
        out = ["--format", "md,tex,json", "--out", str(Path(folder) / "out")]
        small = derive("example", "2-2-2", *out)
        for number, (name, text) in enumerate(PROBLEMS.items()):
            path = Path(folder) / f"{number}.toml"
            path.write_text(text, encoding="utf-8")
            compare(f"{name} / 2-2-2", derive("example", str(path), *out), small, 3)
            cost(name, path)


if __name__ == "__main__":
    main()
