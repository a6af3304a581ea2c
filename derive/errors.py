"""One family of errors, each with a place, a fact and a remedy.

The inner code states the fact; whoever knows the place and the remedy adds them. A command turns
any `DeriveError` into its message and its exit status, so a person never meets a traceback.

>>> print(ProblemError([Mistake("loss", "there is no loss 'hing'", "did you mean 'hinge'?")]))
loss: there is no loss 'hing' (did you mean 'hinge'?)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Mistake(NamedTuple):
    """One thing that is wrong with what was given: where it stands, what it is, what to do."""

    place: str
    fact: str
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        remedy = f" ({self.remedy})" if self.remedy else ""
        return f"{place}{self.fact}{remedy}"


class DeriveError(Exception):
    """Anything that ends a command with a message; `status` is the command's exit status."""

    status = 2


class ProblemError(DeriveError):
    """What was given cannot be used; carries every mistake found, not only the first."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


class Disagreement(DeriveError):
    """The symbolic gradients and their witnesses differ by more than rounding."""

    status = 3
