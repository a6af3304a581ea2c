"""One slip planted in a random problem: its line is named, what follows follows, and so is the slip.

The answers are worked out by `tests.checking.planting`, which shares nothing with the program's slips.
A hundred problems by default, and a thousand of them in the slow tests.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pytest

from derive.checking.answers import Answer
from derive.checking.check import Checker
from derive.checking.report import Finding, Report
from derive.checking.slips import SLIPS
from derive.derivation.derivation import Derivation
from derive.errors import ProblemError
from derive.numbers.evaluate import evaluate
from derive.writing.notation import Notation
from tests.checking.planting import (
    KINDS,
    At,
    Paper,
    Planted,
    Policy,
    derived,
    planted,
    policy,
    problem,
)

SOME = range(100)  # a tenth of them cannot be used
CLEAR = 100  # times the tolerance: from there a slip can be told from others that differ
ELSEWHERE = {"last_step", "kernel_flipped", "chain_missing", "local_missing", "other_factor", "other_case"}
GOOD = {"right", "rounded"}
BEHIND = {"right", "rounded", "follows"}
THOUSAND = pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(SOME, id="some"),
        *(
            pytest.param(range(n, n + 260), id=f"from {n}", marks=pytest.mark.slow)
            for n in range(100, 1140, 260)
        ),
    ],
)


@lru_cache(maxsize=200)
def worked(seed: int) -> tuple[Derivation, Checker] | None:
    """A random problem and what checks answers to it; None where it cannot be worked out."""
    try:
        derivation = derived(problem(seed))
    except ProblemError:
        return None
    asked = derivation.graph.problem
    notation = Notation.load(asked.show.notation, asked)
    return derivation, Checker(evaluate(derivation), notation)


def usable(seeds: range) -> Iterator[tuple[int, Derivation]]:
    for seed in seeds:
        found = worked(seed)
        if found is not None:
            yield seed, found[0]


def cases(seeds: range, how: Policy | None = None) -> Iterator[tuple[int, Derivation, Planted]]:
    """A slip planted in each of the problems where one can be seen."""
    for seed, derivation in usable(seeds):
        found = planted(derivation, how or policy(seed), seed)
        if found is not None:
            yield seed, derivation, found


def checked(seed: int, derivation: Derivation, texts: dict[int, str]) -> Report:
    answers = [Answer(str(derivation.ledger.place(q)), text, "") for q, text in texts.items()]
    found = worked(seed)
    assert found is not None
    return found[1].check(answers)


def verdicts(report: Report) -> dict[str, str]:
    return {finding.key: finding.verdict for finding in report.findings}


def slips(finding: Finding) -> list[str]:
    return [f"{e.slip}+{e.also}" if e.also else e.slip for e in finding.slips]


@THOUSAND
def test_the_first_wrong_line_and_its_slip_are_named_and_what_comes_later_follows(seeds: range):
    told: Counter[str] = Counter()
    for seed, derivation, case in cases(seeds):
        report = checked(seed, derivation, case.paper.answers())
        if report.convention:  # the only line that it changes could as well be another convention
            continue
        assert report.first is not None, seed
        others = {v for key, v in verdicts(report).items() if key != case.key}
        found = slips(report.first)
        if case.clearness >= CLEAR and not case.rivals:
            told["first" if found[:1] == [case.slip] else "missed"] += 1
        told["false"] += bool(found) and not {case.slip, *case.rivals} & set(found)

        assert (seed, case.key) == (seed, report.first_wrong)
        assert (seed, set()) == (seed, others - BEHIND)

    assert 0 == told["false"]
    assert told["missed"] <= 0.01 * told["first"]
    assert told["first"] >= 0.5 * len(seeds)  # otherwise too little has been tested


@THOUSAND
def test_right_answers_are_never_called_wrong(seeds: range):
    for seed, derivation in usable(seeds):
        texts = Paper(derivation, policy(seed)).calculate().answers()
        every, few = (checked(seed, derivation, t) for t in (texts, some(texts, seed)))

        assert (seed, set()) == (seed, set(verdicts(every).values()) - GOOD)
        assert (seed, set()) == (seed, set(verdicts(few).values()) - GOOD)
        assert every.score["of"] == every.score["points"]


def test_where_lines_have_no_answers_the_wrong_one_is_among_those_that_are_named():
    told: Counter[bool] = Counter()
    for seed, derivation, case in cases(SOME):
        report = checked(seed, derivation, some(case.paper.answers(), seed))
        if report.first is None or report.convention:
            continue
        told[case.slip in slips(report.first)] += 1

        assert (seed, True) == (seed, case.key in report.first.among)

    assert told[True] >= 0.9 * told.total() > 0.3 * len(SOME)


def test_a_wrong_answer_with_six_digits_is_seen_with_few_others_beside_it():
    for seed, derivation, case in cases(SOME, Policy("significant", 6, carries=False)):
        texts = some(case.paper.answers(), seed)
        report = checked(
            seed, derivation, texts | {case.quantity: case.paper.answers()[case.quantity]}
        )
        if case.clearness < 1e4 or report.convention:
            continue

        assert (seed, "wrong") == (seed, verdicts(report)[case.key])


def test_the_key_marks_itself_full_and_nothing_but_zeros_earns_nothing():
    for seed, derivation in usable(SOME):
        paper = Paper(derivation, Policy("significant", 15, carries=False)).calculate()
        key = {q: repr(float(paper.values[q])) for q in paper.answers()}
        full, nothing = (
            checked(seed, derivation, key),
            checked(seed, derivation, dict.fromkeys(key, "0")),
        )

        assert (seed, float(len(key))) == (seed, full.score["points"])
        assert (seed, 0) == (seed, nothing.score["points"])
        assert [] == [slip for finding in nothing.findings for slip in finding.slips]


ODD = (
    "1e250",
    "-1e249",
    "1e-250",
    "0",
    "0.0",
    "1",
    "-1",
    "3",
    "12345678901234567890",
    "2*3",
    "1e15",
)


def test_whatever_is_answered_in_any_update_there_is_a_report():
    for seed, _ in usable(range(30)):
        rng = random.Random(f"odd {seed}")
        found = worked(seed)
        assert found is not None
        unrolled = found[1].unrolled
        lines = np.flatnonzero(
            np.isfinite(unrolled.truth) & ~unrolled.given(unrolled.updates + 1)
        ).tolist()
        chosen = rng.sample(lines, rng.randint(1, min(30, len(lines))))
        texts = [
            rng.choice([*ODD, f"{unrolled.truth[q] * rng.choice([1, -2]):.4g}"]) for q in chosen
        ]

        report = found[1].check(
            [
                Answer(found[1].unrolled.key(q), text, "")
                for q, text in zip(chosen, texts, strict=True)
            ]
        )

        said = {(f.verdict, f.answer.name, f.answer.text) for f in report.findings}
        assert {v for v, _, _ in said} <= {"right", "rounded", "follows", "wrong"}, (seed, said)
        assert len(chosen) == len(report.findings)


def some(texts: dict[int, str], seed: int) -> dict[int, str]:
    """The answers of somebody who leaves out 30 to 70 % of the lines."""
    rng = random.Random(f"some {seed}")
    share = rng.uniform(0.3, 0.7)
    kept = {q: text for q, text in texts.items() if rng.random() > share}
    return kept or texts


def test_every_slip_can_be_planted():
    found: set[str] = set()
    for seed, derivation in usable(range(200)):
        paper = Paper(derivation, policy(seed)).calculate()
        for _, _, quantity in paper.lines:
            if np.isfinite(paper.values[quantity]):
                at = At(paper, quantity, float(paper.values[quantity]))
                found |= {slip for kind in KINDS for slip, _ in kind(at)}

    assert set(SLIPS) == found | ELSEWHERE
