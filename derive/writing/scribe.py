"""Every quantity's line: its name, its formula in symbols, the same with numbers, and its value.

    net_h1  =  w₁·i₁ + w₂·i₂ + b₁  =  0.15 × 0.05 + 0.20 × 0.10 + 0.35  =  0.3775

The two formulas are one formula printed twice, so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sympy import Expr, Symbol

from derive.algebra.family import Family
from derive.algebra.fold import FLOATS, fold
from derive.numbers.evaluate import Worked
from derive.numbers.exact import Exactness
from derive.numbers.rounding import Figures, Printed, typed
from derive.writing.layout import NUMBERS, Style, layout
from derive.writing.maths import Fraction, Node, Number, Row, Sign, Words
from derive.writing.notation import Notation

MOST_TERMS = 9  # of a longer sum, the first terms and the last are printed
MOST_USES = 60  # where a weight is used many times, each of which is to be seen
SHOWN_TERMS = 3
MOST_REASONS = 3  # why nothing comes back through any of several ways
REMEMBERED = 5_000  # lines, names and numbers that are kept, since a page and its data ask for the same

Made = TypeVar("Made")


@dataclass(frozen=True)
class WrittenLine:
    """The pieces of one line. `symbols` and `numbers` are None where they would only repeat.

    `since` is the condition, in symbols and in numbers, on which a formula with cases was chosen.
    """

    quantity: int
    name: Node
    symbols: Node | None
    numbers: Node | None
    value: Number
    exact: bool
    since: tuple[Node, Node] | None = None

    @property
    def relation(self) -> Sign:
        """= where the value is shown in full, ≈ where it is rounded."""
        return relation(self.exact)


class Scribe:
    """Writes the quantities of one worked derivation in one notation and with one choice of digits."""

    def __init__(self, worked: Worked, notation: Notation, figures: Figures) -> None:
        self.worked = worked
        self.notation = notation
        self.figures = figures
        self.exactness = Exactness(worked, figures)
        self.style = Style(notation.product)
        self._derivation = worked.derivation
        self._lines: dict[int, WrittenLine] = {}
        self._names: dict[int, Node] = {}  # of quantities that stand in many lines, as do these
        self._numbers: dict[int, Number] = {}

    # --- single quantities --------------------------------------------------------------------

    def name(self, quantity: int) -> Node:
        """The quantity's name on paper."""
        return _kept(self._names, quantity, self._name)

    def _name(self, quantity: int) -> Node:
        return self.notation.node(self._derivation.ledger.place(quantity))

    def slashed(self, quantity: int) -> Node:
        """The name for a line of text or a table: a derivative stands on one line, ∂E/∂w₅."""
        return slashed(self.name(quantity))

    def written(self, quantity: int) -> str:
        """The quantity's name on a keyboard."""
        return self.notation.written(self._derivation.ledger.place(quantity))

    def printed(self, quantity: int) -> Printed:
        """The quantity's value as it is printed."""
        text = self._derivation.graph.text(quantity)
        if text is not None:
            return typed(text)
        family, member = self._derivation.made(quantity)
        if family.rule.is_copy:  # a copy looks like its original
            return self.printed(int(family.arguments[family.rule.formula][member]))
        exact = self.exactness.exact(quantity)
        in_full = None if exact is None else self.figures.exactly(exact)
        carried = self.worked.carried
        value = self.worked.values[quantity] if carried is None else carried.decimal(quantity)
        return in_full or self.figures.rounded(value)

    def number(self, quantity: int) -> Number:
        """The quantity's value as a node."""
        return _kept(self._numbers, quantity, lambda q: Number(*self.printed(q)))

    def is_exact(self, quantity: int) -> bool:
        """Whether the page shows the value in full."""
        return self.exactness.exact(quantity) is not None

    def difference(self, first: int, second: int) -> tuple[Sign, Number]:
        """What one quantity is more than another, with = before it where it is shown in full."""
        minuend, subtrahend = map(self.exactness.operand, (first, second))
        if minuend is not None and subtrahend is not None:
            printed, exact = self.figures.of(minuend - subtrahend)
            return relation(exact), Number(*printed)
        values = self.worked.values
        return relation(False), Number(*self.figures.rounded(values[first] - values[second]))

    # --- lines --------------------------------------------------------------------------------

    def line(self, quantity: int) -> WrittenLine:
        """The line of a computed quantity."""
        return _kept(self._lines, quantity, self._line)

    def _line(self, quantity: int) -> WrittenLine:
        family, member = self._derivation.made(quantity)
        formula, since = self._without_cases(family, member)
        symbols = self.formula(family, member, self.name, self.style, formula)
        numbers = self.formula(family, member, self.number, NUMBERS, formula)
        value = self.number(quantity)
        return WrittenLine(
            quantity, self.name(quantity),
            None if isinstance(symbols, Number) else symbols,
            None if numbers == symbols or _same(numbers, value) else numbers,
            value, self.is_exact(quantity), since,
        )  # fmt: skip

    def formula(
        self, family: Family, member: int, show: Callable[[int], Node], style: Style,
        formula: Expr | None = None,
    ) -> Node:  # fmt: skip
        """One member's formula with `show` saying what stands for each quantity."""
        columns = family.member(member)

        def leaf(symbol: Symbol, position: int = 0) -> Node:
            ids = columns[symbol]
            return show(ids if isinstance(ids, int) else ids[position])

        series = {
            total: self._series(term, family.length(term), leaf, style)
            for total, term in family.rule.sums.items()
        }
        return layout(family.rule.formula if formula is None else formula, leaf, style, series)

    def _series(
        self, term: Expr, length: int, leaf: Callable[[Symbol, int], Node], style: Style
    ) -> tuple[Node, ...]:
        """The printed terms of a sum: all, or the first few and the last."""

        def one(position: int) -> Node:
            return layout(term, lambda symbol: leaf(symbol, position), style)

        chain = self._derivation.graph.problem.chain
        if length <= (MOST_TERMS if chain else MOST_USES):
            return tuple(one(i) for i in range(length))
        return (*(one(i) for i in range(SHOWN_TERMS)), Sign("…"), one(length - 1))

    # --- formulas with cases ------------------------------------------------------------------

    def _without_cases(self, family: Family, member: int) -> tuple[Expr, tuple[Node, Node] | None]:
        """A formula as it is for these numbers, and the conditions that say so.

        Of a sum of what comes back, terms that are 0 in this case are left out.
        """
        formula = family.rule.formula
        if not (formula.is_Piecewise or family.rule.code.startswith("gradient.")):
            return formula, None
        branch, reasons = self.worked.decided(family, member)
        conditions = [reason for reason in reasons if reason is not None]
        if len(conditions) < len(reasons) or (len(reasons) > 1 and branch != 0):
            return branch, None  # where several terms are left, the forward pass has told why
        columns: dict[Symbol, Any] = family.member(member)  # single ones: a condition has no sums

        def told(style: Style, show: Callable[[int], Node]) -> list[Node]:
            every = (layout(case, lambda s: show(columns[s]), style) for case in conditions)
            return list(dict.fromkeys(every))

        # between conditions stands a comma, which is read in any language
        in_names = told(replace(self.style, both=", "), self.name)
        if not 0 < len(in_names) <= MOST_REASONS:
            return branch, None
        if not all(fold(c, lambda s: float(self.typed(columns[s])), FLOATS) for c in conditions):
            return branch, (_listed(in_names),) * 2  # rounding has hidden the difference
        return branch, (_listed(in_names), _listed(told(replace(NUMBERS, both=", "), self.number)))

    def typed(self, quantity: int) -> str:
        """The printed value as one would type it: "-0.0380982", "1.2e-7"."""
        text, power = self.printed(quantity)
        return text if power is None else f"{text}e{power}"


