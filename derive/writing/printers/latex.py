"""Mathematics in LaTeX, for amsmath and bm; and in the part of it that GitHub's MathJax knows."""

from __future__ import annotations

import re
from collections.abc import Iterable

from derive.writing import maths as m
from derive.writing.printers import escapes
from derive.writing.printers.base import KNOWN_FUNCTIONS, Printer, is_number, opening

SIGNS = {
    "+": "+", "-": "-", "±": r"\pm", "×": r"\times", "·": r"\cdot", "⊙": r"\odot", "=": "=",
    "≈": r"\approx", "<": "<", ">": ">", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "→": r"\to",
    ",": r",\,", "…": r"\dots", "⊤": r"\top", "′": r"\prime",
    " ": r"\,", "  ": r"\quad",
}  # fmt: skip

_RELATIONS = frozenset("=≈<>≤≥≠→")
_SPACED = _RELATIONS | frozenset("+-±×·⊙")
_PAIRS = {"()": ("(", ")"), "[]": ("[", "]"), "||": (r"\lvert", r"\rvert")}
_TALL = (r"\frac", r"\sum", r"\underbrace", r"\begin", r"\left", r"\sqrt")
_ENDS_IN_COMMAND = re.compile(r"\\[A-Za-z]+$")


class LatexPrinter(Printer):
    """LaTeX as one types it in an `align*`."""

    bold = r"\bm"

    def beside(self, *printed: str) -> str:
        """Joined; a command keeps its distance from a letter that would be read as part of it."""
        text = ""
        for piece in printed:
            gap = " " if piece[:1].isalnum() and _ENDS_IN_COMMAND.search(text) else ""
            text += gap + piece
        return text

    def row(self, node: m.Row) -> str:
        """Signs between two things have spaces about them, for those who read the source."""
        pieces = []
        for item, opens in opening(node.items):
            printed = self.print(item)
            if isinstance(item, m.Sign):
                spaced = item.name in _SPACED and not (opens and item.name in "+-±")
                pieces.append(f" {printed} " if spaced else printed)
            elif printed[:1] == "-" and not opens:
                pieces.append("{-}" + printed[1:])  # its own minus, not one between two things
            else:
                pieces.append(printed)
        return self.beside(*pieces).strip(" ")

    def letter(self, letter: str) -> str:
        return letter

    def greek(self, name: str) -> str:
        return escapes.latex_greek(name)

    def word(self, word: str) -> str:
        if word in KNOWN_FUNCTIONS:
            return f"\\{word}"
        return rf"\mathrm{{{word}}}" if word.isascii() and word.isalpha() else self.text(word)

    def text(self, text: str) -> str:
        """Words inside a formula."""
        return rf"\text{{{escapes.latex(text)}}}"

    def hat(self, base: str) -> str:
        return rf"\hat{{{self.base(base)}}}"

    def name(self, node: m.Name) -> str:
        sub = "" if node.sub is None else f"_{{{self.print(node.sub)}}}"
        sup = "" if node.sup is None else f"^{{{self.print(node.sup)}}}"
        return self.base(node.base) + sub + sup

    def number(self, node: m.Number) -> str:
        if node.text == "∞":
            return r"\infty"
        if not is_number(node.text):
            return self.text(node.text)
        text = node.text.replace("−", "-").replace(",", "{,}")
        return text if node.power is None else rf"{text}\times 10^{{{node.power}}}"

    def words(self, node: m.Words) -> str:
        return self.text(node.text)

    def sign(self, node: m.Sign) -> str:
        return SIGNS[node.name]

    def fraction(self, node: m.Fraction) -> str:
        return rf"\frac{{{self.print(node.over)}}}{{{self.print(node.under)}}}"

    def power(self, node: m.Power) -> str:
        base = self.powered(node.base)
        printed = self.print(base)
        if len(printed) > 1 and not isinstance(base, m.Bracket):
            printed = f"{{{printed}}}"  # else the exponent would sit on the last piece alone
        return f"{printed}^{{{self.print(node.exponent)}}}"

    def bracket(self, node: m.Bracket) -> str:
        return self.around(node.pair, self.print(node.inside))

    def around(self, pair: str, inside: str) -> str:
        """Brackets about what is printed, as tall as it is."""
        left, right = _PAIRS[pair]
        if any(mark in inside for mark in _TALL):
            # \mathopen keeps a function close to its bracket, which \left alone would push away.
            left, right = rf"\mathopen{{}}\left{left}", rf"\right{right}"
        return self.beside(left, inside, right)

    def call(self, node: m.Call) -> str:
        arguments = r",\,".join(map(self.print, node.arguments))
        return self.print(node.function) + self.around("()", arguments)

    def root(self, node: m.Root) -> str:
        return rf"\sqrt{{{self.print(node.inside)}}}"

    def sum(self, node: m.Sum) -> str:
        above = "" if node.above is None else f"^{{{self.print(node.above)}}}"
        return rf"\sum_{{{self.print(node.below)}}}{above}"

    def brace(self, node: m.Brace) -> str:
        return rf"\underbrace{{{self.print(node.inside)}}}_{{{self.print(node.label)}}}"

    def cases(self, node: m.Cases) -> str:
        return self._array("cases", [map(self.print, row) for row in node.rows])

    def grid(self, node: m.Grid) -> str:
        return self._array("bmatrix", [map(self.print, row) for row in node.rows])

    @staticmethod
    def _array(environment: str, rows: Iterable[Iterable[str]]) -> str:
        body = r" \\ ".join(map(" & ".join, rows))
        return rf"\begin{{{environment}}}{body}\end{{{environment}}}"

    def marked(self, node: m.Marked) -> str:
        bold = rf"{self.bold}{{{self.print(node.inside)}}}"
        return self.hot(bold) if node.role == "hot" else bold

    def filled(self, node: m.Blank) -> str:
        return rf"\underline{{{self.hot(self.print(node.inside))}}}"

    def rule(self, node: m.Blank) -> str:
        return rf"\underline{{\hspace{{{node.width:g}em}}}}"

    def hot(self, printed: str) -> str:
        """In the accent colour, which the page defines."""
        return rf"\textcolor{{hot}}{{{printed}}}"

    def pointer(self, node: m.Pointer) -> str:
        return rf"\text{{\hyperref[eq:{node.number}]{{({node.number})}}}}"


