"""Mathematics in Typst's own language.

The page that holds the formulas defines what they call: `value`, `hot`, `filled`, `blank` and
`pointer`.
"""

from __future__ import annotations

import re

from derive.writing import maths as m
from derive.writing.printers import escapes
from derive.writing.printers.base import KNOWN_FUNCTIONS, Printer, is_number, opening

SIGNS = {
    "+": "plus", "-": "minus", "±": "plus.minus", "×": "times", "·": "dot", "⊙": "dot.o",
    "=": "eq", "≈": "approx", "<": "lt", ">": "gt", "≤": "lt.eq", "≥": "gt.eq", "≠": "eq.not",
    "→": "arrow.r", ",": "\\,", "…": "dots", "⊤": "top", "′": "prime", " ": "thin", "  ": "quad",
}  # fmt: skip

_MINUS = re.compile(r"-|minus\b ?")
_ALTERNATIVES = {"phi": "phi.alt"}  # the shape that LaTeX gives the letter


class TypstPrinter(Printer):
    """Typst maths; commas are escaped, since a formula may stand among a function's arguments."""

    def beside(self, *printed: str) -> str:
        """Joined with a space only where two words or a word and a bracket would run together.

        Typst shows a space that follows a quoted string, so there are none but these.
        """
        text = ""
        for piece in printed:
            first, last = piece[:1], text[-1:]
            runs_on = (first.isalnum() or first in "(.") and (last.isalnum() or last == ".")
            text += " " + piece if runs_on and first else piece
        return text

    def row(self, node: m.Row) -> str:
        """Things side by side; a minus that belongs to a thing keeps close to it."""
        pieces = []
        for item, opens in opening(node.items):
            printed = self.print(item)
            own = None if opens or isinstance(item, m.Sign) else _MINUS.match(printed)
            pieces.append(f'class("normal",minus){printed[own.end() :]}' if own else printed)
        return self.beside(*pieces)

    def letter(self, letter: str) -> str:
        return letter

    def greek(self, name: str) -> str:
        return _ALTERNATIVES.get(name, name)

    def word(self, word: str) -> str:
        return word if word in KNOWN_FUNCTIONS else escapes.typst_string(word)

    def hat(self, base: str) -> str:
        return f"hat({self.base(base)})"

    def name(self, node: m.Name) -> str:
        sub = "" if node.sub is None else f"_({self.print(node.sub)})"
        sup = "" if node.sup is None else f"^({self.print(node.sup)})"
        return self.base(node.base) + sub + sup

    def number(self, node: m.Number) -> str:
        if node.text == "∞":
            return "infinity"
        if not is_number(node.text) or "," in node.text or node.text[-1:] == ".":
            return escapes.typst_string(node.text)
        text = node.text.replace("−", "-")
        return text if node.power is None else f"{text} times 10^({node.power})"

    def words(self, node: m.Words) -> str:
        return escapes.typst_string(node.text)

    def sign(self, node: m.Sign) -> str:
        return SIGNS[node.name]

    def fraction(self, node: m.Fraction) -> str:
        return f"frac({self.print(node.over)},{self.print(node.under)})"

    def power(self, node: m.Power) -> str:
        base = self.powered(node.base)
        printed = self.print(base)
        if isinstance(base, (m.Name, m.Bracket)):
            return f"{printed}^({self.print(node.exponent)})"
        return f"attach({printed},t:{self.print(node.exponent)})"

    def bracket(self, node: m.Bracket) -> str:
        inside = self.print(node.inside)
        if node.pair == "||":
            return f"abs({inside})"
        return f"lr({node.pair[0]}{inside}{node.pair[1]})"

    def call(self, node: m.Call) -> str:
        arguments = "\\,".join(map(self.print, node.arguments))
        return self.beside(self.print(node.function), f"lr(({arguments}))")

    def root(self, node: m.Root) -> str:
        return f"sqrt({self.print(node.inside)})"

    def sum(self, node: m.Sum) -> str:
        above = "" if node.above is None else f"^({self.print(node.above)})"
        return f"sum_({self.print(node.below)}){above}"

    def brace(self, node: m.Brace) -> str:
        return f"underbrace({self.print(node.inside)},{self.print(node.label)})"

    def cases(self, node: m.Cases) -> str:
        rows = (f"{self.print(value)}&quad {self.print(when)}" for value, when in node.rows)
        return f"cases({','.join(rows)})"

    def grid(self, node: m.Grid) -> str:
        rows = (",".join(map(self.print, row)) for row in node.rows)
        return f'mat(delim:"[",{";".join(rows)})'

    def marked(self, node: m.Marked) -> str:
        return f"{'hot' if node.role == 'hot' else 'value'}({self.print(node.inside)})"

    def filled(self, node: m.Blank) -> str:
        return f"filled({self.print(node.inside)})"

    def rule(self, node: m.Blank) -> str:
        return f"#blank({node.width:g});"

    def pointer(self, node: m.Pointer) -> str:
        return f"#pointer({node.number});"
