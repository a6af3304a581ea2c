"""What a known slip is: a code, and how it bends a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sympy import Symbol

from derive.algebra.places import Place
from derive.algebra.rule import UP
from derive.checking.line import Fixed, Line

Bend = Callable[[Line], Iterator[Line | None]]
MOST_OTHERS = 12  # units, terms or targets of which each is tried


@dataclass(frozen=True)
class Slip:
    """A mistake that people make.

    `bend` gives what a line becomes when it is made there, in each of its variants; none, or None, where
    it makes no sense. `rank` says how seldom it is, from 1. A `habit` is a wrong rule that somebody can
    follow at every line; a slip of the pen is `written`: it can be in an answer, but not in a line that
    nobody has written down. One that is `harmless` is none at all where it comes to what is right: the
    case of a formula that holds, the same number from another unit.
    """

    code: str
    bend: Bend
    rank: int = 4
    habit: bool = True
    written: bool = False
    harmless: bool = False

    def bent(self, line: Line) -> list[Line]:
        """What becomes of a line."""
        return [bent for bent in self.bend(line) if bent is not None]


def negated(line: Line, name: Symbol) -> Line:
    """The line with a minus before what is in one slot."""
    low, high = line.interval(name)
    return line.put(name, Fixed(-high, -low))


def moved(place: Place, axis: int, number: int) -> Place:
    """A place with another number in one of its axes, which count from 0."""
    return place._replace(index=(*place.index[:axis], number, *place.index[axis + 1 :]))


def is_upstream(name: Symbol) -> bool:
    """Whether a slot holds what came back so far; those of a second sum are numbered."""
    return name.name.partition("_")[0] == UP.name
