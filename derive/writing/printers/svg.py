"""Mathematics as SVG text: letters in italics, small raised and lowered marks, one line high.

Labels in drawings are short; what needs height (a fraction, a matrix) is set on the line as
`PlainPrinter` does.
"""

from __future__ import annotations

from derive.writing import maths as m
from derive.writing.printers import escapes
from derive.writing.printers.base import GREEK, HAT
from derive.writing.printers.plain import PlainPrinter

_SMALL = 0.7  # the size of a mark, of the size of the letter that bears it
_DROP, _RISE = 0.2, 0.38  # how far a mark stands below and above the line, in the letter's size


class SvgPrinter(PlainPrinter):
    """The inside of an SVG `<text>`."""

    def print(self, node: m.Node) -> str:
        return self.inside(node)

    def letter(self, letter: str) -> str:
        return f'<tspan font-style="italic">{letter}</tspan>'

    def greek(self, name: str) -> str:
        return GREEK[name] if name[0].isupper() else self.letter(GREEK[name])

    def word(self, word: str) -> str:
        return escapes.html(word)

    def hat(self, base: str) -> str:
        printed = self.base(base)
        return printed.replace("</tspan>", HAT + "</tspan>") if "</" in printed else printed + HAT

    def name(self, node: m.Name) -> str:
        text = self.base(node.base)
        if node.sub is not None:
            text += self._shifted(node.sub, _DROP)
        return text if node.sup is None else text + self._shifted(node.sup, -_RISE)

    def _shifted(self, node: m.Node, down: float) -> str:
        """A small mark off the line; an empty run of text after it brings the line back."""
        printed = self.print(node).strip()
        back = f'<tspan dy="{-down:g}em">\u200b</tspan>'
        return f'<tspan font-size="{_SMALL:.0%}" dy="{down / _SMALL:.3g}em">{printed}</tspan>{back}'

    def _raised(self, node: m.Node) -> str:
        return self._shifted(node, -_RISE)

    def number(self, node: m.Number) -> str:
        digits = escapes.html(node.text).replace("-", "−")
        if node.power is None:
            return digits
        return f"{digits} × 10{self._shifted(m.Number(str(node.power)), -_RISE)}"

    def words(self, node: m.Words) -> str:
        return escapes.html(node.text)

    def sign(self, node: m.Sign) -> str:
        return escapes.html(super().sign(node))

    def fraction(self, node: m.Fraction) -> str:
        plain = PlainPrinter()
        over, under = (
            f"({self.print(part)})" if set(" /") & set(plain.print(part)) else self.print(part)
            for part in (node.over, node.under)
        )
        return f"{over}/{under}"

    def filled(self, node: m.Blank) -> str:
        return f'<tspan class="hot" text-decoration="underline">{self.print(node.inside)}</tspan>'

    def rule(self, node: m.Blank) -> str:
        return "_" * max(round(2 * node.width), 3)

    def marked(self, node: m.Marked) -> str:
        role = ' class="hot"' if node.role == "hot" else ""
        return f'<tspan font-weight="bold"{role}>{self.print(node.inside)}</tspan>'
