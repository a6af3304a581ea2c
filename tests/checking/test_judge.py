"""Answers are judged against the truth, rounding on the way, and what follows from earlier ones."""

from __future__ import annotations

import pytest

import derive
from derive.algebra.places import Place
from derive.checking.judge import Judge, Judged, note
from derive.checking.numerals import Number, read
from derive.checking.style import Style, style_of
from derive.checking.unrolled import Unrolled
from derive.problem.model import Digits

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
        ([], Style(None, 6)),
    ],
)
def test_the_digits_of_the_answers_tell_how_somebody_rounds(answers: list[str], expected: Style):
    assert expected == style_of(map(number, answers), SIX)


def test_zero_with_decimals_is_right_for_somebody_who_gives_decimals():
    small = "dE/dw[1,1,1]"  # 0.000438568

    assert "right" == judged({"out[2,1]": "0.75", small: "0.00"})[small]
    assert "wrong" == judged({"out[2,1]": "0.751365", "net[2,1]": "1.10591", small: "0.00"})[small]
