"""Letters and names that people choose: are they letters and names, and which patterns they change.

>>> with_letters({"net": "net_{unit}", "out": "{unit}"}, {"net": "z", "output": "y"})
{'net': 'z_{unit}', 'out': 'y_{unit}'}
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from derive.errors import Mistake, ProblemError
from derive.problem.model import LETTERS, Problem
from derive.problem.naming import LETTER, SIGNS
from derive.writing.patterns import OWN
from derive.writing.printers import base as printed

_CHANGES = {  # which entries of a notation a letter stands in
    "input": ("input",),
    "target": ("t",),
    "output": ("out",),
    "net": ("net",),
    "rate": ("rate",),
    "error": ("E", "cost", "part"),
    "weight": ("w",),
    "bias": ("b", "shared", "threshold"),
    "delta": ("delta",),
}
_BASE = re.compile(r"[A-Za-z]+")
_SHOWN = 30  # characters of what is wrong


def with_letters(
    patterns: Mapping[str, str], letters: Mapping[str, str], plain: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Patterns with other letters in front; a base made of a unit's label becomes an index.

    With `plain`, those of the single quantities, the patterns are those of matrices: one that has
    another base there has a capital.
    """
    changed = dict(patterns)
    for key, letter in letters.items():
        base = printed.LETTERS.get(letter, letter)
        for entry in _CHANGES[key]:
            if entry in changed:
                old = patterns[entry]
                capital = plain is not None and _base(old) != _base(plain.get(entry, old))
                changed[entry] = _exchanged(old, _capital(base) if capital else base)
        if key == "error":
            changed.pop("cost", None)  # one letter then stands for the errors of one and of all
    return changed


def _base(pattern: str) -> str:
    match = _BASE.match(pattern)
    return match[0] if match else ""


def _exchanged(pattern: str, base: str) -> str:
    old = _base(pattern)
    return base + pattern[len(old) :] if old else f"{base}_{pattern}"


def _capital(base: str) -> str:
    capital = base[0].upper() + base[1:]
    return capital if len(base) == 1 or capital in printed.GREEK else base


def refuse_malformed(problem: Problem) -> None:
    """Raise ProblemError for what is no letter or no name, so that nothing else is ever printed."""
    mistakes = []
    for key, letter in problem.show.letters.items():
        greek = letter in printed.GREEK or letter in printed.LETTERS
        sign = letter in SIGNS or printed.LETTERS.get(letter) in SIGNS
        if key not in LETTERS or sign or not (greek or LETTER.fullmatch(letter)):
            fact = f"{_shown(letter)} is no letter for '{_shown(key)}'"
            remedy = "a Latin letter, a Greek one, or a word of at most 8 letters; for "
            mistakes.append(Mistake("show.letters", fact, remedy + ", ".join(LETTERS)))
    for number, layer in enumerate(problem.layers, start=1):
        for name in (name for row in layer.names or () for name in row):
            match = OWN.fullmatch(name)
            if not match or match[1] in SIGNS:
                remedy = "letters, and digits after them: w13, theta_2, u"
                fact = f"{_shown(name)} cannot name a weight"
                mistakes.append(Mistake(f"layers[{number}].names", fact, remedy))
    if mistakes:
        raise ProblemError(mistakes)


def _shown(text: str) -> str:
    """What is wrong, in ASCII and not too long."""
    return ascii(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")
