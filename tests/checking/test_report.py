"""Points, verdicts and data of a report; and its page, which tells nothing of the solution with hints."""

from __future__ import annotations

import json
import re

import pytest

import derive
from derive.checked import Checked, Checking, check
from derive.checking.answers import Answer
from derive.checking.report import VERDICTS, kind_of, worth
from derive.checking.slips import SLIPS
from derive.cli.terminal import as_text
from derive.document.phrases import Phrases
from derive.errors import ProblemError
from derive.problem.reading import read

MAZUR = """
loss = "half_squared_error"
learning_rate = 0.5
layers = [
    { weights = [[0.15, 0.20], [0.25, 0.30]], bias = 0.35, frozen = ["bias"] },
    { weights = [[0.40, 0.45], [0.50, 0.55]], bias = 0.60, frozen = ["bias"] },
]
samples = [{ inputs = [0.05, 0.10], targets = [0.01, 0.99] }]
show = { digits = { significant = 9 } }
"""
ANSWERS = {
    "net_h1": "0.3775", "out_h1": "0.5933", "dE/dw5": "0.4398", "w5+": "0.1801", "δ_o1": "0.7414",
    "net_h2": "", "E": "zero", "nett_o1": "1.1", "w5": "0.41", "w6": "0.45",
}  # fmt: skip


def mazur(
    answers: dict[str, str], language: str = "en", points: dict[str, float] | None = None
) -> Checked:
    return check(read(MAZUR, language=language), answers, points=points)


def test_every_answer_has_its_verdict():
    report = mazur(ANSWERS).report

    found = {finding.key: (finding.verdict, finding.why) for finding in report.findings}

    assert {
        "net[1,1]": ("right", ""), "out[1,1]": ("right", ""), "delta[2,1]": ("wrong", ""),
        "dE/dw[2,1,1]": ("follows", ""), "w_new[2,1,1]": ("follows", ""), "net[1,2]": ("blank", ""),
        "E": ("unreadable", "no_number"), "nett_o1": ("unreadable", "unknown"),
        "w[2,1,1]": ("unreadable", "given_number"),
    } == found  # fmt: skip


def test_the_score_counts_lines_of_the_calculation():
    score = mazur(ANSWERS, points={"delta": 2, "net_h1": 3}).report.score

    assert (3 + 1 + 1 + 1, 3 + 1 + 2 + 1 + 1 + 1 + 1) == (score["points"], score["of"])
    assert {"right": 2, "rounded": 0, "follows": 2, "wrong": 1, "blank": 1, "unreadable": 3} == {
        verdict: score[verdict] for verdict in VERDICTS
    }


def test_points_for_nothing_are_refused():
    with pytest.raises(ProblemError) as refusal:
        mazur({"E": "0.3"}, points={"deltas": 2})

    assert (
        "points: there is no line and no kind of line 'deltas' (did you mean 'delta_o2'?)"
        == str(refusal.value)
    )


@pytest.mark.parametrize("delta", ["subtract", "add"])
def test_points_for_deltas_hold_for_either_sign(delta: str):
    example = derive.work("2-2-1", seed=7, delta=delta)

    report = Checking(example, {"delta": 3}).check({"delta_o1": example["delta_o1"]}).report

    assert 3 == report.score["points"]


@pytest.mark.parametrize(
    ("key", "points", "expected"),
    [
        ("E", {}, 1.0),
        ("net[1,2]", {"net": 2}, 2.0),
        ("net[1,2]@3#2", {"net": 2, "net[1,2]@3#2": 5}, 5.0),
    ],
)
def test_a_line_has_its_own_points_before_those_of_its_kind(key, points, expected):
    assert expected == worth(key, points)


def test_kinds_of_keys():
    assert ["dE/dw", "E", "E", "net"] == [
        kind_of(k) for k in ("dE/dw[2,1,1]", "E#2", "E[1]", "net[1,2]@3")
    ]


def test_the_data_is_json_and_says_what_the_interface_asks_for():
    data = json.loads(mazur(ANSWERS).render("json").content)

    assert {"key", "verdict", "given", "expected", "from_own", "slip", "explanation"} <= set(
        data["findings"][0]
    )
    assert "delta[2,1]" == data["first_wrong"]
    assert "slope_missing" == data["findings"][2]["slip"]
    explained = data["findings"][2]["explanation"][0]
    assert ("slope_missing", "delta[2,1]") == (explained["slip"], explained["at"])


def test_data_with_hints_holds_no_solution():
    findings = mazur(ANSWERS).report.data(hints=True)["findings"]

    assert {None} == {finding[name] for finding in findings for name in ("expected", "from_own")}


def test_a_line_that_is_answered_twice_counts_once():
    report = check(read(MAZUR), [Answer("E", "0.2984", "a"), Answer("E_total", "7", "b")]).report

    assert [("right", "", 1.0), ("unreadable", "twice", 1.0)] == [
        (f.verdict, f.why, report.score["points"]) for f in report.findings
    ]


def test_the_first_answer_that_can_be_read_counts():
    answers = [Answer("E", text, "") for text in ("", "no", "0.2984", "0.2984")]

    report = check(read(MAZUR), answers).report

    assert ["right", "unreadable"] == [f.verdict for f in report.findings]


# --- the page ------------------------------------------------------------------------------------


