"""The workshop: what all sheets of an order share is made once, and then sheets by the lot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from derive.checking.names import Lookup
from derive.checking.points import by_key
from derive.checking.unrolled import Unrolled
from derive.derivation.derivation import derive
from derive.document.example.page import Page
from derive.document.phrases import Phrases
from derive.document.sheet.compose import Heads, SheetPage
from derive.errors import Mistake, ProblemError
from derive.example import Example, work
from derive.exercises.certificate import Certificate, Separation
from derive.exercises.certificate_gaps import Certifier
from derive.exercises.columns import Columns
from derive.exercises.draw import Drawer, Drawn, problem_of
from derive.exercises.draw_open import Opening, openings
from derive.exercises.fading import Fading, stages
from derive.exercises.mistake import Planter
from derive.exercises.mistake_columns import BentColumns
from derive.graph.graph import build
from derive.numbers.uncertainty import EPSILON
from derive.press.form import Form
from derive.press.pattern import Tokens
from derive.press.press import Press
from derive.problem.model import Problem
from derive.render import formats
from derive.sheets.embedded import problem_form
from derive.sheets.order import Order
from derive.sheets.proof import prove
from derive.writing.notation import Notation

PILOT = 512  # sheets from which a certificate learns what can be demanded
FIRST_OF_PILOT = 2**40  # numbers that no order has


class Workshop:
    """Makes the sheets of one order; `templates` go before the program's own."""

    def __init__(self, order: Order, templates: Path | None = None) -> None:
        self.order, self._templates = order, templates
        notation = Notation.load(order.problem.show.notation, order.problem)
        self._derivation = derive(build(order.problem), None, notation.sign)
        self._presses: dict[tuple[str, bool], Press] = {}

    @cached_property
    def drawer(self) -> Drawer:
        """Draws the numbers, so that slips are kept apart where the order says so."""
        order = self.order
        accepts = self.certificate.accepts if self.certificate else None
        return Drawer(order.problem, self._derivation, order.recipe, order.seed, accepts)

    @cached_property
    def certificate(self) -> Certificate | None:
        """What the sheets keep apart; None where nobody asks."""
        order = self.order
        if not order.certified:
            return None
        drawer = Drawer(order.problem, self._derivation, order.recipe, order.seed)
        pilot = drawer.draw(range(FIRST_OF_PILOT, FIRST_OF_PILOT + PILOT))
        certifier = Certifier(self._derivation, order.problem.show.digits)
        return Certificate(certifier, pilot.values)

    def problem(self, drawn: Drawn, sheet: int) -> Problem:
        """The problem that one of the drawn sheets sets."""
        order = self.order
        found = problem_of(order.problem, self._derivation, drawn.values[sheet], order.recipe)
        return replace(found, drawn=())

    @cached_property
    def example(self) -> Example:
        """The first sheet worked out in full, and proved like every worked example."""
        return work(self.problem(self.drawer.draw([1]), 0))

    @cached_property
    def page(self) -> SheetPage:
        """The composer of the sheets."""
        example, order = self.example, self.order
        language, detail = order.problem.show.language, order.problem.show.detail
        page = Page(
            example.worked, example.agreement, example.scribe, Phrases(language), detail,
            None, None, None,
        )  # fmt: skip
        unrolled = Unrolled(example.worked.derivation)
        points = by_key(order.points, Lookup(unrolled, example.notation), unrolled)
        return SheetPage(page, self._fading, points, order.seed, order.mistake)

    @property
    def _fading(self) -> Fading:
        """How much is blank; ProblemError for a level that there is not."""
        fading, last = self.order.fading, Fading.last(len(stages(self._derivation)))
        if fading.level > last:
            remedy = f"there are the levels 0 to {last}, which is the last"
            raise ProblemError([Mistake("--fade", f"there is no level {fading.level}", remedy)])
        return replace(fading, level=last) if fading.level < 0 else fading

    def press(self, format: str, reveal: bool) -> Press:
        """The press for the sheets in a format, or for their keys."""
        key = format, reveal
        if key not in self._presses:
            name = "keys" if reveal else "sheets"
            is_text = formats(self._templates)[format].source == "md"
            # a sheet to find a mistake in does not bring along what would find it
            ending = self._problem_form if is_text and (reveal or not self.order.mistake) else None
            self._presses[key] = Press(self.page, format, reveal, name, self._templates, ending)
        return self._presses[key]

    def _problem_form(self, tokens: Tokens) -> Form:
        """The comment with the problem, in a sheet that is filled in as text."""
        return problem_form(self.example.problem, self._openings, tokens)

    @cached_property
    def _openings(self) -> tuple[Opening, ...]:
        return tuple(openings(self.order.problem, self._derivation, self.order.recipe))

    @cached_property
    def decimals(self) -> dict[int, int]:
        """The decimals of the numbers that are drawn, by quantity."""
        return {
            q: opening.decimals for opening in self._openings for q in opening.ids.ravel().tolist()
        }

    def close(self) -> None:
        """Let go of what the presses hold."""
        for press in self._presses.values():
            press.close()

    @cached_property
    def planter(self) -> Planter:
        """Makes the mistakes that are to be found."""
        return Planter(self._derivation, self.order.seed)

    def lot(self, numbers: Sequence[int]) -> Lot:
        """Some sheets, drawn."""
        return Lot(self, self.drawer.draw(numbers))


@dataclass(frozen=True, eq=False)
class Lot:
    """Sheets that have been drawn together."""

    workshop: Workshop
    drawn: Drawn

    @cached_property
    def heads(self) -> list[Heads]:
        """What tells them from each other."""
        names = self.workshop.order.names
        return [Heads(str(n), names.get(n, "")) for n in self.drawn.numbers.tolist()]

    @cached_property
    def right(self) -> Columns:
        """Their numbers as they are printed where nothing is wrong."""
        workshop, drawn = self.workshop, self.drawn
        bounds = EPSILON * np.nan_to_num(drawn.units)
        prove(workshop.example.worked.derivation, drawn.values, bounds)
        return Columns(workshop.example.scribe, drawn.values, bounds, workshop.decimals)

    @cached_property
    def columns(self) -> Columns:
        """Their numbers as they are printed."""
        if not self.workshop.order.mistake:
            return self.right
        planted = self.workshop.planter.plant(self.drawn)
        return BentColumns(self.right, planted, self.workshop.decimals)

    def bound(self, format: str, reveal: bool, first: bool) -> Iterator[bytes]:
        """All of them one after the other, each on a new page; in lots of them."""
        press, certified = self.workshop.press(format, reveal), self._certified(reveal)
        return press.together(self.columns, self.heads, certified, first)

    def texts(self, format: str, reveal: bool) -> list[str]:
        """The sheets, or their keys, in the source of a format, without the frame of a page."""
        press, certified = self.workshop.press(format, reveal), self._certified(reveal)
        return press.bodies(self.columns, self.heads, certified)

    def _certified(self, reveal: bool) -> Sequence[Separation]:
        """What the keys tell of their certificates."""
        return self._separations if reveal and not self.workshop.order.mistake else ()

    @cached_property
    def _separations(self) -> Sequence[Separation]:
        certificate = self.workshop.certificate
        return () if certificate is None else certificate.separations(self.drawn.values)
