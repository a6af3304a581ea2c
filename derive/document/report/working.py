"""The lines of a calculation as a report prints them: with true values, or with somebody's own.

A worked example prints the lines of one update with the values of one calculation. Answers can be about
any update, and what follows from them is another calculation again; so here a line is printed for any
quantity of `Unrolled`, with whatever values.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property

import numpy as np
from sympy import Expr, Piecewise

from derive.algebra.family import Family
from derive.algebra.fold import FRACTIONS, active_branch
from derive.algebra.places import Place
from derive.checking.judge import part_of
from derive.checking.numerals import Number as Read
from derive.checking.numerals import read
from derive.checking.report import Finding, Report
from derive.checking.unrolled import Unrolled
from derive.document.blocks import Display, Inlines, Maths
from derive.document.example.pieces import broken
from derive.document.phrases import Phrases
from derive.numbers.evaluate import Values, run
from derive.numbers.rounding import Figures, typed
from derive.problem.model import Digits
from derive.writing.layout import NUMBERS
from derive.writing.maths import Marked, Node, Number, Row, Sign
from derive.writing.scribe import Scribe, relation, slashed

MOST_DIGITS = 15  # that a double has
CALCULATED = 15  # digits that the value of arithmetic has


class Working:
    """Prints lines of one problem for one report."""

    def __init__(
        self, scribe: Scribe, unrolled: Unrolled, report: Report, phrases: Phrases
    ) -> None:
        self.scribe, self.unrolled, self.report, self.phrases = scribe, unrolled, report, phrases
        self._answered = {
            finding.quantity: finding
            for finding in report.findings
            if finding.quantity is not None and finding.given is not None
        }

    # --- names --------------------------------------------------------------------------------

    def node(self, quantity: int) -> Node:
        """The quantity's name on paper."""
        return self.scribe.notation.node(self.unrolled.place(quantity)._replace(update=None))

    def quantity(self, key: str) -> int:
        """The quantity that has this key."""
        return self.unrolled.find(Place.read(key))

    def name(self, quantity: int) -> Inlines:
        """The quantity's name in a sentence, with its update where that is not the first."""
        name: Inlines = (Maths(slashed(self.node(quantity))),)
        update = self.unrolled.place(quantity).update
        if update is None or update == 1:
            return name
        key = "report.after_update" if self.unrolled.updates == 1 else "report.update"
        fields = {} if self.unrolled.updates == 1 else {"number": update}
        return self.phrases.say(key, line=name, **fields)

    # --- values -------------------------------------------------------------------------------

    @property
    def truth(self) -> Values:
        """What is right."""
        return self.unrolled.truth

    @cached_property
    def own(self) -> Values:
        """What every value is when the answers stand in their places."""
        last = max(map(self.unrolled.update, self._answered), default=1)
        values = np.where(self.unrolled.given(last), self.unrolled.known(last), np.nan)
        given = np.full_like(values, np.nan)
        for quantity, finding in self._answered.items():
            given[quantity] = finding.given
        for family in self.unrolled.families(last):
            run((family,), values)
            hit = family.targets[np.isfinite(given[family.targets])]
            values[hit] = given[hit]
        return values

    @cached_property
    def figures(self) -> Figures:
        """The page's digits, or those of the answers where they have more."""
        asked = self.scribe.figures
        given = [read(finding.answer.text) for finding in self._answered.values()]
        kept = [n for n in given if isinstance(n, Read) and n.margin and n.digits < CALCULATED]
        key = "decimals" if asked.digits.kind == "decimals" else "digits"
        most = max((getattr(number, key) for number in kept), default=0)
        count = max(asked.digits.count, min(most, MOST_DIGITS))
        return Figures(Digits(asked.digits.kind, count), asked.rounding)

    def number(self, quantity: int, values: Values) -> Number:
        """A quantity's value: given ones and answers as they were typed, others rounded."""
        graph = self.scribe.worked.derivation.graph
        text = graph.text(quantity) if quantity < self.unrolled.size else None
        if text is not None:
            return Number(*typed(text))
        if self.unrolled.given(self.unrolled.update(quantity))[quantity]:
            return Number(*typed(f"{values[quantity]:.12g}"))
        if values is not self.truth and quantity in self._answered:
            return self.given(self._answered[quantity])
        return self.rounded(float(values[quantity]))

    def rounded(self, value: float) -> Number:
        """A value with the digits of the report."""
        if not np.isfinite(value):
            return Number("—")
        short = typed(f"{value:.12g}")  # what ends early is shown in full
        printed = self.figures.rounded(value)
        return Number(*(short if len(short.text) < len(printed.text) else printed))

    def given(self, finding: Finding) -> Number:
        """An answer with the digits that were given; of arithmetic, what it comes to."""
        number = read(finding.answer.text)
        if not isinstance(number, Read) or not number.margin or number.digits >= CALCULATED:
            return self.rounded(finding.given or 0.0)
        if 0 <= number.decimals <= 12:
            return Number(f"{number.value:.{number.decimals}f}")
        return self.rounded(number.value)

    # --- lines --------------------------------------------------------------------------------

    def rule(self, quantity: int) -> Display:
        """The line in symbols alone."""
        family, member, formula = self._formula(quantity, self.truth)
        symbols = self.scribe.formula(family, member, self.node, self.scribe.style, formula)
        return Display(tuple(broken(self.node(quantity), [Row((Sign("="), symbols))])))

    def line(self, quantity: int, values: Values) -> Display:
        """name = symbols = numbers ≈ value; = where that is just what the numbers come to."""
        family, member, formula = self._formula(quantity, values)
        symbols = self.scribe.formula(family, member, self.node, self.scribe.style, formula)
        numbers = self.scribe.formula(
            family, member, lambda q: self.number(q, values), NUMBERS, formula
        )
        value = self.rounded(self.made(quantity, values))
        parts = [part for part in (symbols, numbers) if part != value]
        pieces = [Row((Sign("="), part)) for part in dict.fromkeys(parts)]
        exact = family.value(member, lambda q: _fraction(self.number(q, values)), FRACTIONS, formula)
        is_exact = exact is not None and exact == _fraction(value)
        pieces.append(Row((relation(is_exact), Marked(value, "value"))))
        return Display(tuple(broken(self.node(quantity), pieces)))

    def made(self, quantity: int, values: Values) -> float:
        """What a quantity's formula gives with these values."""
        family, member = self.unrolled.made(quantity)
        made = values.copy()
        run((part_of(family, np.array([member])),), made)
        return float(made[quantity])

    def _formula(self, quantity: int, values: Values) -> tuple[Family, int, Expr]:
        """The family of a quantity; of a formula with cases, the one that holds."""
        family, member = self.unrolled.made(quantity)
        formula = family.rule.formula
        if isinstance(formula, Piecewise):
            columns = family.member(member)
            formula, _ = active_branch(formula, lambda s: float(values[np.asarray(columns[s])]))
        return family, member, formula


def _fraction(number: Number) -> Fraction | None:
    """What a printed number says; None where it says that there is none."""
    try:
        return Fraction(number.text) * Fraction(10) ** (number.power or 0)
    except ValueError:
        return None
