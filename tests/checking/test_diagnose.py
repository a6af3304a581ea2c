"""The mistake is named where one slip explains the answers, and nothing is claimed that is not certain."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

import derive
from derive.checking.answers import Answer
from derive.checking.check import Checker
from derive.checking.report import Finding, Report
from derive.example import Example

PUBLISHED = Path(__file__).parent.parent / "fixtures" / "published"


def fixture(name: str) -> tuple[Example, dict[str, str]]:
    """A published example, and the figures in it that are lines of the calculation."""
    data = tomllib.loads((PUBLISHED / f"{name}.toml").read_text("utf-8"))
    printed = {
        key.removeprefix("after ") + "#2" * key.startswith("after "): figure
        for key, figure in data["printed"].items()
        if " " not in key.removeprefix("after ")
    }
    return derive.work(derive.read(data["problem"])), printed


MAZUR, FIGURES = fixture("mazur-2-2-2")
RIGHT = {s["key"]: f"{s['value']:.6g}" for s in MAZUR.data()["steps"] if "dnet/dw" not in s["key"]}


def check(answers: Mapping[str, str], example: Example = MAZUR) -> Report:
    checker = Checker(example.worked, example.notation)
    return checker.check([Answer(key, text, "") for key, text in answers.items()])


def finding(report: Report, key: str) -> Finding:
    return next(found for found in report.findings if found.key == key)


def told(report: Report, key: str) -> list[tuple[str, str]]:
    """The slips that are named for an answer, and their lines."""
    found = finding(report, key)
    return list(zip([e.slip for e in found.slips], found.slip_keys, strict=True))


# --- published solutions -------------------------------------------------------------------------


def test_the_error_after_the_step_comes_from_weights_that_were_updated_already():
    """All that is printed before it is right, and was not used for it."""
    report = check(FIGURES)

    assert "E#2" == report.first_wrong
    assert "updated_weights" == finding(report, "E#2").slip
    assert [("updated_weights", "dE/dout[1,1]")] == told(report, "E#2")


def test_it_is_found_in_the_error_alone():
    assert "updated_weights" == finding(check({"E#2": "0.291027924"}), "E#2").slip


def test_the_misadded_sum_the_factor_of_ten_and_the_sign_of_a_published_solution():
    report = check(FIGURES_2, SOLUTION_2)
    sum_, delta, weight = (
        finding(report, key) for key in ("net[2,1]", "negdelta[1,2]", "w_new[1,1,1]")
    )

    assert "net[2,1]" == report.first_wrong
    assert (None, 0.69) == (sum_.slip, round(sum_.own or 0, 2))
    assert ("decimal_point", True) == (delta.slip, delta.slips[0].near)
    assert "wrong_way" == weight.slip
    assert "last digit" == finding(report, "out[1,1]").note
    assert "rounded" == finding(report, "negdelta[2,1]").verdict


SOLUTION_2, FIGURES_2 = fixture("geeksforgeeks-2-2-1")


@pytest.mark.parametrize(
    "name",
    [p.stem for p in sorted(PUBLISHED.glob("*.toml")) if "geeksforgeeks" not in p.stem],
)
def test_nothing_else_that_is_published_is_wrong(name: str):
    example, figures = fixture(name)
    wrong = {f.key for f in check(figures, example).findings if f.verdict in ("wrong", "follows")}

    assert ({"E#2"} if name == "mazur-2-2-2" else set()) == wrong


# --- how certain a claim is ----------------------------------------------------------------------


def test_a_line_without_an_answer_is_blamed_and_what_it_spoils_follows():
    slope = MAZUR["dE/dout[2,1]"]  # used for delta[2,1], which is not answered
    left = [k for k in RIGHT if k.startswith(("net", "out", "E"))] + [
        "dE/dout[2,1]",
        "dE/dout[2,2]",
    ]
    answers = {key: RIGHT[key] for key in left} | {
        "dE/dw[2,1,1]": f"{slope * MAZUR['out[1,1]']:.6g}",
        "dE/dw[2,1,2]": f"{slope * MAZUR['out[1,2]']:.6g}",
    }
    report = check(answers)

    assert "dE/dw[2,1,1]" == report.first_wrong
    assert "slope_missing" == finding(report, "dE/dw[2,1,1]").slip
    assert ("delta[2,1]", "dE/dw[2,1,1]") == finding(report, "dE/dw[2,1,1]").among[-2:]


def test_answers_behind_a_line_contradict_a_slip_in_it():
    """Were delta[2,1] wrong, the other gradient would be wrong as well: it is this line alone."""
    left = [k for k in RIGHT if k.startswith(("net", "out"))] + ["dE/dw[2,1,2]"]
    report = check(
        {key: RIGHT[key] for key in left} | {"dE/dw[2,1,1]": f"{-MAZUR['dE/dw[2,1,1]']:.6g}"}
    )

    assert [("sign", "dE/dw[2,1,1]")] == told(report, "dE/dw[2,1,1]")


def test_two_slips_that_come_to_the_same_cannot_be_told_apart():
    """With targets 0 and 1 and outputs that mirror each other, units look alike."""
    text = """
    loss = "half_squared_error"
    learning_rate = 1
    layers = [{ weights = [[0.7], [-0.7]], bias = false, activation = "tanh" }]
    samples = [{ inputs = [0.9], targets = [0.5, 0.5] }]
    """
    example = derive.work(derive.read(text))
    report = check({"net[1,1]": "-0.63"}, example)

    found = finding(report, "net[1,1]")
    assert {"sign", "other_unit"} == {e.slip for e in found.slips}
    assert None is found.slip


def test_two_slips_in_one_line_are_told_as_two():
    twice = f"{-MAZUR['dE/dout[2,1]'] * 2:.9g}"
    report = check(RIGHT | {"dE/dout[2,1]": twice})
    explained = finding(report, "dE/dout[2,1]")

    assert [("factor_two", "error_sign")] == [(e.slip, e.also) for e in explained.slips]
    assert None is explained.slip


@pytest.mark.parametrize("answer", ["0.13", "0.77", "3.1"])
def test_a_coarse_answer_is_not_explained_by_something_far_off(answer: str):
    report = check({"E": answer})

    assert "E" == report.first_wrong
    assert None is finding(report, "E").slip


def test_a_blamed_line_that_leaves_another_wrong_answer_open_must_explain_more_closely():
    """The delta has no answer; what spoiled the other gradient, behind it as well, is no known slip."""
    twice = f"{MAZUR['dE/dw[2,1,1]'] * MAZUR['dout/dnet[2,1]']:.2g}"
    left = {key: text for key, text in RIGHT.items() if key[:3] in ("net", "out")}
    alone = check(left | {"dE/dw[2,1,1]": twice})
    beside = check(left | {"dE/dw[2,1,1]": twice, "dE/dw[2,1,2]": "0.114"})

    assert [("slope_twice", "delta[2,1]")] == told(alone, "dE/dw[2,1,1]")
    assert [] == told(beside, "dE/dw[2,1,1]")


def test_an_explanation_without_rivals_must_still_meet_more_closely_than_chance():
    """The third figure is all that tells this answer from the right one."""
    off = MAZUR["w_new[2,1,1]"] * 1.0006
    report = check({"w_new[2,1,1]": f"{off:.4g}"})

    assert "wrong" == finding(report, "w_new[2,1,1]").verdict
    assert [] == told(report, "w_new[2,1,1]")


def test_a_value_out_of_nowhere_has_no_explanation():
    report = check(RIGHT | {"delta[1,1]": "0.0123987"})

    assert [] == told(report, "delta[1,1]")
    assert ("delta[1,1]",) == finding(report, "delta[1,1]").among


def test_digits_exchanged_and_a_slipped_point_are_slips_of_the_pen():
    exchanged = check(RIGHT | {"out[2,1]": "0.753165"})  # 0.751365
    point = check(RIGHT | {"out[2,1]": "7.51365"})

    assert "digits_exchanged" == finding(exchanged, "out[2,1]").slip
    assert "decimal_point" == finding(point, "out[2,1]").slip


def test_a_habit_explains_an_answer_when_it_was_followed_at_every_line():
    """Nothing but the error is given, worked out without any activation in between."""
    outputs = [0.4 * 0.3775 + 0.45 * 0.3925 + 0.6, 0.5 * 0.3775 + 0.55 * 0.3925 + 0.6]
    error = ((0.01 - outputs[0]) ** 2 + (0.99 - outputs[1]) ** 2) / 2
    explained = finding(check({"E": f"{error:.9f}"}), "E").slips

    assert ["activation_missing"] == [e.slip for e in explained]
    assert explained[0].everywhere


def test_a_wrong_value_that_was_not_there_yet_was_not_copied():
    """Neither of two equal wrong answers explains the other; both lines should have the same value."""
    example = derive.work("1-2", activation="softmax", loss="squared_error", seed=7)
    lines = ("dout/dnet[1,1,2]", "dout/dnet[1,2,1]")
    assert example[lines[0]] == example[lines[1]]
    report = check(dict.fromkeys(lines, f"{1.17 * example[lines[0]]:.4g}"), example)

    assert ["wrong", "wrong"] == [found.verdict for found in report.findings]
    assert [] == [e.slip for found in report.findings for e in found.slips]


def test_a_right_or_an_earlier_value_of_another_unit_can_be_copied():
    later = check(RIGHT | {"delta[1,1]": RIGHT["delta[1,2]"]})
    wrong = check(RIGHT | {"net[1,1]": "0.4711", "net[1,2]": "0.4711"})

    assert [("other_unit", "delta[1,1]")] == told(later, "delta[1,1]")
    assert [] == told(wrong, "net[1,1]")
    assert [("other_unit", "net[1,2]")] == told(wrong, "net[1,2]")


# --- lines that can be calculated in more than one way -------------------------------------------

ADDED = derive.work("2-2-2", delta="add")
STEPPED = {s["key"]: f"{s['value']:.6g}" for s in ADDED.data()["steps"]}


def test_a_new_weight_follows_from_the_gradient_where_the_page_adds_what_delta_gives():
    report = check(
        {"negdelta[2,1]": "-0.0517954", "dE/dw[2,1,1]": "-0.0241445", "w_new[2,1,1]": "-0.26792775"},
        ADDED,
    )  # fmt: skip

    verdicts = [found.verdict for found in report.findings]
    assert ["right", "wrong", "follows"] == verdicts


def test_a_new_weight_follows_from_the_delta_where_the_gradient_is_wrong_in_another_way():
    new = ADDED["w[2,1,1]"] + 0.5 * 0.0712345 * ADDED["out[1,1]"]
    report = check(
        {"negdelta[2,1]": "0.0712345", "dE/dw[2,1,1]": "0.0123456", "w_new[2,1,1]": f"{new:.6g}"},
        ADDED,
    )

    verdicts = [found.verdict for found in report.findings]
    assert ["wrong", "wrong", "follows"] == verdicts


def test_a_slip_in_the_update_is_found_by_either_way():
    answers = {"negdelta[2,1]": STEPPED["negdelta[2,1]"], "dE/dw[2,1,1]": "0.0912345"}
    for step in (ADDED["dE/dw[2,1,1]"], 0.0912345):
        up = f"{ADDED['w[2,1,1]'] + 0.5 * step:.7g}"
        report = check(answers | {"w_new[2,1,1]": up}, ADDED)

        assert [("wrong_way", "w_new[2,1,1]")] == told(report, "w_new[2,1,1]")


# --- conventions ---------------------------------------------------------------------------------


def test_the_error_without_a_half_is_another_convention():
    without = {key: f"{2 * MAZUR[key]:.6g}" for key in ("E[1]", "E[2]", "E", "delta[2,1]")}
    report = check({"out[2,1]": RIGHT["out[2,1]"]} | without)

    assert "loss:squared_error" == report.convention
    assert None is report.first_wrong


def test_deltas_that_are_added_are_another_convention():
    turned = {key: f"{-MAZUR[key]:.6g}" for key in RIGHT if key.startswith("delta")}
    report = check(RIGHT | turned)

    found = finding(report, "delta[2,1]")

    assert ("delta_sign", None) == (report.convention, report.first_wrong)
    assert (found.given, round(-MAZUR["delta[2,1]"], 6)) == (
        -0.138499,
        round(found.expected or 0, 6),
    )


def test_a_mistake_under_another_convention_is_still_a_mistake():
    other = derive.work(derive.read(fixture_text().replace("half_squared_error", "squared_error")))
    answers = {s["key"]: f"{s['value']:.6g}" for s in other.data()["steps"]} | {
        "net[1,1]": "0.7753"
    }
    answers |= {key: value for key, value in answers.items() if not key.startswith("dnet")}
    report = check(answers)

    assert "loss:squared_error" == report.convention
    assert "net[1,1]" == report.first_wrong


def fixture_text() -> str:
    return str(tomllib.loads((PUBLISHED / "mazur-2-2-2.toml").read_text("utf-8"))["problem"])


def test_the_sum_of_samples_for_their_mean_is_another_convention():
    text = fixture_text().replace(
        "samples = [", "samples = [" + 2 * "{ inputs = [1, 0], targets = [0, 1] }, "
    )
    example = derive.work(derive.read(text))
    added = {key: f"{3 * example[key]:.6g}" for key in ("E", "dE/dw[2,1,1]", "dE/dw[1,2,2]")}

    assert "reduction:sum" == check(added, example).convention


def test_one_wrong_line_is_a_mistake_and_no_convention():
    report = check(RIGHT | {"delta[1,1]": f"{-MAZUR['delta[1,1]']:.6g}"})

    assert None is report.convention
    assert ("delta[1,1]", "sign") == (report.first_wrong, finding(report, "delta[1,1]").slip)


# --- credit --------------------------------------------------------------------------------------


def test_a_sheet_of_zeros_earns_nothing_and_is_not_explained():
    report = check(dict.fromkeys(RIGHT, "0"))

    assert 0 == report.score["points"]
    assert [] == [slip for found in report.findings for slip in found.slips]


DELTA = {"delta[2,1]": "0.138499"}


@pytest.mark.parametrize(
    ("answer", "follows", "credit"),
    [("0.712300", "0.0986526", True), ("0.050000", "0.00692495", False), ("0", "0.0", False)],
)
def test_what_follows_is_worth_something_unless_the_wrong_value_took_no_calculation(
    answer: str, follows: str, credit: bool
):
    report = check(DELTA | {"net[2,1]": "1.10591", "out[1,1]": answer, "dE/dw[2,1,1]": follows})
    found = finding(report, "dE/dw[2,1,1]")

    assert ("out[1,1]", "follows", credit) == (report.first_wrong, found.verdict, found.credit)
