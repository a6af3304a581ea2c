"""Mathematics on one line of Unicode text: "∂E/∂w5 = 0.741365 × 0.186816 ≈ 0.138499"."""

from __future__ import annotations

from derive.writing import maths as m
from derive.writing.printers import escapes
from derive.writing.printers.base import GREEK, HAT, Printer, unary_signs

SIGNS = {name: f" {name} " for name in m.SIGNS} | {
    "-": " − ", ",": ", ", "…": "…", "⊤": "ᵀ", "′": "′", " ": " ", "  ": "  ",
}  # fmt: skip

RULE = "____"
"""A blank, for those who cannot see it and where an answer is typed."""

_RAISED = str.maketrans("0123456789+-−n ", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ ")
_LOOSE = " /"


class PlainPrinter(Printer):
    """Unicode text that can be read aloud; brackets stand where a fraction's bar would group."""

    def print(self, node: m.Node) -> str:
        return " ".join(self.inside(node).split())

    def inside(self, node: m.Node) -> str:
        """The node with the spaces that its signs have about them."""
        return self._methods[node.__class__](node)

    def row(self, node: m.Row) -> str:
        pieces = [(self.inside(item), unary) for item, unary in unary_signs(node.items)]
        return "".join([piece.strip() if unary else piece for piece, unary in pieces])

    def letter(self, letter: str) -> str:
        return letter

    def greek(self, name: str) -> str:
        return GREEK[name]

    def word(self, word: str) -> str:
        return escapes.clean(word)

    def hat(self, base: str) -> str:
        return self.base(base) + HAT

    def name(self, node: m.Name) -> str:
        text = self.base(node.base)
        if node.sub is not None:
            sub = self.print(node.sub)
            text += sub if sub.isdigit() and len(text) == 1 else f"_{self._apart(sub)}"
        return text if node.sup is None else text + self._raised(node.sup)

    def _raised(self, node: m.Node) -> str:
        text = self.print(node)
        if text in ("′", "ᵀ"):
            return text
        raised = text.translate(_RAISED)
        if not any(character in raised for character in text):
            return raised
        closed = isinstance(node, m.Bracket) or len(text) == 1
        return f"^{text}" if closed else f"^({text})"

    def _apart(self, text: str) -> str:
        """Brackets about a sum, as in out_(l − 1), where its end could not be heard."""
        return f"({text})" if _LOOSE[0] in text else text

    def number(self, node: m.Number) -> str:
        digits = escapes.clean(node.text).replace("-", "−")
        if node.power is None:
            return digits
        return f"{digits} × 10{str(node.power).translate(_RAISED)}"

    def words(self, node: m.Words) -> str:
        return escapes.clean(node.text)

    def sign(self, node: m.Sign) -> str:
        return SIGNS[node.name]

    def fraction(self, node: m.Fraction) -> str:
        return f"{self._grouped(node.over)}/{self._grouped(node.under)}"

    def _grouped(self, node: m.Node) -> str:
        text = self.print(node)
        closed = isinstance(node, (m.Bracket, m.Call))
        return text if closed or not any(mark in text for mark in _LOOSE) else f"({text})"

    def power(self, node: m.Power) -> str:
        return self.print(self.powered(node.base)) + self._raised(node.exponent)

    def bracket(self, node: m.Bracket) -> str:
        return f"{node.pair[0]}{self.print(node.inside)}{node.pair[1]}"

    def call(self, node: m.Call) -> str:
        return f"{self.print(node.function)}({', '.join(map(self.print, node.arguments))})"

    def root(self, node: m.Root) -> str:
        return f"√({self.print(node.inside)})"

    def sum(self, node: m.Sum) -> str:
        below = self.print(node.below)
        if node.above is not None:
            return f"Σ({below} … {self.print(node.above)}) "
        return f"Σ_{below} " if len(below) == 1 else f"Σ({below}) "

    def brace(self, node: m.Brace) -> str:
        return f"{self.print(node.inside)} [{self.print(node.label)}]"

    def cases(self, node: m.Cases) -> str:
        rows = (" ".join(map(self.print, row)) for row in node.rows)
        return "{ " + "; ".join(rows) + " }"

    def grid(self, node: m.Grid) -> str:
        rows = (", ".join(map(self.print, row)) for row in node.rows)
        return f"[{'; '.join(rows)}]"

    def marked(self, node: m.Marked) -> str:
        return self.inside(node.inside)

    def filled(self, node: m.Blank) -> str:
        return self.inside(node.inside)

    def rule(self, node: m.Blank) -> str:
        return RULE

    def pointer(self, node: m.Pointer) -> str:
        return f"({node.number})"