class GithubPrinter(LatexPrinter):
    """LaTeX that GitHub shows in Markdown: no colours, no links, and words without escapes.

    MathJax knows no escapes inside \\text, so a special character there stands between two texts;
    a table cell or a code span may not hold a bare pipe or a backtick.
    """

    bold = r"\mathbf"

    def text(self, text: str) -> str:
        pieces = _SPECIAL.split(escapes.clean(text))
        return "".join(_BETWEEN.get(piece) or rf"\text{{{piece}}}" for piece in pieces if piece)

    def sign(self, node: m.Sign) -> str:
        return {"<": r"\lt", ">": r"\gt"}.get(node.name) or SIGNS[node.name]

    def hot(self, printed: str) -> str:
        return printed

    def pointer(self, node: m.Pointer) -> str:
        return rf"\text{{({node.number})}}"


class WordPrinter(GithubPrinter):
    """LaTeX that pandoc makes Word's own equations of.

    There, brackets come in pairs, and a sign that stands for itself must be words, since it would
    look for what it joins; nor may a relation have nothing on its left.
    """

    def row(self, node: m.Row) -> str:
        opens = node.items[:1] and isinstance(node.items[0], m.Sign)
        nothing = "\\text{\u200b}" if opens and node.items[0].name in _RELATIONS else ""  # type: ignore[union-attr]
        return nothing + super().row(node)

    def name(self, node: m.Name) -> str:
        if isinstance(node.sup, m.Sign) and node.sup.name in "+-±":
            node = m.Name(node.base, node.sub, m.Words(node.sup.name.replace("-", "−")))
        return super().name(node)

    def word(self, word: str) -> str:
        return self.text(word)

    def around(self, pair: str, inside: str) -> str:
        left, right = ("\\vert", "\\vert") if pair == "||" else tuple(pair)
        return rf"\left{left} {inside} \right{right}"

    def rule(self, node: m.Blank) -> str:
        return r"\text{" + r"\_" * max(round(2 * node.width), 3) + "}"


_BETWEEN = {
    "\\": r"{\backslash}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"{\wedge}", "~": r"{\sim}", "<": r"{\lt}", ">": r"{\gt}",
    "|": r"{\vert}", "`": r"\text{‘}",
}  # fmt: skip
_SPECIAL = re.compile(r"([\\{}$&#%_^~<>|`])")
