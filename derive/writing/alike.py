"""No two quantities of a problem have the same name, whatever letters and names people choose.

All quantities of a layer have names of one form, w_• with numbers from 5 to 8, so a network of any
size is compared by its forms; weights with names of their own are compared one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from derive.errors import Mistake, ProblemError
from derive.problem.model import Problem
from derive.writing.notation import Notation
from derive.writing.occurring import Entry, Range, entries

MOST = 10  # mistakes that are told at once
_NUMBER = re.compile(r"\{(\w+)\}|(0|[1-9][0-9]*)")  # w05 is another name than w5
Ranges = tuple[Range, ...]


def refuse_alike(notation: Notation, problem: Problem) -> None:
    """Raise ProblemError where two quantities would have the same name, on paper or typed."""
    register = _Register()
    for entry in entries(notation, problem):
        register.enter(entry)
    if register.mistakes:
        raise ProblemError(register.mistakes[:MOST])


@dataclass
class _Register:
    """The names there are: forms with ranges of numbers, and names that people gave, one by one."""

    forms: dict[str, list[tuple[Ranges, Entry]]] = field(default_factory=dict)
    given: dict[tuple[str, Ranges], Entry] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    told: set[tuple[str, str]] = field(default_factory=set)

    def enter(self, entry: Entry) -> None:
        """Compare the names with those there are, and keep them."""
        for kind, template in (("called", entry.paper), ("typed", entry.typed)):
            if template is None:
                continue
            form, ranges = _form(template, entry.ranges)
            form = f"{kind} {form}"
            for variant, numbers in _variants(form, ranges, entry.own is not None):
                for other, low in self._others(variant, numbers):
                    self._tell(f"{kind} '{_filled(variant, low)}'", other, entry)
            if entry.own is None:
                self.forms.setdefault(form, []).append((ranges, entry))
            else:
                self.given.setdefault((form, ranges), entry)

    def _others(self, form: str, ranges: Ranges) -> Iterator[tuple[Entry, list[int]]]:
        """What has one of these names already, and the first numbers that both have."""
        if (form, ranges) in self.given:
            yield self.given[form, ranges], [low for low, _ in ranges]
        for others, entry in self.forms.get(form, ()):
            pairs = list(zip(ranges, others, strict=True))
            if all(low <= top and bottom <= high for (low, high), (bottom, top) in pairs):
                yield entry, [max(low, bottom) for (low, _), (bottom, _) in pairs]

    def _tell(self, called: str, first: Entry, second: Entry) -> None:
        if first.noun == second.noun or (first.root, second.root) in self.told:
            return
        self.told.add((first.root, second.root))
        fact = f"{first.noun} and {second.noun} would both be {called}"
        if second.own is None:
            remedy = "choose another letter for one of them"
            self.mistakes.append(Mistake("show.letters", fact, remedy))
        else:
            remedy = "give the weight another name"
            self.mistakes.append(Mistake(f"layers[{second.own}].names", fact, remedy))


def _form(template: str, ranges: dict[str, Range]) -> tuple[str, Ranges]:
    """A template with a dot for each number, and what the numbers are.

    >>> _form("w_{n}", {"n": (5, 8)}), _form("beta_1", {})
    (('w_•', ((5, 8),)), ('beta_•', ((1, 1),)))
    """
    found = []
    for match in _NUMBER.finditer(template):
        number = int(match[2]) if match[2] else 0
        found.append(ranges[match[1]] if match[1] else (number, number))
    return _NUMBER.sub("•", template), tuple(found)


def _filled(form: str, numbers: list[int]) -> str:
    """A form with numbers for its dots: "called w_•" as w_5."""
    text = form.partition(" ")[2].strip("*")
    for number in numbers:
        text = text.replace("•", str(number), 1)
    return text


def _variants(form: str, ranges: Ranges, given: bool) -> Iterator[tuple[str, Ranges]]:
    """The form, and where a given name has two digits, w14, also that of two numbers, w_1,4."""
    yield form, ranges
    if given and len(ranges) == 1 and 11 <= ranges[0][0] <= 99:
        first, second = divmod(ranges[0][0], 10)
        yield form.replace("•", "••"), ((first, first), (second, second))
