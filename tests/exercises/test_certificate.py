"""The certificate: compared with one sheet after the other, and by planting slips in what it accepts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pytest

import derive
from derive.checked import Checking
from derive.checking.answers import Answer
from derive.checking.intervals import made
from derive.checking.line import Known, Line
from derive.checking.slips import SLIPS
from derive.checking.style import Style
from derive.checking.unrolled import Unrolled
from derive.derivation.derivation import Derivation
from derive.exercises.certificate import Certificate
from derive.exercises.certificate_gaps import Certifier, are_apart, gaps
from derive.exercises.certificate_lines import Outcomes
from derive.numbers.evaluate import Values, run
from derive.problem.model import Digits, Problem
from tests.checking.planting import Paper, Policy

FOUR = Digits("significant", 4)
MOMENTUM = """
optimizer = "momentum"
learning_rate = 0.5
layers = [{ units = 2, activation = "sigmoid" }, { units = 1, activation = "sigmoid" }]
samples = [{ inputs = [0.4, 0.7], targets = [0.3] }]
"""
YES_OR_NO = """
loss = "binary_cross_entropy"
layers = [{ units = 2, activation = "tanh" }, { units = 1, activation = "sigmoid" }]
samples = [{ inputs = [0.4, 0.7], targets = [1] }]
"""
TWO_SAMPLES = """
layers = [{ units = 2, activation = "sigmoid" }, { units = 2, activation = "sigmoid" }]
samples = [
    { inputs = [0.05, 0.1], targets = [0.01, 0.99] },
    { inputs = [0.8, -0.3], targets = [0.9, 0.2] },
]
"""


@lru_cache(maxsize=20)
def problem(name: str) -> Problem:
    texts = {"momentum": MOMENTUM, "two samples": TWO_SAMPLES, "yes or no": YES_OR_NO}
    if name in texts:
        return derive.read(texts[name])
    shape, activation, *loss = name.split()
    return derive.load(shape, activation=activation, **({"loss": loss[0]} if loss else {}), seed=1)


NAMES = [
    "2-2-2 sigmoid", "2-3-1 tanh", "2-2-2 relu", "3-3 softmax cross_entropy", "momentum", "two samples",
    "2-2-2 leaky_relu", "yes or no",
]  # fmt: skip


@lru_cache(maxsize=20)
def derivation(name: str) -> Derivation:
    return derive.work(problem(name)).worked.derivation


def draw(of: Derivation, sheets: int, seed: int = 0) -> Values:
    """Random weights, biases and inputs; everything else as the problem has it."""
    rng = np.random.default_rng(seed)
    values = np.full((sheets, of.ledger.size), np.nan)
    for ids, numbers in of.graph.given:
        values[:, ids] = numbers.values
        kind = of.ledger.place(int(np.ravel(ids)[0])).kind
        if kind in ("w", "b", "out"):
            drawn = np.round(rng.uniform(0.1, 0.9, (sheets, *ids.shape)), 2)
            values[:, ids] = drawn * (1 if kind == "out" else rng.choice([-1, 1], drawn.shape))
    run(of.families, values)
    return values


# --- against the judge's way, one sheet after the other ----------------------------------------------


class OfSheet(Known):
    """What somebody knows who has this sheet: what is right on it, and not in the problem it is made from."""

    def __init__(self, unrolled: Unrolled, low: Values, high: Values, values: Values) -> None:
        super().__init__(unrolled, low, high)
        self.values = values

    def truth(self, quantity: int) -> float:
        return float(self.values[quantity])


class OneSheet:
    """What cannot be told apart in one sheet, with numbers and not with arrays."""

    def __init__(self, unrolled: Unrolled, values: Values, digits: Digits) -> None:
        self.unrolled, self.values, self.style = unrolled, values, Style.of(digits)
        given = unrolled.given(1)[: unrolled.size]
        self.low = np.where(given, values, np.nan)
        self.high, self.least, self.most = self.low.copy(), self.low.copy(), self.low.copy()
        for family in unrolled.part(1).families:
            least, most = made(family, self.low, self.high)
            half = self.style.rounding(family.rule, least, most)
            self.least[family.targets], self.most[family.targets] = least, most
            self.low[family.targets], self.high[family.targets] = least - half, most + half
        self.known = OfSheet(unrolled, self.low, self.high, values)
        self.exact = OfSheet(unrolled, values, values, values)

    def half(self, low: float, high: float) -> float:
        return float(self.style.half(np.array(max(abs(low), abs(high)))))

    def outcomes(self, quantity: int) -> list[tuple[str, float, float]]:
        least, most = float(self.least[quantity]), float(self.most[quantity])
        truth, pass_by = float(self.values[quantity]), 2 * self.half(least, most)
        found = [("", min(least, truth - pass_by), max(most, truth + pass_by))]
        line = Line.of(self.known, quantity, (least, most))
        exact = Line.of(self.exact, quantity, (truth, truth))
        for slip in SLIPS.values():
            if slip.written:
                continue
            for bent in slip.bent(line):
                low, high = bent.value()
                other = bent._replace(known=exact.known).value()[0]
                is_right = slip.harmless and math.isclose(other, truth, rel_tol=1e-9)
                is_none = math.isinf(low) and math.isinf(high) and not math.isfinite(other)
                if not (math.isnan(low) or is_right or is_none):
                    found.append((slip.code, low, high))
        return found

    def alike(self, lines: tuple[int, ...]) -> Counter[tuple[int, str, str]]:
        found: Counter[tuple[int, str, str]] = Counter()
        for quantity in lines:
            outcomes = self.outcomes(quantity)
            halves = [self.half(float(self.least[quantity]), float(self.most[quantity]))]
            halves += [self.half(low, high) for _, low, high in outcomes[1:]]
            for m, (second, *other) in enumerate(outcomes):
                for n, (first, low, high) in enumerate(outcomes[:m]):
                    away = max(low - other[1], other[0] - high)
                    if first != second and away <= 2 * max(halves[n], halves[m]):
                        found[quantity, first, second] += 1
        return found


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("digits", [FOUR, Digits("decimals", 3)])
def test_arrays_tell_what_numbers_tell_of_each_sheet(name: str, digits: Digits):
    of = derivation(name)
    certifier = Certifier(of, digits)
    lines = tuple(line.quantity for line in certifier.lines)
    values = draw(of, 5)

    certified = certifier.certify(values)

    unrolled = Unrolled(of)
    for sheet in range(5):
        with np.errstate(all="ignore"):
            expected = OneSheet(unrolled, values[sheet], digits).alike(lines)
        close = np.flatnonzero(certified.gaps[sheet] <= 0).tolist()
        pairs = [certified.pairs[n] for n in close]
        assert expected == Counter((p.quantity, p.first.slip, p.second.slip) for p in pairs)


# --- planted slips ---------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def seeds(shape: str, count: int) -> tuple[list[derive.Example], Values]:
    """Examples with random numbers, and their values."""
    digits = f"{count}s"
    examples = [derive.work(shape, seed=seed, digits=digits) for seed in range(60)]
    return examples, np.stack([example.worked.values for example in examples])


def planted(
    example: derive.Example, certificate: Certificate, how: Policy
) -> Iterator[tuple[str, str, dict[str, str], set[str]]]:
    """Each slip in each line: its code, the line, the answers up to there, and what it is alike to."""
    of = example.worked.derivation
    values, unrolled = Paper(of, how).calculate().values, Unrolled(of)
    separation = certificate.separation(example.worked.values)
    known, answers = Known(unrolled, values, values), {}
    for line in certificate.certifier.lines:
        key = str(line.place)
        truth = float(Line.of(known, line.quantity, (0.0, 0.0)).value()[0])
        alike = [
            {group.first, group.second} for group in separation.alike if line.place in group.places
        ]
        for slip in SLIPS.values():
            rivals = set().union(*(codes for codes in alike if slip.code in codes))
            for bent in slip.bent(Line.of(known, line.quantity, (truth, truth))):
                value = bent.value()[0]
                is_none = slip.harmless and math.isclose(value, truth, rel_tol=1e-9)
                if "" not in rivals and math.isfinite(value) and not is_none:
                    yield slip.code, key, answers | {key: how.text(value)}, rivals | {slip.code}
        answers = answers | {key: how.text(values[line.quantity])}


def diagnosed(example: derive.Example, certificate: Certificate, how: Policy) -> Counter[str]:
    """What is said of each slip, planted in each line."""
    checking, told = Checking(example), Counter[str]()
    for slip, key, answers, possible in planted(example, certificate, how):
        report = checking.check([Answer(k, text, "") for k, text in answers.items()]).report
        if report.convention:  # under which the only line that it changes is right
            told["convention"] += 1
            continue
        assert report.first is not None, (slip, key)
        found = [e.slip for e in report.first.slips]
        is_other = report.first.slip not in {None, *possible}
        told["first" if found[:1] == [slip] else "other" if is_other else "unsure"] += 1

        assert (slip, key) == (slip, report.first_wrong)
    return told


SLOW = [(shape, n, c) for shape in ("2-2-2", "2-3-1") for n in (4, 5, 6) for c in (False, True)]
CASES = [
    ("2-2-2", 4, True),
    ("2-3-1", 6, False),
    *(pytest.param(*case, marks=pytest.mark.slow) for case in SLOW),
]


@pytest.mark.parametrize(("shape", "count", "carries"), CASES)
def test_each_slip_in_a_certified_sheet_is_named_first(shape: str, count: int, carries: bool):
    examples, values = seeds(shape, count)
    of, digits = examples[0].worked.derivation, Digits("significant", count)
    certificate = Certificate(Certifier(of, digits), values)
    certified = examples[int(np.flatnonzero(certificate.accepts(values))[0])]

    told = diagnosed(certified, certificate, Policy("significant", count, carries))

    assert told["other"] == 0, told
    assert told["unsure"] + told["convention"] <= 0.03 * told["first"], told
    assert told["first"] > 300


# --- what is demanded ------------------------------------------------------------------------------


def kinds(certificate: Certificate) -> set[tuple[str, str, str]]:
    """What cannot be told apart in any sheet: kind of line, and the two slips."""
    pairs = certificate.certifier.pairs
    told = np.flatnonzero(certificate.impossible & ~certificate.idle).tolist()
    return {(pairs[n].place.kind, pairs[n].first.slip, pairs[n].second.slip) for n in told}


IMPOSSIBLE = {
    # (t − o)² = (o − t)²; half of the error's slope is also its share of two outputs
    "2-2-2 sigmoid": {("E", "", "output_and_target"), ("dE/dout", "factor_two", "mean_for_sum")},
    # tanh(−z) = −tanh z
    "2-3-1 tanh": {
        ("E", "", "output_and_target"),
        ("out", "activation_sign", "sign"), ("out", "activation_sign", "sign_lost"),
    },
    # 1/(t(1 − t)) is no number
    "yes or no": {("out", "activation_sign", "sign"), ("out", "activation_sign", "sign_lost")},
    # from a velocity of 0 the wrong way is no more than another sign
    "momentum": {
        ("E", "", "output_and_target"), ("velocity_new", "wrong_way", "sign"),
        ("velocity_new", "wrong_way", "sign_lost"),
    },
}  # fmt: skip


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_no_numbers_keep_apart_is_told_and_nothing_else(name: str):
    of = derivation(name)

    certificate = Certificate(Certifier(of, FOUR), draw(of, 300))

    assert IMPOSSIBLE[name] == kinds(certificate)


def test_what_makes_no_difference_is_neither_told_nor_demanded():
    of = derivation("2-2-2 identity")
    certificate = Certificate(Certifier(of, FOUR), draw(of, 300))
    pairs = certificate.certifier.pairs
    demanded = {pairs[n].second.slip for n in np.flatnonzero(certificate.demanded).tolist()}

    assert not {"slope_missing", "slope_twice", "net_for_activation"} & demanded
    assert {"E", "dE/dout"} == {kind for kind, _, _ in kinds(certificate)}


@pytest.mark.parametrize("name", ["2-2-2 sigmoid", "2-3-1 tanh", "2-2-2 leaky_relu"])
def test_a_sheet_is_accepted_where_every_demanded_pair_is_apart(name: str):
    of = derivation(name)
    certificate = Certificate(Certifier(of, FOUR), draw(of, 300))
    values = draw(of, 1500, seed=1)

    accepted = certificate.accepts(values)

    assert accepted.mean() >= certificate.least / 2
    apart = certificate.certifier.certify(values).gaps[:, certificate.demanded] > 0
    assert apart.all(axis=1).tolist() == accepted.tolist()
    assert not accepted.all()
    for sheet in np.flatnonzero(accepted)[:5]:
        separation = certificate.separation(values[sheet])
        assert separation.least > 0
        assert separation.pairs - separation.separated == sum(
            certificate.certifier.certify(values[[sheet]]).gaps[0, ~certificate.idle] <= 0
        )


def test_only_lines_that_are_asked_for_must_keep_slips_apart():
    of = derivation("2-2-2 sigmoid")
    asked = [q for q in range(of.ledger.size) if of.ledger.place(q).kind == "delta"]
    values = draw(of, 300)

    every, few = Certifier(of, FOUR), Certifier(of, FOUR, asked)

    assert {"delta"} == {pair.place.kind for pair in few.pairs}
    chosen = [n for n, pair in enumerate(every.pairs) if pair.quantity in asked]
    assert (every.certify(values).gaps[:, chosen] == few.certify(values).gaps).all()
    assert Certificate(few, values).share > Certificate(every, values).share


def test_more_digits_keep_more_apart():
    of = derivation("2-2-2 sigmoid")
    values = draw(of, 400)
    shares = [Certificate(Certifier(of, Digits("significant", n)), values).share for n in (4, 5, 6)]

    assert sorted(shares) == shares
    assert shares == pytest.approx([0.40, 0.80, 0.88], abs=0.1)


def test_what_has_no_value_is_apart_from_everything_and_what_may_have_any_from_nothing():
    ends = np.array(
        [[1.0, 1.1], [np.inf, -np.inf], [np.inf, -np.inf], [-np.inf, np.inf], [2.0, 2.0]]
    )
    outcomes = Outcomes(ends[:, :1], ends[:, 1:], np.full((5, 1), 0.05))

    def gap(first: int, second: int) -> float:
        return float(gaps(outcomes, np.array([first]), np.array([second]))[0, 0])

    assert [np.inf] * 4 == [gap(0, 1), gap(1, 2), gap(1, 3), gap(3, 1)]
    assert [-np.inf] * 2 == [gap(0, 3), gap(3, 4)]
    assert gap(0, 4) == pytest.approx(0.9 / 0.1 - 1)
    assert are_apart(outcomes, np.array([0, 1]), np.array([4, 3])).tolist() == [True]
    assert are_apart(outcomes, np.array([0, 0]), np.array([4, 3])).tolist() == [False]
