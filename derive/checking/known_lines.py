"""What the lines of files say, each understood once: most lines of a class are the same again and again.

>>> lines = Lines(lambda name, text, sheet: Known(1, text == "0.5", name, text))
>>> all_right(lines.read(b"E = 0.5", "md") or [])
(frozenset({1}), True)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from derive.checking.answers import Answer
from derive.checking.contents import OTHERWISE
from derive.checking.judge import COARSE, SLACK
from derive.checking.numerals import Number

MOST_LINES = 100_000  # that are remembered


class Known(NamedTuple):
    """What a line of a file says: which quantity it is about, and whether its value is right."""

    quantity: int  # or a number below 0 where the line says nothing
    is_right: bool
    name: str = ""
    text: str = ""


NOTHING = Known(-1, True)
_SILENT = re.compile(rb"\s*(?:#.*)?|\s*\[answers\]\s*")
_LINES = {  # of formats in which a line stands for itself: a name and a value, each quoted or bare
    "toml": re.compile(
        rb"""[ \t]*(?:"([^"\\]+)"|([\w-]+))[ \t]*=[ \t]*"""
        rb"""(?:"([^"\\]*)"|([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?))[ \t]*(?:#.*)?"""
    ),
    "csv": re.compile(
        rb"""(?:"([^"]+)"|([^",;\t]*\[[\d, ]*\][@#\d]*|[^",;\t\[]+)),(?:"([^"]*)"|([^",;\t]*))"""
    ),
    "md": re.compile(
        rb"[ \t]*[-*]?[ \t]*()([^\s|=:#>*`$~0-9][^|=:#>*`$~]*?)[ \t]*[=][ \t]*()([^=|#*`$~]*)"
    ),
}


class Lines:
    """What the lines of files say, each understood once."""

    def __init__(self, understand: Callable[[str, str, str], Known | None]) -> None:
        self._understand = understand
        self._tables: dict[str, dict[bytes, Known]] = {}

    def named(self, answer: Answer, sheet: str = "") -> Known | None:
        """What an answer on a sheet says; None where its name means nothing."""
        return self._understand(answer.name, answer.text, sheet)

    def read(self, content: bytes, format: str) -> list[Known] | None:
        """What each line says; None where they have to be read together, and more slowly."""
        if format not in _LINES or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return None
        table = self._tables.setdefault(format, {})
        lines = content.split(b"\n")
        found = list(map(table.get, lines))
        if None not in found:
            return found  # type: ignore[return-value]
        if format == "csv" and lines[0].strip().lower() != b"key,value":
            return None
        if len(table) > MOST_LINES:
            table.clear()
        for position, line in enumerate(lines):
            if line not in table:
                known = self._understood(line, format)
                if known is None:
                    return None
                table[line] = known
            found[position] = table[line]
        return found  # type: ignore[return-value]

    def _understood(self, line: bytes, format: str) -> Known | None:
        """What a line says, where it is of the simplest form; None for any other."""
        text = line.rstrip(b"\r")
        if _SILENT.fullmatch(text) or (format == "csv" and text.strip().lower() == b"key,value"):
            return NOTHING
        match = _LINES[format].fullmatch(text) if len(text) < 200 else None
        if match is None or b"\x00" in text:
            return None
        quoted, bare, *values = match.groups()
        name = (quoted or bare).decode("utf-8", OTHERWISE)
        value = (values[0] or values[1] or b"").decode("utf-8", OTHERWISE)
        return self._understand(name, value, "")


def is_surely_right(number: Number, truth: float) -> bool:
    """Whether an answer is right whatever else the person has answered, and with whatever digits."""
    off = abs(number.value - truth)
    is_fine = number.margin <= COARSE * abs(truth)
    return off <= SLACK * abs(truth) or (is_fine and off <= number.margin)


def all_right(known: Sequence[Known]) -> tuple[frozenset[int], bool]:
    """What lines answer, and whether each is right and none is there twice."""
    distinct = set(known)
    distinct.discard(NOTHING)
    quantities = frozenset([line.quantity for line in distinct])
    answers = len(known) - known.count(NOTHING)
    right = bool(quantities) and False not in [line.is_right for line in distinct]
    return quantities, right and len(quantities) == answers
