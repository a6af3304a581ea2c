"""What a reader of one value says when it cannot use it, and how a value is shown in a message.

A reader knows the fact and the remedy but not where the value stands; whoever called it adds the
place in front. What could still be read goes along, so that later checks can look at it.

>>> shown("sig\\x00moid"), shown(True), shown([1, 2])
("'sig?moid'", 'true', 'a list')
>>> inside("layers[2]", "weights"), inside("layers[2].weights", "[1]")
('layers[2].weights', 'layers[2].weights[1]')
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from derive.errors import Mistake
from derive.problem.model import Given

LONGEST_SHOWN = 40


class Wrong(ValueError):
    """The mistakes in one value, their places counted from that value; `usable` is the rest."""

    def __init__(self, mistakes: Iterable[Mistake], usable: object = None) -> None:
        self.mistakes = tuple(mistakes)
        self.usable = usable
        super().__init__()

    def at(self, place: str) -> tuple[Mistake, ...]:
        """The mistakes with the place of the value in front."""
        return tuple(m._replace(place=inside(place, m.place)) for m in self.mistakes)


def wrong(fact: str, remedy: str = "", place: str = "") -> NoReturn:
    """Refuse a value for one reason."""
    raise Wrong([Mistake(place, fact, remedy)])


def inside(place: str, part: str) -> str:
    """The place of a part of what stands at `place`."""
    return f"{place}.{part}" if place and part and not part.startswith("[") else place + part


def counted_from_1(index: Iterable[int]) -> str:
    """Where a number stands in an array, as people count.

    >>> counted_from_1((0, 2))
    '[1][3]'
    """
    return "".join(f"[{n + 1}]" for n in index)


def plain(text: str) -> str:
    """Text from a file made short and harmless enough for a message."""
    short = text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
    return "".join(c if c.isprintable() else "?" for c in short)


def shown(value: object) -> str:
    """A value in a message: its digits, its text in quotes, or what kind of thing it is."""
    match value:
        case bool():
            return "true" if value else "false"
        case Given():
            return plain(value.text)
        case int():
            return str(value) if abs(value) < 10**LONGEST_SHOWN else "a huge number"
        case float():
            return repr(value)
        case str():
            return f"'{plain(value)}'"
        case list() | tuple():
            return "a list"
        case dict():
            return "a table"
        case None:
            return "nothing"
    return "a date" if hasattr(value, "isoformat") else f"a {plain(type(value).__name__)}"
