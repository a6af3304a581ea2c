"""A recipe: which numbers an exercise may have, and what its values must look like.

>>> Range.of("-0.3", "0.3", decimals=1).wholes().tolist()
[-3, -2, -1, 1, 2, 3]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from derive.exercises.draw_words import words
from derive.problem.model import Choice, Digits, Given

ZERO = Given(0.0, "0")


@dataclass(frozen=True)
class Range:
    """The whole multiples of 10^−decimals from `low` to `high`.

    0 is one of them only where `zero` says so, and others are at least `least` in size.
    """

    low: Given
    high: Given
    decimals: int = 1
    least: Given = ZERO
    zero: bool = False

    @classmethod
    def of(cls, low: str, high: str, decimals: int = 1) -> Range:
        """A range from digits."""
        return cls(Given(float(low), low), Given(float(high), high), decimals)

    def wholes(self, above: float = -np.inf, below: float = np.inf) -> NDArray[np.int64]:
        """The numbers times 10^decimals; only those strictly between `above` and `below`."""
        scale = 10**self.decimals
        low, high, least = (Fraction(g.text) * scale for g in (self.low, self.high, self.least))
        every = np.arange(-(-low // 1), high // 1 + 1, dtype=np.int64)
        sizes = np.abs(every)
        kept = np.where(every == 0, self.zero, sizes >= max(-(-least // 1), 1))
        inside = (every / scale > above) & (every / scale < below)
        chosen: NDArray[np.int64] = every[kept & inside]
        return chosen


class End(NamedTuple):
    """An activation of the last layer, and a loss that suits it."""

    activation: Choice
    loss: Choice


@dataclass(frozen=True)
class Recipe:
    """What is drawn, what is preferred where a problem leaves it open, and what a sheet must keep.

    Of every computed quantity: at most `largest` and at least `smallest` in size. Of every unit: a
    slope of at least `slope` in size, unless it is a constant. `margin` is the least distance from
    where one case becomes another, and an update moves a parameter by `visible` units of its last
    digit. With `exact`, the digits shown hold every value in full.
    """

    name: str
    title: str
    inputs: Range
    targets: Range
    weights: Range
    biases: Range
    sources: int  # of more weights into a unit only the smaller ones of the range are drawn
    digits: Digits
    learning_rate: Given
    hidden: tuple[Choice, ...]
    ends: tuple[End, ...]
    depth: tuple[int, int]  # hidden layers, at least and at most
    width: tuple[int, int]  # units of a layer, and inputs
    largest: Given
    smallest: Given
    slope: Given
    margin: Given
    visible: int
    exact: bool

    def topology(self, seed: int, number: int) -> dict[str, Any]:
        """A network as a problem file describes it, without its numbers; the same for the same sheet."""
        most = self.depth[1]
        dice = words(seed, "topology", [number], [0], 2 * most + 4)[0].tolist()
        hidden = self.depth[0] + dice.pop() % (most - self.depth[0] + 1)
        end = self.ends[dice.pop() % len(self.ends)]
        widths = [
            self.width[0] + dice.pop() % (self.width[1] - self.width[0] + 1)
            for _ in range(hidden + 2)
        ]
        if end.activation.name == "softmax":  # over one unit it is always 1
            widths[-1] = max(widths[-1], 2)
        chosen = [self.hidden[dice.pop() % len(self.hidden)] for _ in range(hidden)]
        activations = [*chosen, end.activation]
        layers = zip(widths[1:], activations, strict=True)
        return {
            "inputs": widths[0],
            "layers": [{"units": n, "activation": as_data(a)} for n, a in layers],
            "loss": as_data(end.loss),
            "learning_rate": self.learning_rate,
            "show": {"digits": {self.digits.kind: self.digits.count}},
        }


def as_data(choice: Choice) -> dict[str, Any]:
    """An activation or a loss as a problem file holds it.

    >>> as_data(Choice("huber", {"delta": Given(0.5, "0.5")}))
    {'name': 'huber', 'delta': Given(value=0.5, text='0.5')}
    """
    parameters: Mapping[str, Any] = choice.parameters
    if choice.formula is not None:
        parameters = {"formula": choice.formula}
    return {"name": choice.name, **parameters}
