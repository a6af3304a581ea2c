"""Spellings of one name, made alike, and the names that one quantity goes by.

>>> plainly("∂E_total/∂w₅"), plainly(r"\\frac{\\partial E}{\\partial w_{5}}"), plainly("w_5 new")
('dE/dw5', 'dE/dw5', 'w5new')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from derive.algebra.places import Place, derivative_of, is_delta
from derive.problem.model import Problem
from derive.writing.notation import Notation
from derive.writing.printers import plain
from derive.writing.printers.base import GREEK, HAT

_LETTERS = {letter: name for name, letter in GREEK.items() if name not in ("partial", "ell")}
_SPOKEN = {
    "∂": "d", "ℓ": "l", "⁺": "new", "+": "new", "′": "new", "'": "new", "ϵ": "epsilon", HAT: "hat",
}  # fmt: skip
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾"
_LOWERED = str.maketrans(_RAISED, "0123456789()")
_SUPERSCRIPT = re.compile(f"[{_RAISED}]+")
_SUPER_THEN_SUB = re.compile(  # LaTeX takes both orders
    r"\^(\{[^{}]*\}|\[[^\]]*\]|\w)_(\{[^{}]*\}|\w+(?:,\w+)*)"
)
_FRACTION = re.compile(r"\\[dt]?frac\{((?:[^{}]|\{[^{}]*\})*)\}\{((?:[^{}]|\{[^{}]*\})*)\}")
_WORDS = re.compile(r"\\(?:mathrm|mathit|text|operatorname)\{([^{}]*)\}|\\(?:left|right|[,;!])")
_HAT = re.compile(r"\\(?:wide)?hat\{?(\w)\}?")
_TOTAL = re.compile(r"(?<![A-Za-z])(E|dE)_?total", re.IGNORECASE)


@lru_cache(maxsize=10_000)
def plainly(name: str) -> str:
    """A name without spaces, marks and brackets, Greek letters spelt out; capitals stay."""
    text = name.strip().rstrip("=: ").replace("\\partial", "d").replace("{,}", ",")
    text = _WORDS.sub(r"\1", text).replace("\\dots", "…")
    text = _HAT.sub(r"\1hat", _FRACTION.sub(r"\1/\2", text))
    text = text.replace("^\\prime", "new").replace("⁺", "+")
    text = _SUPERSCRIPT.sub(lambda found: "^" + found[0].translate(_LOWERED), text)
    text = unicodedata.normalize("NFKD", _SUPER_THEN_SUB.sub(r"_\2^\1", text))
    text = "".join(_SPOKEN.get(c) or _LETTERS.get(c) or c for c in text)
    text = _TOTAL.sub(r"\1", re.sub(r"[\s\\{}()·*$`]+", "", text))
    text = text.replace("_", "").replace("^new", "new")
    return text.removeprefix("new") + "new" if re.match(r"new.", text) else text


def spellings(place: Place, notation: Notation, problem: Problem) -> Iterator[tuple[str, Place]]:
    """What people call a quantity, spelt plainly and without its sample, and what they mean by it."""
    typed = notation.written(place).partition("@")[0]
    place = place._replace(sample=None)
    for name in (str(place), typed, plain(notation.node(place))):
        yield plainly(name), place
    if problem.equations is not None:
        yield plainly(typed.replace("/", "")), place  # dfdx, as programs have it
        return
    if is_delta(place.kind):
        tag = place.kind.partition("_")[2]
        net = place._replace(kind=f"net_{tag}" if tag else "net")
        meant = place._replace(kind=derivative_of(net.kind))
        yield plainly(f"dE/d{notation.written(net)}"), meant
    if place.layer == 1 == len(problem.layers) and not problem.chain:  # the layer needs no number
        yield plainly("/".join(part.replace("_1", "", 1) for part in typed.split("/"))), place
