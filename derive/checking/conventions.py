"""Other conventions under which answers can be right: the error's form, the sign of delta, the mean.

>>> from derive.problem.reading import load
>>> [code for code, _ in alternatives(load("1-1"))]
['loss:squared_error', 'loss:mean_squared_error']
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from derive.algebra.ledger import Ids
from derive.algebra.places import is_delta
from derive.checking.judge import GOOD, Judge, Judged
from derive.checking.numerals import Number
from derive.checking.unrolled import Unrolled
from derive.derivation.derivation import derive
from derive.graph.graph import build
from derive.numbers.evaluate import Values
from derive.problem.model import Choice, Problem

SQUARED = ("half_squared_error", "squared_error", "mean_squared_error")
SIGN = "delta_sign"
CLOSE = 0.01


def alternatives(problem: Problem) -> Iterator[tuple[str, Problem]]:
    """The problem with the other forms of its error, and with the other way to combine samples."""
    if problem.loss.name in SQUARED and problem.loss.formula is None:
        for name in SQUARED:
            if name != problem.loss.name:
                yield f"loss:{name}", replace(problem, loss=Choice(name))
    if len(problem.samples) > 1:
        other = "sum" if problem.reduction == "mean" else "mean"
        yield f"reduction:{other}", replace(problem, reduction=other)


class _Arrays(NamedTuple):
    """Answers as arrays, for a first look before they are judged."""

    quantities: Ids
    values: Values
    near: Values  # how far from each counts as close

    @classmethod
    def of(cls, answers: Mapping[int, Number]) -> _Arrays:
        values = np.array([number.value for number in answers.values()])
        margins = np.array([number.margin for number in answers.values()])
        near = np.maximum(CLOSE * np.abs(values), 3 * margins)
        return cls(np.array(list(answers)), values, near)

    def close(self, values: Values) -> int:
        """How many of them are close to these values."""
        return int((np.abs(self.values - values) <= self.near).sum())


class Convention(NamedTuple):
    """A convention: its code, its judge, and whether deltas have the other sign there."""

    code: str
    judge: Judge
    is_turned: bool

    def judged(self, answers: Mapping[int, Number]) -> Judged:
        """The verdicts on answers under this convention."""
        return self.judge.judge({q: self._as_here(q, number) for q, number in answers.items()})

    def close(self, given: _Arrays, last: int) -> int:
        """How many answers are close to what is right under this convention."""
        signs = np.array([self.sign(q) for q in given.quantities.tolist()])
        return given.close(signs * self.judge.unrolled.known(last)[given.quantities])

    def sign(self, quantity: int) -> int:
        """−1 for what has the other sign under this convention."""
        kind = self.judge.unrolled.place(quantity).kind
        return -1 if self.is_turned and is_delta(kind) else 1

    def _as_here(self, quantity: int, number: Number) -> Number:
        return number if self.sign(quantity) > 0 else number.negated()


class Conventions:
    """The conventions other than the problem's own, made when somebody's answers are not right."""

    def __init__(self, judge: Judge) -> None:
        self._own = judge
        self._found: list[Convention] | None = None

    def best(self, judged: Judged) -> tuple[Convention, Judged] | None:
        """The convention under which more answers are right than under the problem's own, or None.

        One wrong answer is a mistake and no convention, unless everything is right under that.
        """
        wrong = _not_good(judged)
        given = _Arrays.of(judged.answers)
        least = given.close(judged.truth[given.quantities])
        choices = []
        for convention in self._all():
            if convention.close(given, judged.last) <= least:
                continue
            other = convention.judged(judged.answers)
            left = _not_good(other)
            if not left or wrong - left >= 2 * (left + 1):
                choices.append((left, convention, other))
        if not choices:
            return None
        _, convention, other = min(choices, key=lambda choice: choice[0])
        return convention, other

    def _all(self) -> list[Convention]:
        if self._found is None:
            self._found = list(self._made())
        return self._found

    def _made(self) -> Iterator[Convention]:
        own = self._own
        derivation = own.unrolled.derivation
        if own.unrolled.is_free:
            return
        yield Convention(SIGN, own, True)
        for code, problem in alternatives(derivation.graph.problem):
            other = derive(build(problem), derivation.one.wanted, derivation.sign)
            judge = Judge(Unrolled(other, own.unrolled.updates), own.asked)
            yield Convention(code, judge, False)
            yield Convention(f"{code}+{SIGN}", judge, True)


def _not_good(judged: Judged) -> int:
    return sum(verdict not in GOOD for verdict in judged.verdicts.values())
