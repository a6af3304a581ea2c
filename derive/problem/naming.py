"""Reading the names that a person chooses: letters for kinds of quantities, names for weights.

They end up on pages of every format, so they are letters and digits, and nothing else.

>>> letters("input=x, rate=η")
{'input': 'x', 'rate': 'eta'}
>>> names([["w13", "w23"], ["w14", "theta_2"]])[1]
('w14', 'theta_2')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from derive.errors import Mistake
from derive.problem.model import LETTERS
from derive.problem.spoken import pairs
from derive.problem.wrong import Wrong, plain, shown, wrong
from derive.registry import nearest

_ALPHABET = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma "
    "tau upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
GREEK: Mapping[str, str] = dict(
    zip("αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", _ALPHABET.split(), strict=True)
)
"""Greek letters' English names; capitals that look Latin have none."""

LETTER = re.compile(r"[A-Za-z]{1,8}")
SIGNS = ("partial", "nabla")  # of derivatives, so no letters
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,29}")  # of a formula, or of what one makes
NAME_IN_WORDS = "letters, digits and _, beginning with a letter, at most 30"
_WEIGHT = re.compile(r"([A-Za-z]{1,12})(?:_?([A-Za-z0-9]{1,8}))?")


def letters(value: object) -> Mapping[str, str]:
    """{ input = "x", rate = "eta" }; on a command line "input=x,rate=eta". Greek becomes its name."""
    if isinstance(value, str):
        value = pairs(value)
    if not isinstance(value, Mapping):
        wrong(f"{shown(value)} is not a table of letters", 'write { input = "x", target = "y" }')
    found: dict[str, str] = {}
    mistakes: list[Mistake] = []
    for key, item in value.items():
        try:
            found[key] = _letter(key, item)
        except Wrong as error:
            mistakes += error.at(plain(str(key)))
    if mistakes:
        raise Wrong(mistakes)
    return found


def _letter(key: object, value: object) -> str:
    if key not in LETTERS:
        wrong("there is no such letter to choose", nearest(plain(str(key)), list(LETTERS)))
    remedy = 'one letter, a Greek one such as "η" or "eta", or a word of up to 8 Latin letters'
    if not isinstance(value, str):
        wrong(f"{shown(value)} is not text", remedy)
    text = value.strip()
    text = GREEK.get(unicodedata.normalize("NFKC", text) if len(text) == 1 else text, text)
    if not LETTER.fullmatch(text):
        wrong(f"{shown(value)} cannot be a letter", remedy)
    if text in SIGNS:
        wrong(f"{shown(value)} is a sign of differentiation", remedy)
    return text


def names(value: object) -> tuple[tuple[str, ...], ...]:
    """A list of lists of names, in the shape of the weights; the shape is compared later."""
    form = 'one list of names for each unit: [["w13", "w23"], ["w14", "w24"]]'
    if not isinstance(value, list) or not value:
        wrong(f"{shown(value) if value else 'an empty list'} is not a table of names", form)
    mistakes: list[Mistake] = []
    for j, row in enumerate(value, 1):
        if not isinstance(row, list):
            mistakes.append(Mistake(f"[{j}]", f"{shown(row)} is not a list of names", form))
            continue
        for i, name in enumerate(row, 1):
            if not (isinstance(name, str) and _WEIGHT.fullmatch(name)):
                remedy = "letters, then digits or an index: w13, theta_2, u"
                fact = f"{shown(name)} cannot name a weight"
                mistakes.append(Mistake(f"[{j}][{i}]", fact, remedy))
    if mistakes:
        raise Wrong(mistakes)
    return tuple(tuple(row) for row in value)


def on_paper(name: str) -> tuple[str, str]:
    """A name as it is set, letters with what follows them below: w13 and w_13 look the same.

    >>> on_paper("w1a") == on_paper("w_1a"), on_paper("wab") == on_paper("w_ab")
    (True, False)
    """
    letters = re.match("[A-Za-z]*", name)
    assert letters is not None
    return letters[0], name[letters.end() :].removeprefix("_")