def test_the_page_tells_the_first_wrong_line_in_full():
    text = as_text(mazur(ANSWERS).document())

    for told in (
        "First wrong line: δ_o1, or one before it that has no answer.",
        "δ_o1 = ∂E_total/∂out_o1 · ∂out_o1/∂net_o1 = 0.741367312 × 0.186814474 ≈ 0.138498145",
        "The answer given is 0.7414.",
        "This explains it: The derivative of the activation function is left out of δ_o1.",
        "nett_o1  1.1    no line of the calculation has this name (did you mean 'net_o1'?)",
    ):
        assert told in text


def test_the_page_with_hints_holds_no_number_but_those_given():
    text = as_text(mazur(ANSWERS).document(hints=True))

    given = {"0.3775", "0.5933", "0.4398", "0.1801", "0.7414", "1.1", "0.41", "0.4"}
    numbers = set(re.findall(r"\d+\.\d+", text))
    assert set() == numbers - given
    assert "δ_o1 = ∂E_total/∂out_o1 · ∂out_o1/∂net_o1" in text


def test_a_verdict_has_a_sign_and_a_word():
    text = as_text(mazur(ANSWERS).document())

    for told in ("= right", "≠ wrong", "→ follows", "– no answer", "? not understood"):
        assert told in text


def test_a_legend_says_what_else_counts():
    answers = {"net_h1": "0.3775", "out_h1": "0.5932", "δ_o1": "0.7414", "w5+": "0.1801"}
    both, neither = (mazur(table) for table in (answers, {"E": "0.298371109"}))

    text = as_text(both.document())

    assert "≈ right, cut off and not rounded" in text
    told = " ".join(text.split())
    assert "≈ counts as right. → has its points as well: it follows correctly" in told
    assert "counts as right" not in as_text(neither.document())


def test_the_line_of_the_slip_is_to_be_worked_out_again():
    text = as_text(mazur({"out_h1": "0.5933", "w5+": "0.1801"}).document())

    assert "Work ∂E_total/∂w5 out again, and then everything after it." in " ".join(text.split())


def test_where_an_answer_stands_is_told_where_that_is_not_its_name():
    placed = [Answer("nett", "1", "line 4"), Answer("E", "x", "E")]
    by_name, by_line = check(read(MAZUR), placed[1:]), check(read(MAZUR), placed)

    assert ["line", "given", "why"] == as_text(by_name.document()).split("used\n\n")[1].split()[:3]
    assert ["where", "line"] == as_text(by_line.document()).split("used\n\n")[1].split()[:2]


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "Nothing is answered."), ("de", "Nichts ist beantwortet.")],
)
def test_an_empty_sheet_is_told(language: str, told: str):
    text = as_text(mazur({"E": "", "net_h1": "___"}, language).document())

    assert told in text


def test_only_some_verdicts_are_listed():
    text = as_text(mazur(ANSWERS).document(only=["wrong"]))

    assert "0.4398" not in text
    assert "6 lines with other verdicts are left out here." in text


def test_an_update_after_the_first_is_told():
    text = " ".join(as_text(mazur({"E#2": "0.291027924"}).document()).split())

    assert "First wrong line: E_total after the update" in text
    assert "uses the weights as they are after the update" in text


def test_a_convention_is_named():
    text = as_text(mazur({"E": "0.5967", "dE/dout_o1": "1.4827"}).document())

    assert "Every answer is right under another convention: the squared error as the error." in text


def test_german_pages_are_german():
    text = as_text(mazur(ANSWERS, "de").document())

    assert "Erste falsche Zeile: δ_o1" in text
    assert "In δ_o1 fehlt die Ableitung der Aktivierungsfunktion." in text
    assert not re.search(r"\b(?:the|line|wrong|right|answer)\b", text.replace("right value", ""))


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_slip_has_its_sentence(language: str):
    phrases = Phrases(language)

    assert set() == {code for code in SLIPS if f"slip.{code}" not in phrases}
    assert set() == {code for code in SLIPS if "{line}" not in phrases.plain(f"slip.{code}")}


@pytest.mark.parametrize(
    ("format", "dangers"),
    [("md", ["<script>", "<b>"]), ("html", ["<script>", "<b>"]), ("tex", ["\\input{", "$x$"])],
)
def test_what_strangers_write_is_escaped(format: str, dangers: list[str]):
    answers = {"<script>$x$|#": "`|*_<b>\\input{x}", "E\x1b[31m": "\u202e7"}

    content = mazur(answers).render(format).content.decode()

    assert [] == [danger for danger in (*dangers, "\x1b") if danger in content]


def test_a_terminal_gets_no_control_characters():
    text = as_text(mazur({"E\x1b[31m": "\x07"}).document())

    assert "\x1b" not in text
    assert "\x07" not in text


@pytest.mark.parametrize("source", ["1-1", "2-3-1", "3-2-2-2"])
@pytest.mark.parametrize(
    "options", [{}, {"optimizer": "adam", "epochs": 2}, {"carry": "printed"}, {"delta": "add"}]
)
def test_the_key_of_a_problem_marks_itself_full(source: str, options: dict[str, object]):
    example = derive.work(source, **options)
    steps = example.data()["steps"]

    checked = check(example.problem, {step["key"]: step["printed"] for step in steps})

    assert checked.is_right
    assert checked.report.score["points"] == checked.report.score["of"] > 0