def _kept(known: dict[int, Made], quantity: int, make: Callable[[int], Made]) -> Made:
    """What was made of a quantity before, or is now; not more of them are kept than fit."""
    if quantity in known:
        return known[quantity]
    made = make(quantity)
    if len(known) < REMEMBERED:
        known[quantity] = made
    return made


def relation(exact: bool) -> Sign:
    """= before a value that is shown in full, ≈ before a rounded one."""
    return Sign("=" if exact else "≈")


def _listed(nodes: list[Node]) -> Node:
    """Reasons beside each other."""
    first, *rest = nodes
    return Row((first, *(part for node in rest for part in (Words(", "), node)))) if rest else first


def _same(numbers: Node, value: Number) -> bool:
    """Whether the formula with its numbers looks like the value: −1 and −1, −0 and 0."""
    if not isinstance(numbers, Row) or len(numbers.items) != 2 or numbers.items[0] != Sign("-"):
        return numbers == value
    looks_negative = value.text.startswith("-") or not value.text.strip("0.")
    return looks_negative and numbers.items[1] == Number(value.text.lstrip("-"), value.power)


def slashed(node: Node) -> Node:
    """A fraction on one line; anything else as it is."""
    return Row((node.over, Words("/"), node.under)) if isinstance(node, Fraction) else node


def joined(line: WrittenLine) -> Node:
    """The whole line in a row: name = symbols = numbers ≈ value."""
    items: list[Node] = [line.name]
    for part in (line.symbols, line.numbers):
        if part is not None:
            items += [Sign("="), part]
    return Row((*items, line.relation, line.value))
