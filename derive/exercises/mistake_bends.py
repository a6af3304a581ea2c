"""The slips that can be planted in the solutions of a derivation.

>>> import derive
>>> from derive.problem.model import Digits
>>> derivation = derive.work("2-2-2", seed=7).worked.derivation
>>> found = list(bends(Bends(derivation, Digits("significant", 6)), derivation))
>>> found[0].outcome.slip, found[0].family.rule.formula
('bias_dropped', total)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from derive.algebra.family import Family
from derive.checking.line import Line
from derive.checking.many import Many
from derive.checking.slips.error import is_error_slope
from derive.derivation.derivation import Derivation
from derive.exercises.certificate_lines import Bends, Outcome, bent_lines
from derive.exercises.mistake_formula import bent

TRIALS = 8  # sets of numbers without any meaning, from which the equation of a slip is told
MOST_LINES = 200  # in which a mistake can be
TIDY_PLACES = 2  # variants of a slipped decimal point: by one place, to either side
# What these make of the only error slope is no mistake where the error is defined in another way.
OF_CONVENTION = frozenset({"factor_two", "sum_for_mean", "mean_for_sum", "error_sign"})
Mask = NDArray[np.bool_]


class Bend(NamedTuple):
    """A slip at a line, as an equation of one member.

    `is_written` says that the line is written like that, and not as it should be with another value.
    `position` is that among the outcomes of the line; `follows` are the lines that rest on it. `codes`
    are the slips that can be made there, one for each outcome but the first: what is right.
    """

    quantity: int
    outcome: Outcome
    position: int
    family: Family
    is_written: bool
    follows: tuple[int, ...]
    codes: tuple[str, ...]

    @property
    def rivals(self) -> list[int]:
        """The positions of what it must be told from: what is right, and every other slip."""
        others = (n for n, code in enumerate(self.codes, 1) if code != self.outcome.slip)
        return [0, *others]


def bends(outcomes: Bends, derivation: Derivation) -> Iterator[Bend]:
    """Every slip that can be planted, line after line; of very many lines, in some."""
    lines = outcomes.lines()
    rests = _resting(lines, outcomes.unrolled.size, derivation)
    rng = np.random.default_rng(0)
    numbers = rng.uniform(0.1, 0.9, (outcomes.unrolled.size, TRIALS))
    known = Many.exactly(outcomes.unrolled, numbers)
    step = -(-len(lines) // MOST_LINES)
    for quantity in lines[::step]:
        line = Line.of(known, quantity, known.pair(quantity))
        follows = tuple(q for q in lines if rests[quantity][q] and q != quantity)
        yield from _of_line(line, rests[quantity], follows)


def _of_line(line: Line, rests: Mask, follows: tuple[int, ...]) -> Iterator[Bend]:
    others = bent_lines(line)
    codes = tuple(slip.code for slip, _ in others)
    for n, (slip, other) in enumerate(others):
        outcome = Outcome(slip.code, codes[:n].count(slip.code))
        far = slip.code == "decimal_point" and outcome.variant >= TIDY_PLACES
        if far or (slip.code in OF_CONVENTION and _scales_all(line)):
            continue
        found = bent(other, line, slip.code)
        if found and not any(rests[ids].any() for ids in found.family.arguments.values()):
            yield Bend(line.quantity, outcome, n + 1, *found, follows, codes)


def _scales_all(line: Line) -> bool:
    """Whether the whole way back is as many times as large as the line is."""
    samples = line.known.unrolled.derivation.samples
    return is_error_slope(line) and line.problem.units[-1] == samples == 1


def _resting(lines: list[int], size: int, derivation: Derivation) -> dict[int, Mask]:
    """For each line what rests on it, itself among that."""
    hit = np.zeros((len(lines), size), dtype=bool)
    hit[np.arange(len(lines)), lines] = True
    for family in derivation.families:
        for ids in family.arguments.values():
            rests = hit[:, ids]
            hit[:, family.targets] |= rests if ids.ndim == 1 else rests.any(axis=2)
    return dict(zip(lines, hit, strict=True))
