"""Mathematics as a small tree of what stands where, before any format is chosen.

A node says how things stand to each other on paper (one over another, inside brackets, raised);
a printer in `derive.writing.printers` turns the same tree into LaTeX, Typst, MathML or plain text.
Nodes hold no values and know no calculus. User text reaches a node only as `Words`,
which every printer escapes.

>>> Name("w", sub=Number("5"))
Name(base='w', sub=Number(text='5', power=None), sup=None)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Name:
    """A letter or a word with its marks: w₅, net_h1, δ, b⁺.

    `base` is a Latin letter (set italic), a Greek letter by its English name ("eta", "delta",
    "sigma", "partial", "Sigma"), or a word of several Latin letters (set upright).
    """

    base: str
    sub: Node | None = None
    sup: Node | None = None


@dataclass(frozen=True)
class Number:
    """Digits as they shall stand, "-0.0380982"; with `power` they are times ten to that power."""

    text: str
    power: int | None = None


@dataclass(frozen=True)
class Words:
    """Plain words inside a formula, set upright."""

    text: str


@dataclass(frozen=True)
class Sign:
    """An operator or a relation by name; `SIGNS` lists them."""

    name: str


SIGNS = {
    "+": "plus", "-": "minus", "±": "plus or minus", "×": "times, spaced as a binary operator",
    "·": "centred dot", "⊙": "elementwise product", "=": "equals", "≈": "is rounded to",
    "<": "less", ">": "greater", "≤": "at most", "≥": "at least", "≠": "differs",
    "→": "leads to", ",": "comma with a space after it", "…": "and so on", "⊤": "transposed",
    "′": "prime, in a superscript",
    " ": "a thin space (a product without a sign)", "  ": "a wide gap",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """Things side by side."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Fraction:
    """One thing over another."""

    over: Node
    under: Node


@dataclass(frozen=True)
class Power:
    """A base with an exponent; a base that needs brackets already has them."""

    base: Node
    exponent: Node


@dataclass(frozen=True)
class Bracket:
    """Something in a pair that grows with it: "()", "[]" or "||"."""

    inside: Node
    pair: str = "()"


@dataclass(frozen=True)
class Call:
    """A function and its arguments: σ(z), tanh(z), max(0, z). "ln", "max" … are set upright."""

    function: Node
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Root:
    """A square root."""

    inside: Node


@dataclass(frozen=True)
class Sum:
    """A large Σ with what stands below and above it, before a term that follows in the row."""

    below: Node
    above: Node | None = None


@dataclass(frozen=True)
class Brace:
    """Something with a brace below it and a label below the brace."""

    inside: Node
    label: Node


@dataclass(frozen=True)
class Cases:
    """A large left brace before (value, condition) rows; a condition says its "if" itself."""

    rows: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True)
class Grid:
    """A matrix in square brackets."""

    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True)
class Marked:
    """Something to be noticed: "value" is set bold, "hot" bold in the accent colour."""

    inside: Node
    role: str


@dataclass(frozen=True)
class Blank:
    """Something to be filled in: a rule `width` em wide on a sheet, and on its key what belongs there."""

    inside: Node
    width: float = 6.0


@dataclass(frozen=True)
class Pointer:
    """The number of another equation, "(7)", linked to it."""

    number: int


Node: TypeAlias = (
    Name | Number | Words | Sign | Row | Fraction | Power | Bracket | Call | Root | Sum | Brace
    | Cases | Grid | Marked | Blank | Pointer
)  # fmt: skip
