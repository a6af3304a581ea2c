"""What a person at a terminal sees while the work goes on: nothing where it is short.

>>> size("784-128-10")
101632
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

Report = Callable[[int, int], None]
"""Called with the updates done and the updates in all."""

LONG_WORK = 20_000  # bytes of problem file, or parameters of a shorthand
LONG_TRAINING = 20_000  # updates
SOME = 50  # things done one by one
STEPS = 200  # in which a bar grows


def waiting(problem: str, what: str) -> AbstractContextManager[Report | None]:
    """A moving line on a terminal where the work is long, and a bar once the callback is called."""
    return counting(f"{what} {problem}", LONG_TRAINING, problem)


@contextmanager
def counting(what: str, least: int = SOME, problem: str = "") -> Iterator[Report | None]:
    """A bar on a terminal, once the callback is called with how many of more than `least` are done.

    For a large problem something moves from the start. Where nobody looks, there is no callback.
    """
    if not sys.stderr.isatty():
        yield None
        return
    bar = _Bar(what, least)
    if size(problem) > LONG_WORK:
        bar.start()
    try:
        yield bar.report
    finally:
        bar.stop()


def size(problem: str) -> int:
    """How large a problem is: a file's bytes, or the parameters of a shorthand."""
    path = Path(problem)
    if path.is_file():
        return path.stat().st_size
    units = [int(part) for part in problem.split("-") if part.isdigit() and len(part) < 7]
    return sum(m * n for m, n in pairwise(units))


class _Bar:
    """A line of rich's, imported and begun when there is something to show."""

    def __init__(self, what: str, least: int) -> None:
        self.what, self.least = what, least
        self.shown = 0
        self.line: Any = None

    def start(self) -> None:
        """Show that something goes on; how long it takes is not known yet."""
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            Progress,
            SpinnerColumn,
            TextColumn,
            TimeRemainingColumn,
        )

        from derive.problem.wrong import plain

        columns = (
            SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(),
            TimeRemainingColumn(),
        )  # fmt: skip
        self.line = Progress(*columns, console=Console(stderr=True), transient=True)
        self.line.start()
        self.task = self.line.add_task(plain(self.what), total=None)

    def report(self, done: int, total: int) -> None:
        """So many updates are done; cheap enough to be called after each of them."""
        if max(done, total) <= self.least or (done - self.shown) * STEPS < total:
            return
        if self.line is None:
            self.start()
        self.shown = done
        self.line.update(self.task, completed=done, total=total or None)

    def stop(self) -> None:
        """Take the line away."""
        if self.line is not None:
            self.line.stop()
