"""Check answers against a worked problem.

>>> import derive
>>> from derive.checking.answers import read_text
>>> example = derive.work("2-2-2", seed=7)
>>> checker = Checker(example.worked, example.notation)
>>> report = checker.check(read_text("net[1,1] = 0.1\\nout[1,1] = 0.525", "md"))
>>> report.first_wrong, [finding.verdict for finding in report.findings]
('net[1,1]', ['wrong', 'follows'])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

import numpy as np

from derive.checking.answers import Answer
from derive.checking.conventions import Conventions
from derive.checking.diagnose import Explanation, explain, is_certain
from derive.checking.judge import GOOD, Judge, Judged
from derive.checking.names import Lookup
from derive.checking.report import CREDITED, Finding, Report
from derive.checking.understood import understood
from derive.checking.unrolled import Unrolled
from derive.checking.ways import answers_before, on_the_way
from derive.numbers.evaluate import Values, Worked
from derive.problem import schedule
from derive.writing.notation import Notation

MOST_UPDATES = 20  # that answers can be about
MOST_QUANTITIES = 4_000_000  # in all updates together
MOST_EXPLAINED = 4  # wrong answers for which slips are looked for in all lines on the way
MOST_LOOKED_AT = 100  # wrong answers for which slips are looked for at all
MOST_AMONG = 50  # lines of which one is wrong, that are told
TRIVIAL = (0.0, 1.0)
Pair = tuple[float, float]


class Checker:
    """Judges answers to one problem; what does not depend on them is computed once."""

    def __init__(self, worked: Worked, notation: Notation) -> None:
        truth = worked.truth
        derivation = truth.derivation
        most = max(1, MOST_QUANTITIES // derivation.ledger.size)
        updates = min(schedule.updates(derivation.graph.problem), MOST_UPDATES, most)
        self.unrolled = Unrolled(derivation, updates, truth.values)
        self.lookup = Lookup(self.unrolled, notation)
        self.judge = Judge(self.unrolled, derivation.graph.problem.show.digits)
        self.conventions = Conventions(self.judge)

    def check(self, answers: Iterable[Answer], points: Mapping[str, float] | None = None) -> Report:
        """The report on one person's answers."""
        given = understood(answers, self.lookup, self.unrolled)
        judged = self.judge.judge(given.numbers)
        other = None
        if any(verdict not in GOOD for verdict in judged.verdicts.values()):
            other = self.conventions.best(judged)
        if other is None:
            return Report((*self.findings(judged, given.answers), *given.others), points or {})
        convention, judged = other
        found = self.findings(judged, given.answers, convention.sign)
        return Report((*found, *given.others), points or {}, convention.code)

    # --- findings -----------------------------------------------------------------------------

    def findings(
        self, judged: Judged, known: Mapping[int, Answer], sign: Callable[[int], int] = lambda _: 1
    ) -> list[Finding]:
        """A finding for each answer, in the order of the calculation.

        `sign` is −1 for what was judged with the other sign, under another convention.
        """
        judged, explained = self._explained(judged)
        return [
            self._finding(
                judged, quantity, known[quantity], explained.get(quantity), sign(quantity)
            )
            for quantity in sorted(known, key=self.unrolled.order)
        ]

    def _finding(
        self, judged: Judged, quantity: int, answer: Answer, explanations: list[Explanation] | None, sign: int
    ) -> Finding:  # fmt: skip
        verdict = judged.verdicts[quantity] if explanations is None else "wrong"
        slips = explanations or []
        own = judged.own(quantity)
        return Finding(
            answer, self.unrolled.key(quantity), quantity, verdict,
            sign * judged.answers[quantity].value, sign * float(judged.truth[quantity]),
            sign * sum(own) / 2 if np.isfinite(own).all() else None,
            tuple(slips), tuple(self.unrolled.key(e.quantity) for e in slips),
            () if explanations is None else self._among(judged, quantity),
            judged.note(quantity), credit=self._is_credited(judged, quantity, verdict),
        )  # fmt: skip

    def _explained(self, judged: Judged) -> tuple[Judged, dict[int, list[Explanation]]]:
        """The explanations of the wrong answers, and the verdicts on what follows from them.

        A slip in a line without an answer can spoil several answers: where one slip explains the first
        of them, it is taken for granted, and the others follow.
        """
        explained: dict[int, list[Explanation]] = {}
        assumed: dict[int, Pair] = {}
        constant = judged.is_constant
        while len(explained) < MOST_LOOKED_AT:
            wrong = [q for q, v in judged.verdicts.items() if v == "wrong" and q not in explained]
            if not wrong:
                break
            first = min(wrong, key=self.unrolled.order)
            quick = len(explained) >= MOST_EXPLAINED
            explained[first] = [] if constant else explain(judged, first, quick=quick)
            if self._is_hidden(judged, first, explained[first]):
                assumed[explained[first][0].quantity] = explained[first][0].value
                judged = self.judge.judge(judged.answers, assumed)
        return judged, explained

    @staticmethod
    def _is_hidden(judged: Judged, quantity: int, slips: list[Explanation]) -> bool:
        """Whether it is certain that a slip was made in one line without an answer."""
        return (
            len(slips) == 1
            and is_certain(slips)
            and slips[0].quantity != quantity
            and not slips[0].everywhere
        )

    def _among(self, judged: Judged, quantity: int) -> tuple[str, ...]:
        """The lines without answers between a wrong answer and those before it, itself included."""
        lines = on_the_way(judged, quantity, most=MOST_AMONG)
        return tuple(self.unrolled.key(q) for q in sorted(lines, key=self.unrolled.order))

    # --- credit -------------------------------------------------------------------------------

    def _is_credited(self, judged: Judged, quantity: int, verdict: str) -> bool:
        """Whether an answer is worth its points: not where the calculation has been avoided."""
        if verdict not in CREDITED or judged.is_constant:
            return False
        trivial = self._is_trivial(judged, quantity) or self._from_trivial(judged, quantity)
        return verdict != "follows" or not trivial

    def _is_trivial(self, judged: Judged, quantity: int) -> bool:
        """Whether an answer is a value that needs no calculation where the truth is none: 0, 1, an input.

        In an expression graph a derivative often is 1, or a number that is given, and so is a wrong one.
        """
        value = abs(judged.answers[quantity].value)
        plain = not value if self.unrolled.is_free else value in TRIVIAL or value in self._given
        return plain and not np.isclose(value, abs(judged.truth[quantity]), rtol=1e-9, atol=0)

    @cached_property
    def _given(self) -> frozenset[float]:
        values: Values = self.unrolled.known(1)[self.unrolled.given(1)]
        return frozenset(np.abs(values).tolist())

    def _from_trivial(self, judged: Judged, quantity: int) -> bool:
        """Whether the wrong answers that this one follows from needed no calculation."""
        wrong = [q for q in answers_before(judged, quantity) if judged.verdicts[q] not in GOOD]
        return bool(wrong) and all(self._is_trivial(judged, q) for q in wrong)
