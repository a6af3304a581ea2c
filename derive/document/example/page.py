"""What every section of a worked example needs: the lines, the words, and the equation numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np

from derive.algebra.ledger import Ids
from derive.algebra.places import Place
from derive.comparison import Agreement
from derive.derivation.direct import Direct
from derive.document.blocks import Display, Heading, Inlines, Line, Maths, Paragraph
from derive.document.example.pieces import broken, listed
from derive.document.phrases import Field, Phrases
from derive.graph.graph import Graph
from derive.history import History
from derive.numbers.evaluate import Worked
from derive.writing.layout import Style
from derive.writing.maths import Marked, Node, Number, Pointer, Row, Sign, Words
from derive.writing.scribe import Scribe, WrittenLine, relation

LINES = {"brief": 0, "standard": 40, "full": 400}  # weights of a layer that all get a line
UNITS = {"brief": 1, "standard": 8, "full": 60}  # units of a layer that all get their lines
ROWS = {"brief": 60, "standard": 120, "full": 1_000}  # rows of a table that are all printed
PARAMETERS = ("w", "b")  # what all samples share


@dataclass
class Page:
    """One page in the making. Sections ask it for lines; it numbers equations as they come.

    A page looks at one sample, or at the whole batch: `graph` and `gradients` are those of the sample
    it looks at, `at` changes it. Where there is one sample, there is no difference.
    """

    worked: Worked
    agreement: Agreement
    scribe: Scribe
    phrases: Phrases
    detail: str
    chosen: Ids | None  # the parameters asked for with --only, or None for all
    direct: Direct | None
    history: History | None  # where there are several updates
    sample: int | None = None  # counting from 1; None for the batch
    equations: dict[int, int] = field(default_factory=dict)  # quantity → the number of its line
    rules: dict[str, int] = field(default_factory=dict)  # rule → the equation that gives it, once
    last: int = 0
    graph: Graph = field(init=False)
    gradients: Ids = field(init=False)

    def __post_init__(self) -> None:
        self.at(None)

    def at(self, sample: int | None) -> None:
        """Look at one sample, counting from 1, or at the batch."""
        derivation = self.worked.derivation
        self.sample = sample if self.several else None
        self.graph, self.gradients = derivation.graph, derivation.gradient
        if self.sample is not None:
            self.graph, self.gradients = derivation.sample(self.sample - 1)

    @property
    def several(self) -> bool:
        """Whether the problem has several samples."""
        return self.worked.derivation.lift.marked

    @property
    def batch(self) -> int:
        """How many samples the update uses."""
        return self.worked.derivation.samples

    @property
    def error(self) -> int:
        """The error of the batch."""
        return self.worked.derivation.error

    @property
    def wanted(self) -> Ids:
        """The parameters whose gradients are worked out."""
        return self.worked.derivation.wanted

    # --- quantities -----------------------------------------------------------------------------

    def find(self, kind: str, layer: int | None = None, *index: int) -> int:
        """A quantity of the sample that the page looks at, by its place; layers and units from 1."""
        sample = None if kind in PARAMETERS else self.sample
        return self.worked.derivation.ledger.find(Place(kind, layer, index, sample))

    def gradient(self, quantity: int) -> int:
        """The quantity ∂E/∂quantity, of the sample that the page looks at."""
        return int(self.gradients[quantity])

    def is_known(self, quantity: int) -> bool:
        """Whether the derivation has a value for it (with --only, not everything does)."""
        return bool(np.isfinite(self.worked.values[quantity]))

    @property
    def style(self) -> Style:
        """How formulas in letters are set, with the page's words for cases."""
        words = {key: self.phrases.plain(f"page.{key}") for key in ("otherwise", "both", "when")}
        return Style(self.scribe.style.product, **words)

    @property
    def rounded(self) -> str:
        """The ending of phrases about numbers that were rounded on the way."""
        return "" if self.worked.carried is None else "_printed"

    # --- words ----------------------------------------------------------------------------------

    def say(self, key: str, **fields: Field) -> Inlines:
        """A phrase; where deltas have the other sign, the one that is made for that, if there is one."""
        turned = f"{key}_add"
        add = self.scribe.notation.sign < 0 and turned in self.phrases
        return self.phrases.say(turned if add else key, **fields)

    def paragraph(self, key: str, **fields: Field) -> Paragraph:
        return Paragraph(self.say(key, **fields))

    def layer_name(self, number: int, article: bool = True) -> str:
        """What a layer is called: "the hidden layer", or "hidden" in a table."""
        prefix = "layers.the_" if article else "layers."
        last = len(self.graph.layers)
        if number and not self.graph.problem.chain:
            kind = self.phrases.plain(f"kinds.{self.graph.problem.layers[number - 1].kind}")
            return self.phrases.plain("general.layer", number=number, kind=kind)
        if number == 0:
            return self.phrases.plain(f"{prefix}input")
        if number == last:
            return self.phrases.plain(f"{prefix}output")
        if last == 2:
            return self.phrases.plain(f"{prefix}hidden")
        return self.phrases.plain(f"{prefix}hidden_number", number=number)

    def unit(self, layer: int, unit: int) -> Inlines:
        """A unit in a sentence: h1, or "unit 3" where units bear plain numbers."""
        label = self.scribe.notation.label(layer, unit)
        return (
            self.say("layers.unit", number=label) if isinstance(label, Number) else (Maths(label),)
        )

    def name(self, quantity: int) -> Node:
        return self.scribe.name(quantity)

    def names(self, quantities: Sequence[int]) -> Inlines:
        """w1, w2, or w1 … w8 where there are many."""
        if len(quantities) > 3:
            row = (self.name(quantities[0]), Sign("…"), self.name(quantities[-1]))
            return (Maths(Row(row)),)
        return listed([Maths(self.name(q)) for q in quantities])

    def value(self, number: float) -> Number:
        """A value that is no quantity, rounded like the others."""
        return Number(*self.scribe.figures.rounded(number))

    def summed(self, numbers: Iterable[Number]) -> tuple[Sign, Number]:
        """The sum of printed numbers, with = before it where it is shown in full."""
        total = sum(Fraction(Decimal(n.text).scaleb(n.power or 0)) for n in numbers)
        printed, exact = self.scribe.figures.of(Fraction(total))
        return relation(exact), Number(*printed)

    def heading(self, told: Inlines) -> Heading:
        """A section's heading; where there are several samples, it says whose section it is."""
        if self.sample is not None:
            told = self.say("samples.of", section=told, number=self.sample)
        return Heading(1, told)

    # --- displayed lines ------------------------------------------------------------------------

    def number(self, quantity: int | None = None) -> int:
        """The next equation number, remembered for the quantity whose line it is."""
        self.last += 1
        if quantity is not None:
            self.equations[quantity] = self.last
        return self.last

    def lines(self, quantities: Iterable[int], mark: str = "value") -> Display:
        """The lines of these quantities, numbered, and aligned at the first equals sign."""
        rows: list[Line] = []
        for quantity in quantities:
            rows += self.rows(self.scribe.line(quantity), mark)
        return Display(tuple(rows))

    def rows(self, line: WrittenLine, mark: str = "value", lead: Node | None = None) -> list[Line]:
        """One quantity's line, broken where it is too long; `lead` stands first on the right."""
        pieces = [
            Row((Sign("="), part))
            for part in (lead, line.symbols, line.numbers)
            if part is not None
        ]
        ending: list[Node] = [line.relation, Marked(line.value, mark)]
        if line.since is not None:
            ending += [Sign("  "), self._since(line.since)]
        else:
            ending += self._by(line)
        pieces.append(Row(tuple(ending)))
        return self.broken(line.name, pieces, line.quantity)

    def _since(self, since: tuple[Node, Node]) -> Node:
        """ "since 0.15 > 0"."""
        return Row((Words(self.phrases.plain("page.since")), since[1]))

    def _by(self, line: WrittenLine) -> list[Node]:
        """ "by (4)": the line that a quantity repeats, or the first time, the rule that it follows."""
        family, member = self.worked.derivation.made(line.quantity)
        needs = family.needs(member)
        if line.numbers is None and line.symbols is not None and len(needs) == 1:
            number = self.equations.get(needs[0])
        else:
            number = self.rules.pop(family.rule.code, None)  # told the first time, and then known
        if number is None:
            return []
        return [Sign("  "), Words(self.phrases.plain("page.by")), Pointer(number)]

    def broken(self, left: Node, pieces: Sequence[Node], quantity: int | None = None) -> list[Line]:
        """left = piece = piece …, broken where it is too long; the last line has the number."""
        *lines, last = broken(left, pieces)
        return [*lines, replace(last, number=self.number(quantity))]

    def display(self, left: Node, *pieces: Node, exact: bool = True) -> Display:
        """A numbered line that belongs to no quantity: left = piece = piece …, or ≈ before the last."""
        signs = [*([relation(True)] * (len(pieces) - 1)), relation(exact)]
        rows = [Row((sign, piece)) for sign, piece in zip(signs, pieces, strict=True)]
        return Display(tuple(self.broken(left, rows)))


def number_word(page: Page, count: int) -> str:
    """ "two" for 2, as long as the language has a word for it."""
    key = f"numbers.{count}"
    return page.phrases.plain(key) if key in page.phrases else str(count)
