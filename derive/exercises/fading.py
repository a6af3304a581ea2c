"""Fading: which lines of a solution are left blank at which level.

Level 0 is the whole solution. Each further level leaves one stage more blank, the last stage first, or
the first first; at the last level only the network and the questions are left.

>>> from derive.derivation.derivation import derive
>>> from derive.graph.graph import build
>>> from derive.problem.reading import load
>>> found = stages(derive(build(load("2-2-1"))))
>>> [(stage.section, stage.layer) for stage in found]
[('forward', 1), ('forward', 2), ('error', None), ('backward', 2), ('backward', 1), ('update', None)]
>>> [Fading(2).hidden(n, len(found)) for n in range(6)][3:]
['nothing', 'numbers', 'numbers']
>>> Fading(7).hidden(0, 6), Fading.last(6)
('everything', 7)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from derive.derivation.derivation import Derivation

BLANKS = {"numbers": "formulas are given, numbers are blank",
          "factors": "numbers are given, formulas are blank"}  # fmt: skip


class Stage(NamedTuple):
    """Lines that belong together: of one section, and in the passes of one layer."""

    section: str  # "forward", "error", "backward", "together" or "update"
    layer: int | None
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Fading:
    """How much is blank: so many stages from the last, or with `first` from the first.

    `blank` is what is missing in a line of theirs: its "numbers" or its "factors".
    """

    level: int = 0
    first: bool = False
    blank: str = "numbers"

    @staticmethod
    def last(stages: int) -> int:
        """The level at which only the questions are left."""
        return stages + 1

    def hidden(self, stage: int, stages: int) -> str:
        """What is blank in the lines of a stage: "nothing", "numbers", "factors" or "everything"."""
        if self.level >= self.last(stages):
            return "everything"
        is_blank = stage < self.level if self.first else stage >= stages - self.level
        return self.blank if is_blank else "nothing"


def stages(derivation: Derivation) -> list[Stage]:
    """The lines of one update in their order; what only repeats another line is left out."""
    found = []
    for (section, layer), group in groupby(_lines(derivation), key=lambda entry: entry[:2]):
        found.append(Stage(section, layer, tuple(q for _, _, q in group)))
    return found


def _lines(derivation: Derivation) -> Iterator[tuple[str, int | None, int]]:
    for section, families in derivation.sections.items():
        for family in families:
            if derivation.repeats(family):
                continue
            place = derivation.ledger.place(int(family.targets[0]))
            layer = place.layer if section in ("forward", "backward") else None
            yield from ((section, layer, q) for q in family.targets.tolist())
