"""The same tree of mathematics as LaTeX, GitHub's LaTeX, Typst, MathML, SVG text or plain text.

A printer is a class with one method per kind of node; `PRINTERS` lists them by the name that a
format's `format.toml` gives.

>>> from derive.writing.maths import Fraction, Name, Number, Row, Sign
>>> line = Row((Fraction(Name("partial"), Name("w", Number("5"))), Sign("≈"), Number("0.082")))
>>> for name in ("plain", "latex", "typst"):
...     print(PRINTERS[name]().print(line))
∂/w5 ≈ 0.082
\\frac{\\partial}{w_{5}} \\approx 0.082
frac(partial,w_(5))approx 0.082
"""

from __future__ import annotations

from derive.registry import Registry
from derive.writing.maths import Node
from derive.writing.printers.base import Printer
from derive.writing.printers.latex import GithubPrinter, LatexPrinter, WordPrinter
from derive.writing.printers.mathml import MathmlPrinter
from derive.writing.printers.plain import PlainPrinter
from derive.writing.printers.svg import SvgPrinter
from derive.writing.printers.typst import TypstPrinter

PRINTERS: Registry[type[Printer]] = Registry(
    "printer",
    {
        "latex": LatexPrinter,
        "github": GithubPrinter,
        "word": WordPrinter,
        "typst": TypstPrinter,
        "mathml": MathmlPrinter,
        "svg": SvgPrinter,
        "plain": PlainPrinter,
    },
)

_plain = {reveal: PlainPrinter(reveal) for reveal in (True, False)}


def plain(node: Node, reveal: bool = True) -> str:
    """The node as one line of Unicode text, for alternatives and for lines read aloud.

    What is to be filled in is "____" unless it is revealed.
    """
    return _plain[reveal].print(node)


__all__ = ["PRINTERS", "Printer", "plain"]
