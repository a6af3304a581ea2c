"""What all printers share: finding the method for a node, and taking a name apart.

To print mathematics in another way, subclass `Printer`, write its methods and enter the class in
`PRINTERS`; a test then prints every kind of node with it.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, get_args

from derive.writing import maths as m

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν",
    "xi": "ξ", "omicron": "ο", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ",
    "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "partial": "∂",
    "nabla": "∇", "ell": "ℓ", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ",
    "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
"""Letters by the names that `Name.base` may bear; capitals that look Latin are written in Latin."""

LETTERS = {letter: name for name, letter in GREEK.items()}

HAT = "\u0302"
"""A combining circumflex at the end of a name's base puts a hat on it: Adam's m̂."""

KNOWN_FUNCTIONS = frozenset(
    ["ln", "log", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min"]
)
"""Functions that LaTeX and Typst know by name; any other word is set upright in the same way."""

_LETTERS_THEN_DIGITS = re.compile(r"([^\W\d_]+)(\d+)")
_NUMBER = re.compile(r"[-+−]?[\d.,]*\d[\d.,]*")


class Printer(ABC):
    """Turns a node into text: `print` finds the method that bears the name of the node's class."""

    def __init__(self, reveal: bool = True) -> None:
        self.reveal = reveal  # whether a `Blank` shows what belongs there
        self._methods: dict[type, Callable[[Any], str]] = {
            kind: getattr(self, kind.__name__.lower()) for kind in get_args(m.Node)
        }

    def print(self, node: m.Node) -> str:
        """The node in this printer's language."""
        return self._methods[node.__class__](node)

    def base(self, base: str) -> str:
        """A name without its marks: a letter, a Greek one by name, a word, a word and digits."""
        if base[1:] and base[-1] == HAT:
            return self.hat(base[:-1])
        if base in GREEK:
            return self.greek(base)
        if base in LETTERS:
            return self.greek(LETTERS[base])
        if len(base) == 1 and base.isascii() and base.isalpha():
            return self.letter(base)
        parts = _LETTERS_THEN_DIGITS.fullmatch(base)
        if parts:
            return self.beside(self.base(parts[1]), self.digits(parts[2]))
        return self.digits(base) if base.isascii() and base.isdigit() else self.word(base)

    def beside(self, *printed: str) -> str:
        """Printed things side by side."""
        return "".join(printed)

    def digits(self, text: str) -> str:
        """Digits without a sign or a point."""
        return text

    def powered(self, base: m.Node) -> m.Node:
        """A base with the brackets that it cannot do without under an exponent."""
        marked = isinstance(base, m.Name) and base.sup is not None
        return m.Bracket(base) if marked or isinstance(base, (m.Fraction, m.Power)) else base

    # What each language says in its own way.

    @abstractmethod
    def letter(self, letter: str) -> str: ...
    @abstractmethod
    def greek(self, name: str) -> str: ...
    @abstractmethod
    def word(self, word: str) -> str: ...
    @abstractmethod
    def hat(self, base: str) -> str: ...
    @abstractmethod
    def name(self, node: m.Name) -> str: ...
    @abstractmethod
    def number(self, node: m.Number) -> str: ...
    @abstractmethod
    def words(self, node: m.Words) -> str: ...
    @abstractmethod
    def sign(self, node: m.Sign) -> str: ...
    @abstractmethod
    def fraction(self, node: m.Fraction) -> str: ...
    @abstractmethod
    def power(self, node: m.Power) -> str: ...
    @abstractmethod
    def bracket(self, node: m.Bracket) -> str: ...
    @abstractmethod
    def call(self, node: m.Call) -> str: ...
    @abstractmethod
    def root(self, node: m.Root) -> str: ...
    @abstractmethod
    def sum(self, node: m.Sum) -> str: ...
    @abstractmethod
    def brace(self, node: m.Brace) -> str: ...
    @abstractmethod
    def cases(self, node: m.Cases) -> str: ...
    @abstractmethod
    def grid(self, node: m.Grid) -> str: ...
    @abstractmethod
    def marked(self, node: m.Marked) -> str: ...
    @abstractmethod
    def filled(self, node: m.Blank) -> str: ...
    @abstractmethod
    def rule(self, node: m.Blank) -> str: ...
    @abstractmethod
    def pointer(self, node: m.Pointer) -> str: ...

    def blank(self, node: m.Blank) -> str:
        """Something to be filled in: what belongs there, or a rule to write it on."""
        return self.filled(node) if self.reveal else self.rule(node)

    def row(self, node: m.Row) -> str:
        """Things side by side."""
        return self.beside(*map(self.print, node.items))


def opening(items: tuple[m.Node, ...]) -> Iterator[tuple[m.Node, bool]]:
    """Each thing in a row, and whether nothing stands before it that a sign could join it to."""
    opens = True
    for item in spliced(items):
        yield item, opens
        sign = item.name if isinstance(item, m.Sign) else ""
        opens = bool(sign.strip()) and sign not in ("…", "⊤", "′")


def spliced(items: tuple[m.Node, ...]) -> tuple[m.Node, ...]:
    """A row's things, with those of a row "+ b" after an "a" in its place: its sign joins the two.

    After words, "since −b", the sign belongs to what follows it.
    """
    found: list[m.Node] = []
    for item in items:
        last = found[-1] if found else m.Sign("=")
        apart = isinstance(last, m.Sign) or (isinstance(last, m.Words) and last.text)
        joins = isinstance(item, m.Row) and item.items[:1] in _JOINING and not apart
        found += item.items if joins else (item,)  # type: ignore[union-attr]
    return tuple(found)


_JOINING = ((m.Sign("+"),), (m.Sign("-"),))


def unary_signs(items: tuple[m.Node, ...]) -> Iterator[tuple[m.Node, bool]]:
    """Each thing in a row, and whether it is a sign of what follows, not one between two things."""
    for item, opens in opening(items):
        yield item, opens and isinstance(item, m.Sign) and item.name in ("+", "-", "±")


def is_number(text: str) -> bool:
    """Whether the text of a `Number` is digits indeed, and not "∞", "nan" or a blank to fill in."""
    return _NUMBER.fullmatch(text) is not None
