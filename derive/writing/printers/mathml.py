"""Mathematics in MathML Core, as Chromium, Firefox and Safari draw it without any script."""

from __future__ import annotations

from collections.abc import Iterable

from derive.writing import maths as m
from derive.writing.printers import escapes
from derive.writing.printers.base import GREEK, Printer, is_number, unary_signs

SIGNS = {name: f"<mo>{escapes.html(name)}</mo>" for name in m.SIGNS} | {
    "-": "<mo>−</mo>", "…": "<mi>…</mi>", "⊤": "<mi>⊤</mi>", "→": '<mo stretchy="false">→</mo>',
    " ": '<mspace width="0.17em"/>', "  ": '<mspace width="1em"/>',
}  # fmt: skip


class MathmlPrinter(Printer):
    """What stands inside a `<math>`; bold and colour are classes that the page styles."""

    def letter(self, letter: str) -> str:
        return f"<mi>{letter}</mi>"

    def greek(self, name: str) -> str:
        upright = ' mathvariant="normal"' if name[0].isupper() else ""
        return f"<mi{upright}>{GREEK[name]}</mi>"

    def word(self, word: str) -> str:
        return f"<mi>{escapes.html(word)}</mi>" if len(word) > 1 else self.text(word)

    def digits(self, text: str) -> str:
        return f"<mn>{text}</mn>"

    def text(self, text: str) -> str:
        """Words; spaces at the ends are made to stay."""
        core = text.strip()
        left, right = len(text) - len(text.lstrip()), len(text) - len(text.rstrip())
        right *= bool(core)
        return f"<mtext>{chr(160) * left}{escapes.html(core)}{chr(160) * right}</mtext>"

    def group(self, node: m.Node) -> str:
        """The node as one element, for places that count their children."""
        printed = self.print(node)
        return f"<mrow>{printed}</mrow>" if isinstance(node, m.Row) else printed

    def hat(self, base: str) -> str:
        return f'<mover accent="true">{self.base(base)}<mo stretchy="false">^</mo></mover>'

    def name(self, node: m.Name) -> str:
        base, sup = self.base(node.base), node.sup
        if sup == m.Sign("′"):  # fonts have it raised already; in a corner it would be tiny
            base, sup = f'{base}<mo lspace="0" rspace="0">′</mo>', None
        if base.count("</") > 1 and not base.startswith("<mover"):
            base = f"<mrow>{base}</mrow>"
        if node.sub is None and sup is None:
            return base
        if sup is None:
            return f"<msub>{base}{self._mark(node.sub)}</msub>"
        if node.sub is None:
            return f"<msup>{base}{self._mark(sup)}</msup>"
        return f"<msubsup>{base}{self._mark(node.sub)}{self._mark(sup)}</msubsup>"

    def _mark(self, node: m.Node | None) -> str:
        if node is None:
            return "<mrow></mrow>"
        # A lone sign in a corner is not an operator between two things: no space about it.
        if isinstance(node, m.Sign):
            return self.print(node).replace("<mo>", '<mo lspace="0" rspace="0">')
        return self.group(node)

    def number(self, node: m.Number) -> str:
        if not is_number(node.text):
            return f"<mn>{escapes.html(node.text)}</mn>"
        digits = f"<mn>{node.text.replace('-', '−')}</mn>"
        if node.power is None:
            return digits
        power = str(node.power).replace("-", "−")
        return f"<mrow>{digits}<mo>×</mo><msup><mn>10</mn><mn>{power}</mn></msup></mrow>"

    def row(self, node: m.Row) -> str:
        text = ""
        for item, unary in unary_signs(node.items):
            printed = self.print(item)
            # Browsers take a sign for a unary one only where a row begins.
            text += printed.replace("<mo>", '<mo form="prefix">') if unary else printed
        return text

    def words(self, node: m.Words) -> str:
        return self.text(node.text)

    def sign(self, node: m.Sign) -> str:
        return SIGNS[node.name]

    def fraction(self, node: m.Fraction) -> str:
        return f"<mfrac>{self.group(node.over)}{self.group(node.under)}</mfrac>"

    def power(self, node: m.Power) -> str:
        return f"<msup>{self.group(self.powered(node.base))}{self._mark(node.exponent)}</msup>"

    def bracket(self, node: m.Bracket) -> str:
        return self._around(self.print(node.inside), *node.pair)

    def _around(self, inside: str, left: str, right: str) -> str:
        grow = any(mark in inside for mark in _TALL)
        left, right = _fence(left, "prefix", grow), _fence(right, "postfix", grow)
        return f"<mrow>{left}<mrow>{inside}</mrow>{right}</mrow>"

    def call(self, node: m.Call) -> str:
        arguments = SIGNS[","].join(map(self.group, node.arguments))
        function = self.group(node.function)
        return f"<mrow>{function}<mo>&#x2061;</mo>{self._around(arguments, *'()')}</mrow>"

    def root(self, node: m.Root) -> str:
        return f"<msqrt>{self.print(node.inside)}</msqrt>"

    def sum(self, node: m.Sum) -> str:
        below = self.group(node.below)
        if node.above is None:
            return f"<munder><mo>∑</mo>{below}</munder>"
        return f"<munderover><mo>∑</mo>{below}{self.group(node.above)}</munderover>"

    def brace(self, node: m.Brace) -> str:
        # The page draws the brace: a stretched one is as wide as its font has pieces for.
        room = '<mspace height="0.65em"/>'
        braced = f'<munder class="braced">{self.group(node.inside)}{room}</munder>'
        return f"<munder>{braced}{self.group(node.label)}</munder>"

    def cases(self, node: m.Cases) -> str:
        table = "".join(self._table_row(map(self.print, row)) for row in node.rows)
        return f'<mrow>{_fence("{", "prefix", True)}<mtable class="cases">{table}</mtable></mrow>'

    def grid(self, node: m.Grid) -> str:
        table = "".join(self._table_row(map(self.print, row)) for row in node.rows)
        return self._around(f"<mtable>{table}</mtable>", *"[]")

    @staticmethod
    def _table_row(cells: Iterable[str]) -> str:
        return f"<mtr>{''.join(f'<mtd>{cell}</mtd>' for cell in cells)}</mtr>"

    def marked(self, node: m.Marked) -> str:
        role = "hot" if node.role == "hot" else "value"
        return f'<mrow class="{role}">{self.print(node.inside)}</mrow>'

    def filled(self, node: m.Blank) -> str:
        return f'<mrow class="filled">{self.print(node.inside)}</mrow>'

    def rule(self, node: m.Blank) -> str:
        return f'<mspace class="rule" width="{node.width:g}em"/>'

    def pointer(self, node: m.Pointer) -> str:
        return f'<mtext><a href="#eq-{node.number}">({node.number})</a></mtext>'


def _fence(character: str, form: str, grow: bool) -> str:
    """A bracket; only one that must grow is stretched, for some fonts have wide stretched ones."""
    return f'<mo form="{form}" stretchy="{str(grow).lower()}">{character}</mo>'


_TALL = ("<mfrac", "<munder", "<mtable", "<msqrt")
