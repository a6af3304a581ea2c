"""Named entries, and a helpful word for a name that is not among them.

>>> fruits = Registry("fruit", {"apple": 1, "pear": 2})
>>> fruits["pear"]
2
>>> fruits.unknown("aple").remedy
"did you mean 'apple'?"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from derive.errors import Mistake, ProblemError

Entry = TypeVar("Entry")


def nearest(name: str, known: Iterator[str] | list[str]) -> str:
    """The remedy for an unknown name: the nearest known one, or all of them where none is near."""
    import difflib  # only mistakes need it

    names = list(known)
    close = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else "known: " + ", ".join(names)


class Registry(Mapping[str, Entry]):
    """A read-only table of entries by name; a wrong name is a `ProblemError` that suggests one."""

    def __init__(self, kind: str, entries: Mapping[str, Entry]) -> None:
        self.kind = kind
        self._entries = dict(entries)

    def __getitem__(self, name: str) -> Entry:
        try:
            return self._entries[name]
        except KeyError:
            raise ProblemError([self.unknown(name)]) from None

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def unknown(self, name: str, place: str = "") -> Mistake:
        """The mistake to report for a name that is not here."""
        return Mistake(
            place, f"there is no {self.kind} '{name}'", nearest(name, list(self._entries))
        )
