"""A scribe that writes stand-ins for numbers, and finds them again in what has been rendered.

>>> tokens = Tokens(["0.35", "7.1"])
>>> tokens.split(f"a {tokens.of(3)} b")
(['a ', ' b'], [3])
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from derive.exercises.columns import Columns
from derive.numbers.evaluate import Worked
from derive.numbers.rounding import Printed
from derive.writing.maths import Number
from derive.writing.scribe import Scribe, WrittenLine

PREFIXES = ("7", "9", "6", "8", "5", "3", "4", "2")
WIDTH = 4  # digits that tell which; more for a large network


class Tokens:
    """Stand-ins for so many slots: decimals that occur nowhere among these texts.

    They have a point as most numbers have; whole ones are written otherwise in words, e² and not e^(0.2).
    """

    def __init__(self, texts: Iterable[str], slots: int = 0) -> None:
        taken = "\0".join(texts)
        self._width = width = max(WIDTH, len(str(slots)))
        self._prefix = next(p for p in PREFIXES if not re.search(rf"{p}\.\d{{{width}}}", taken))
        self._pattern = re.compile(rf"(?<![0-9.]){self._prefix}\.([0-9]{{{width}}})(?![0-9.])")

    def of(self, slot: int) -> str:
        """What stands for a slot."""
        return f"{self._prefix}.{slot:0{self._width}d}"

    def split(self, text: str) -> tuple[list[str], list[int]]:
        """What stands between the stand-ins, and their slots."""
        parts = self._pattern.split(text)
        return parts[::2], [int(slot) for slot in parts[1::2]]


class Pattern(Scribe):
    """Writes the lines of one of the sheets with stand-ins for whatever differs between them.

    A quantity's digits are the slot of its number; its power of ten is as on this sheet. `is_negative`
    decides on the signs that are tried.
    """

    def __init__(
        self, columns: Columns, sheet: int, tokens: Tokens, is_negative: Callable[[int], bool]
    ) -> None:
        own, values = columns.scribe, columns.values[sheet]
        derivation = own.worked.derivation
        worked = Worked(derivation, values, columns.bounds[sheet], values)
        super().__init__(worked, own.notation, own.figures)
        self._columns, self._sheet, self._tokens = columns, sheet, tokens
        self._is_negative = is_negative

    def printed(self, quantity: int) -> Printed:
        """A stand-in; the number itself where it is the same on every sheet."""
        column, quantity = self._columns[quantity], self._columns.original(quantity)
        if self._columns.is_fixed(quantity):
            return column.printed(self._sheet)
        sign = "-" if self._is_negative(quantity) else ""
        power = column.powers[self._sheet] if column.powers else None
        return Printed(sign + self._tokens.of(quantity), power)

    def is_exact(self, quantity: int) -> bool:
        """Whether this sheet shows the value in full."""
        return bool(self._columns[quantity].exact[self._sheet])

    def typed(self, quantity: int) -> str:
        """The number itself, for conditions that depend on it."""
        text, power = self._columns[quantity].printed(self._sheet)
        return text if power is None else f"{text}e{power}"

    def _line(self, quantity: int) -> WrittenLine:
        line = super()._line(quantity)
        # A formula that is one number is the value itself, though the stand-ins are two.
        return replace(line, numbers=None) if isinstance(line.numbers, Number) else line
