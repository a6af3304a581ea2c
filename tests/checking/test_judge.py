"""Answers are judged against the truth, rounding on the way, and what follows from earlier ones."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

import derive
from derive.algebra.places import Place
from derive.checked import Checking
from derive.checking.judge import Judge, Judged, note
from derive.checking.numerals import Number, read
from derive.checking.style import Style, style_of
from derive.checking.unrolled import Unrolled
from derive.errors import ProblemError
from derive.numbers.evaluate import run
from derive.problem.model import Digits
from tests.checking.planting import derived, problem

PROBLEM = """
loss = "half_squared_error"
learning_rate = 0.5
layers = [
    { weights = [[0.15, 0.20], [0.25, 0.30]], bias = 0.35, frozen = ["bias"], activation = "sigmoid" },
    { weights = [[0.40, 0.45], [0.50, 0.55]], bias = 0.60, frozen = ["bias"], activation = "sigmoid" },
]
samples = [{ inputs = [0.05, 0.10], targets = [0.01, 0.99] }]
"""
SIX = Digits("significant", 6)
Draw = Callable[[random.Random], str]


def unrolled(text: str = PROBLEM, updates: int = 1) -> Unrolled:
    truth = derive.work(derive.read(text)).worked.truth
    return Unrolled(truth.derivation, updates, truth.values)


MAZUR = unrolled()


def judged(answers: dict[str, str], problem: Unrolled = MAZUR) -> dict[str, str]:
    """The verdicts on answers, by key."""
    found = _judged(answers, problem)
    return {str(problem.place(q)): verdict for q, verdict in found.verdicts.items()}


def _judged(answers: dict[str, str], problem: Unrolled = MAZUR) -> Judged:
    numbers = {problem.find(Place.read(key)): number(text) for key, text in answers.items()}
    return Judge(problem, SIX).judge(numbers)


def number(text: str) -> Number:
    found = read(text)
    assert isinstance(found, Number)
    return found


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("0.7513650695523157", "right"),
        ("0.7514", "right"),
        ("0.75", "right"),
        ("0.7513", "rounded"),  # cut off
        ("0.7515", "rounded"),  # the last digit is off by one
        ("0.7518", "wrong"),
        ("0.8", "wrong"),
        ("1", "wrong"),
        ("0", "wrong"),
        ("-0.7514", "wrong"),
    ],
)
def test_an_answer_stands_for_what_its_digits_can_mean(answer: str, expected: str):
    found = judged({"net[2,1]": "1.105905967", "out[2,1]": answer})

    assert {"net[2,1]": "right", "out[2,1]": expected} == found


def test_what_comes_of_a_wrong_answer_follows():
    found = judged({"out[1,1]": "0.9", "out[2,1]": "0.7514", "delta[2,1]": "0.1385",
                    "dE/dw[2,1,1]": "0.1246"})  # fmt: skip

    expected = {"out[1,1]": "wrong", "dE/dw[2,1,1]": "follows"}
    assert {"out[2,1]": "right", "delta[2,1]": "right"} | expected == found


def test_the_right_value_behind_a_wrong_one_is_right():
    found = judged({"out[1,1]": "0.9", "net[2,1]": "1.1059"})

    assert {"out[1,1]": "wrong", "net[2,1]": "right"} == found


def test_rounding_on_the_way_is_allowed_as_far_as_the_digits_that_are_used():
    three = {"out[2,1]": "0.751", "dE/dout[2,1]": "0.741", "delta[2,1]": "0.139"}  # 0.1384986
    six = {"out[2,1]": "0.751365", "dE/dout[2,1]": "0.741365", "delta[2,1]": "0.138600"}

    assert "rounded" == judged(three)["delta[2,1]"]
    assert "wrong" == judged(six)["delta[2,1]"]


def test_later_updates_are_judged_with_the_weights_of_earlier_ones():
    problem = unrolled("epochs = 3\n" + PROBLEM, updates=3)
    truth = {key: problem.truth[problem.find(Place.read(key))] for key in ("E#2", "E#3", "E#4")}
    found = judged({key: f"{value:.6f}" for key, value in truth.items()}, problem)

    assert ["right"] * 3 == list(found.values())
    assert truth["E#4"] < truth["E#3"] < truth["E#2"]


def test_batches_of_another_size_are_judged_too():
    text = "epochs = 2\nbatch_size = 2\n" + PROBLEM.replace(
        "samples = [", "samples = [{ inputs = [0.5, 0.1], targets = [0, 1] },"
        "{ inputs = [-0.5, 0.3], targets = [1, 0] }, "
    )  # fmt: skip
    problem = unrolled(text, updates=4)
    history = derive.work(derive.read(text)).history
    assert history is not None
    own = [float(problem.truth[problem.find(Place("E", None, (), 3, 2))])]
    ((derivation, values),) = history.replay.values([2])

    assert own == [
        pytest.approx(values[derivation.ledger.find(Place("E", None, (), 1))], rel=1e-14)
    ]
    assert [2, 1, 2, 1] == [problem.part(update).derivation.samples for update in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("answer", "truth", "expected"),
    [
        ("0.846", 0.8464, ""),
        ("0.846", 0.8466, "truncated"),
        ("-0.846", -0.8466, "truncated"),
        ("0.846", 0.8474, "last digit"),
        ("0.846", 0.8452, "last digit"),
        ("0.846", 0.8494, ""),
        ("0.846", -0.8466, ""),
        ("0.2", 0.28, ""),
    ],
)
def test_printed_digits_are_cut_off_or_one_off(answer: str, truth: float, expected: str):
    assert expected == note(number(answer), truth)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["0.5933", "0.1", "12.1234", "0.0012"], Style(4)),  # 0.1 was a guess, or 0.1000
        (["0.5933", "0.1000", "12.1234", "0.0012"], Style(4)),
        (["0.593", "0.123", "12.1", "0.00121"], Style(None, 3)),
        (["0.593", "0.123"], Style(3, 3)),
        (["0.5933"] * 9 + ["0.6"], Style(4, 4)),
        (["0.59", "0.1234"], Style(2, 2)),
        (["0.5", "0.1", "2.3"], Style(None, 2)),  # whoever calculates does so with two digits
        (["1", "3", "0.2"], Style(None, 2)),
        (["1", "12", "123"], Style(None, 2)),
        ([], Style(None, 6)),
    ],
)
def test_the_digits_of_the_answers_tell_how_somebody_rounds(answers: list[str], expected: Style):
    assert expected == style_of(map(number, answers), SIX)


def test_a_single_digit_is_the_style_where_the_page_asks_for_it():
    assert Style(1, 1) == style_of(map(number, ["0.5", "0.2"]), Digits("decimals", 1))


def test_every_way_to_calculate_a_line_comes_to_what_is_right():
    seen = 0
    for seed in range(60):
        try:
            found = Unrolled(derived(problem(seed)), 3)
        except ProblemError:
            continue
        truth = found.truth
        for family in found.families(3):
            values = truth.copy()
            run((family,), values)
            seen += family is not found.made(int(family.targets[0]))[0]

            close = np.isclose(values[family.targets], truth[family.targets], rtol=1e-9, atol=1e-12)
            assert (seed, True) == (seed, close.all() or np.isnan(truth[family.targets]).any())

    assert seen


# --- answers that nobody has calculated ----------------------------------------------------------

EXAMPLE = derive.work("2-2-2", seed=7)
LINES = [s["key"] for s in EXAMPLE.data()["steps"] if "dnet/dw" not in s["key"]]


def points(answers: dict[str, str]) -> tuple[float, float]:
    """The points for answers, and those for answers within a tenth of the truth alone."""
    report = Checking(EXAMPLE).check(answers).report
    near = [f for f in report.findings if f.given == pytest.approx(f.expected, rel=0.1)]
    return report.score["points"], float(len(near))


@pytest.mark.parametrize(
    "value",
    ["1e-9", "1.0e-9", "0.001", "0.01", "0.3", "2", "-7", "0.1", "0.5", "0.50", "0", "0.00", "1"],
)
def test_the_same_number_everywhere_earns_nothing(value: str):
    few = ("E[1]", "delta[2,1]", "dE/dw[2,2,1]")

    assert 0 == points(dict.fromkeys(LINES, value))[0]
    assert 0 == points(dict.fromkeys(few, value))[0]


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng: rng.choice("01"),
        lambda rng: f"{rng.uniform(-1, 1):.1f}",
        lambda rng: f"{rng.uniform(-1, 1):.2f}",
        lambda rng: f"{rng.uniform(-1, 1):.4f}",
        lambda rng: f"{10 ** rng.uniform(-9, 0):.1e}",
        lambda rng: f"{10 ** rng.uniform(-3, 0):.1g}",
    ],
)
def test_random_numbers_earn_hardly_more_than_what_happens_to_be_near(draw: Draw):
    rng = random.Random(1)
    for share in (1.0, 0.4):
        tried = [{key: draw(rng) for key in LINES if rng.random() < share} for _ in range(10)]
        earned, near = map(sum, zip(*map(points, tried), strict=True))

        assert earned <= near + 0.04 * sum(map(len, tried))


def test_wide_rounding_is_believed_of_those_whose_other_answers_are_right():
    """With two digits 0.99 − 0.98 can be 0.01 or 0; that says nothing where all else is wrong."""
    vague = {"out[1,2]": "0.98", "E[2]": "0.00", "dE/dout[1,2]": "0.00"}
    honest = _judged({"net[1,1]": "0.41", "net[1,2]": "3.9", **vague}, NEARLY)
    other = _judged({"net[1,1]": "0.71", "net[1,2]": "1.3", "out[1,1]": "0.11", "E[1]": "0.77",
                     "dE/dout[1,2]": "0.00"}, NEARLY)  # fmt: skip

    assert GOOD >= set(honest.verdicts.values())
    assert {"wrong"} == set(other.verdicts.values())


NEARLY = unrolled(
    """
    loss = "half_squared_error"
    layers = [{ weights = [[0.15, 0.20], [2, 3]], bias = [0.2, 0.9], activation = "sigmoid" }]
    samples = [{ inputs = [0.3, 0.8], targets = [0.01, 0.99] }]
    """
)
GOOD = {"right", "rounded"}


def test_zero_with_decimals_is_right_for_somebody_who_gives_decimals():
    small = "dE/dw[1,1,1]"  # 0.000438568

    assert "right" == judged({"out[2,1]": "0.75", small: "0.00"})[small]
    assert "right" == judged({"out[2,1]": "0.76", "E[2]": "0.02", small: "0"})[small]
    assert "wrong" == judged({"out[2,1]": "0.751365", "net[2,1]": "1.10591", small: "0.00"})[small]
