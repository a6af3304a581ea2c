"""Which known slip explains a wrong answer: every slip at every line on the way, tried at once.

An explanation must do more than meet the answer. It must do so more closely than chance would let one
of as many explanations, and more closely still where a line without an answer is blamed, and another
wrong answer is left that a slip in such a line could have spoiled as well; no answer behind the bent
line may contradict it; and no likelier one may meet the answer as well. What several explain equally
well is told as that.

>>> import derive
>>> from derive.checking.judge import Judge
>>> from derive.checking.numerals import read
>>> from derive.checking.unrolled import Unrolled
>>> example = derive.work("2-2-2", seed=7)
>>> judge = Judge(Unrolled(example.worked.derivation), example.problem.show.digits)
>>> net = example.worked.derivation.graph.layers[0].net
>>> wrong = {int(net[0]): read(f"{-example['net[1,1]']:.6f}")}
>>> [explanation.slip for explanation in explain(judge.judge(wrong), int(net[0]))]
['sign_lost']
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from derive.checking.habits import habits
from derive.checking.judge import Judged
from derive.checking.scenarios import Outcomes, Scenario, pairs, scenarios
from derive.checking.slips import SLIPS
from derive.checking.ways import on_the_way

CHANCE = 0.1  # how probable it may be that one of the explanations tried meets the answer by chance
PLAIN = 0.02  # how close an explanation of 0 or ±1 counts as: anybody can write that
MUCH_LIKELIER = 4  # the difference in cost from which only the likelier of two is told
SUPPORT = 0.1  # how much less probable chance is when all other wrong answers are explained as well
DOUBT = 10.0  # and how much more when one is not that a slip on the way could have spoiled as well
MOST_BESIDE = 10  # other wrong answers that are looked at for that
MOST_PAIRS = 600
FEW_DIGITS = 3  # an answer of so many may be formed from roughly rounded numbers:
NEAR = 0.01  # how far it may be from what a slip in its own line makes of it
Pair = tuple[float, float]


@dataclass(frozen=True)
class Explanation:
    """A slip at a line that leads to what was answered.

    `also` is a second slip that was made at the same line. `everywhere` says that it was made at every
    such line on the way, `quantity` being the first; `near` that the answer is only nearly what
    comes of it. `value` is what it makes of its line.
    """

    slip: str
    quantity: int
    also: str = ""
    everywhere: bool = False
    near: bool = False
    value: tuple[float, float] = field(default=(0.0, 0.0), compare=False)


def explain(judged: Judged, quantity: int, *, quick: bool = False) -> list[Explanation]:
    """The explanations of a wrong answer, the likeliest first; none where no known slip leads there.

    A `quick` look is at slips in the answer's own line alone. Where something meets the answer that
    could do so by chance, nothing more far-fetched is looked for.
    """
    search = _Search(judged, quantity)
    ways = on_the_way(judged, quantity, most=1) if quick else on_the_way(judged, quantity)
    tried = scenarios(judged, ways)
    search.look(tried, Outcomes(judged, tried))
    if not search.found:
        search.look_near([s for s in tried if s.quantity == quantity])
    if not (search.is_done or quick):
        search.look(list(habits(judged, quantity)), everywhere=True)
    if not (search.is_done or quick):
        search.look(pairs(judged, quantity, MOST_PAIRS))
    return search.found


def is_certain(explanations: list[Explanation]) -> bool:
    """Whether one slip alone explains an answer."""
    return len({(e.slip, e.also) for e in explanations}) == 1 and not explanations[0].also


class _Search:
    """The search for what explains one wrong answer."""

    def __init__(self, judged: Judged, quantity: int) -> None:
        self.judged, self.quantity = judged, quantity
        self.answer = judged.answers[quantity]
        self.middle = self.answer.value
        own = judged.own(quantity)
        self.off = abs(self.middle - sum(own) / 2) if np.isfinite(own).all() else abs(self.middle)
        self.found: list[Explanation] = []
        self.is_done = False
        self.beside = self._beside()
        self._rivals: list[int] = []  # the costs of what comes as near as what is right

    def look(
        self, tried: list[Scenario], outcomes: Outcomes | None = None, *, everywhere: bool = False
    ) -> None:
        """Which of these scenarios explain the answer."""
        ends = [self._end(row, scenario, outcomes) for row, scenario in enumerate(tried)]
        self._count(zip(tried, ends, strict=True))
        met = list(self._met(tried, ends, outcomes))
        self.is_done = bool(met)
        sure = [s.cost for s, luck in met if self._is_sure(s, luck)]
        if sure:
            self._keep(
                [s for s, _ in met if s.cost <= min(sure) + MUCH_LIKELIER], everywhere=everywhere
            )

    def look_near(self, tried: list[Scenario]) -> None:
        """Which slips in the answer's own line an answer of few digits almost meets."""
        if self.answer.digits > FEW_DIGITS or not self.middle:
            return
        before, self._rivals = self._rivals, []
        self._count((s, (s.low, s.high)) for s in tried)
        luck = self._luck(NEAR * abs(self.middle))
        near = [
            s for s in tried
            if abs(self.middle - (s.low + s.high) / 2) <= NEAR * abs(self.middle)
            and not SLIPS[s.slips[0]].written and self._is_sure(s, luck)
        ]  # fmt: skip
        self.is_done = self.is_done or bool(near)
        self._keep(near, near=True)
        self._rivals += before

    def _keep(self, met: list[Scenario], *, everywhere: bool = False, near: bool = False) -> None:
        """Tell these, the likeliest first."""
        told = (
            Explanation(
                s.slips[0], s.quantity, s.slips[1] if len(s.slips) > 1 else "", everywhere, near,
                (s.low, s.high),
            )
            for s in sorted(met, key=lambda s: (s.cost, s.distance))
        )  # fmt: skip
        self.found = list(dict.fromkeys(told))

    # --- which scenarios meet the answer ------------------------------------------------------

    def _end(self, row: int, scenario: Scenario, outcomes: Outcomes | None) -> Pair | None:
        """What a scenario makes of the answer; None where it does not reach it."""
        if outcomes is None or scenario.quantity == self.quantity:
            return scenario.low, scenario.high
        reached = outcomes.of(self.quantity)
        if reached is None or np.isnan(reached[0][row]):
            return None
        return float(reached[0][row]), float(reached[1][row])

    def _count(self, ends: Iterable[tuple[Scenario, Pair | None]]) -> None:
        """Count what might meet the answer by chance: slips that come as near to it as what is right."""
        self._rivals += [
            scenario.cost
            for scenario, end in ends
            if end is not None and abs(sum(end) / 2 - self.middle) <= self.off
        ]

    def _met(
        self, tried: list[Scenario], ends: list[Pair | None], outcomes: Outcomes | None
    ) -> Iterator[tuple[Scenario, float]]:
        """The scenarios that meet the answer, each with how probable it is that it does so by chance."""
        for row, (scenario, end) in enumerate(zip(tried, ends, strict=True)):
            if end is None or not self.judged.meets(self.quantity, *end):
                continue
            reach = self.judged.reach(self.quantity, max(map(abs, end)))
            behind = 1.0 if outcomes is None else self._behind(outcomes, row)
            if behind is not None:
                yield scenario, self._luck((end[1] - end[0]) / 2 + reach) * behind

    def _luck(self, width: float) -> float:
        """How probable it is that something that is off as far comes so near by chance."""
        luck = width / (2 * self.off) if self.off else 1.0
        return min(1.0, max(luck, PLAIN / 2 if abs(self.middle) in (0.0, 1.0) else 0.0))

    def _is_sure(self, scenario: Scenario, luck: float) -> bool:
        """Whether of as many scenarios as are at least as likely hardly one would meet by chance."""
        return max(1, sum(cost <= scenario.cost for cost in self._rivals)) * luck <= CHANCE

    def _beside(self) -> frozenset[int]:
        """The other wrong answers that a slip on the way to this one could have spoiled as well."""
        judged = self.judged
        wrong = [q for q, verdict in judged.verdicts.items() if verdict == "wrong"]
        wrong = [q for q in wrong if q != self.quantity][:MOST_BESIDE]
        own = on_the_way(judged, self.quantity).keys() if wrong else set()
        return frozenset(q for q in wrong if own & on_the_way(judged, q).keys())

    def _behind(self, outcomes: Outcomes, row: int) -> float | None:
        """How much other answers speak for a scenario: a factor of its luck; None where one contradicts.

        Those that it explains all come of the same bent line, so several say no more than one.
        """
        met = set[int]()
        for other in self.judged.answers:
            ends = outcomes.of(other)
            if other == self.quantity or ends is None or np.isnan(ends[0][row]):
                continue
            meets = self.judged.meets(other, float(ends[0][row]), float(ends[1][row]))
            if self.judged.verdicts[other] == "wrong":
                met |= {other} if meets else set()
            elif not meets and self.judged.meets(other, *self.judged.own(other)):
                return None
        if not self.beside <= met:
            return DOUBT if outcomes.tried[row].distance else 1.0
        return SUPPORT if met else 1.0
