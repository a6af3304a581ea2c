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
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

import derive.cli  # noqa: F401  what the command says to the garbage collector is in force here too
from derive.example import work
from derive.sheets.files import KINDS, Job, run
from derive.sheets.order import Order
from derive.sheets.workshop import Workshop

SHEETS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
PDFS, ANEW, ROUNDS = 200, 20, 3
SHAPE = "2-2-2"
TWO_PAGES = "2-2-1"


def order(certified: bool = False, sheets: int = SHEETS, shape: str = SHAPE) -> Order:
    return Order.of(shape, variants=sheets, seed=7, certified=certified)


def seconds(certified: bool, format: str, out: Path) -> float:
    """The time for a whole order, from nothing to the bound files."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        run(Job(order(certified), out, (format,)))
        times.append(time.perf_counter() - start)
    return statistics.median(times)


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


def pdfs(reveal: bool, shape: str) -> tuple[float, int]:
    """Milliseconds of one core for a PDF, once the typesetter is warm, and its pages."""
    workshop = Workshop(order(sheets=PDFS, shape=shape))
    lot = workshop.lot(range(1, PDFS + 1))
    press = workshop.press("pdf", reveal)
    texts = lot.texts("pdf", reveal)
    pages = len(PdfReader(BytesIO(press.file(texts[0]))).pages)
    start = time.process_time()
    for text in texts[1:]:
        press.file(text)
    took = 1000 * (time.process_time() - start) / (PDFS - 1)
    workshop.close()
    return took, pages


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
    for shape in (TWO_PAGES, SHAPE):
        for reveal, kind in KINDS.items():
            took, pages = pdfs(reveal, shape)
            asked = "<= 15 ms" if pages == 2 else "two pages only"
            say(f"one PDF of the {kind}, {pages} pages, on one core", f"{took:.1f} ms", asked)
