"""Measure exercise sheets: `python -m tests.benchmarks.sheets [sheets]`.

Sheets with full keys in one file, to writing the same bytes and to deriving each anew; PDFs of two pages;
and what the certificates cost.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from derive.example import work
from derive.sheets.files import KINDS, Job, run
from derive.sheets.order import Order
from derive.sheets.workshop import Workshop

SHEETS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
PDFS, ANEW = 200, 20
SHAPE = "2-2-2"


def order(certified: bool = False, sheets: int = SHEETS) -> Order:
    return Order.of(SHAPE, variants=sheets, seed=7, certified=certified)


def seconds(certified: bool, format: str, out: Path) -> float:
    """The time for a whole order, from nothing to the bound files."""
    start = time.perf_counter()
    run(Job(order(certified), out, (format,)))
    return time.perf_counter() - start


def writing(out: Path, format: str) -> float:
    """The time to write the same bytes."""
    contents = [(out / f"{kind}.{format}").read_bytes() for kind in KINDS.values()]
    times = []
    for _ in range(5):
        start = time.perf_counter()
        for kind, content in zip(KINDS.values(), contents, strict=True):
            with (out / f"{kind}.again").open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def anew(format: str) -> float:
    """The time to derive and set one sheet by itself."""
    workshop = Workshop(order(sheets=ANEW))
    lot = workshop.lot(range(1, ANEW + 1))
    problems = [workshop.problem(lot.drawn, n) for n in range(ANEW)]
    start = time.perf_counter()
    for problem in problems:
        work(problem).render(format)
    return (time.perf_counter() - start) / ANEW


def pdfs(reveal: bool) -> float:
    """Milliseconds of one core for a PDF, once the typesetter is warm."""
    workshop = Workshop(order(sheets=PDFS))
    lot = workshop.lot(range(1, PDFS + 1))
    press = workshop.press("pdf", reveal)
    texts = lot.texts("pdf", reveal)
    press.file(texts[0])
    start = time.process_time()
    for text in texts[1:]:
        press.file(text)
    took = 1000 * (time.process_time() - start) / (PDFS - 1)
    workshop.close()
    return took


def say(what: str, found: str, asked: str) -> None:
    print(f"{what:60} {found:>28}   asked: {asked}", flush=True)


if __name__ == "__main__":
    for format in ("md", "tex"):
        with tempfile.TemporaryDirectory() as folder:
            plain = seconds(False, format, Path(folder))
            base = writing(Path(folder), format)
        say(f"{SHEETS:,} sheets and keys as {format}, to writing the bytes",
            f"{plain / base:.1f} ({plain:.2f} s / {base:.2f} s)", "<= 8")  # fmt: skip
        each = anew(format)
        say("  deriving each anew, to that", f"{each * SHEETS / plain:,.0f} x", ">= 1,000")
        with tempfile.TemporaryDirectory() as folder:
            both = seconds(True, format, Path(folder))
        say("  the certificates beside the sheets", f"{(both - plain) / plain:.2f} x", "<= 5")
    for reveal, kind in KINDS.items():
        say(f"one PDF of the {kind}, on one core", f"{pdfs(reveal):.1f} ms", "<= 15 ms")
