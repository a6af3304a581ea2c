"""Answers to expression graphs: whatever their names are, what they come to, and what is said of them."""

from __future__ import annotations

import re
from typing import Any

import pytest

import derive
from derive.checked import Checked

CIRCUIT: dict[str, Any] = {
    "equations": {"f": "q*z", "q": "x + y"},
    "values": {"x": -2, "y": 5, "z": -4},
}


def checked(data: dict[str, Any], answers: dict[str, str], **options: Any) -> Checked:
    return derive.check(derive.read(data), answers, **options)


def verdicts(found: Checked) -> dict[str, str]:
    return {f.key: f.verdict for f in found.report.findings}


@pytest.mark.parametrize(
    ("data", "answers"),
    [
        (
            {"equations": {"df": "x*E", "delta": "df + net", "w": "delta*delta"},
             "values": {"x": 2, "E": 3, "net": -1}},
            {"df": "6", "delta": "5", "w": "25", "dw/ddelta": "10", "dw/ddf": "10", "ddelta/ddf": "1",
             "dw/dx": "30", "dw/dE": "20", "dw/dnet": "10", "ddf/dx": "3"},
        ),
        (
            {"equations": {"E": "out*w", "out": "net + b"}, "values": {"w": 2, "net": 3, "b": -1}},
            {"out": "2", "E": "4", "dE/dout": "2", "dE/dnet": "2", "dE/db": "2", "dE/dw": "2",
             "dout/dnet": "1"},
        ),
        (
            {"equations": {"elta": "x + x*y + y"}, "values": {"x": 2, "y": 3}},
            {"elta": "11", "delta/dx": "4", "delta/dy": "3"},
        ),
        ({"equations": {"f": "x - x + y"}, "values": {"x": 2, "y": 1}}, {"df/dx": "0", "df/dy": "1"}),
        ({"equations": {"f": "x^2 + abs(x)"}, "values": {"x": 0}}, {"f": "0", "df/dx": "0"}),
        ({"equations": {"f": "1/x"}, "values": {"x": 3}}, {"f": "0.333", "df/dx": "-1/9"}),
        ({"equations": {"q": "1000*x + 3", "f": "q + 1"}, "values": {"x": 3.721}},
         {"q": "3720", "f": "3730", "df/dx": "1000"}),
    ],
)  # fmt: skip
def test_right_answers_have_their_points(data: dict[str, Any], answers: dict[str, str]) -> None:
    found = checked(data, answers)
    assert set(verdicts(found).values()) <= {"right", "rounded"}, verdicts(found)
    assert found.report.score["points"] == found.report.score["of"] == len(answers)


@pytest.mark.parametrize(
    ("data", "answers", "slip"),
    [
        (CIRCUIT, {"df/dz": "-4", "df/dq": "-4"}, ("df/dz", "other_factor")),
        (CIRCUIT, {"df/dq": "-4", "df/dx": "1"}, ("df/dx", "chain_missing")),
        ({"equations": {"f": "2*q", "q": "x*y"}, "values": {"x": 3, "y": 7}},
         {"df/dq": "2", "dq/dx": "7", "df/dx": "2"}, ("df/dx", "local_missing")),
        ({"equations": {"f": "x*q", "q": "3*x"}, "values": {"x": 1.5}},
         {"df/dx": "4.5"}, ("df/dx", "one_path")),
        ({"equations": {"q": "5*max(x, 2)", "f": "3*q"}, "values": {"x": 1.25}},
         {"dq/dx": "5"}, ("dq/dx", "other_case")),
    ],
)  # fmt: skip
def test_slips_with_the_chain_rule(
    data: dict[str, Any], answers: dict[str, str], slip: tuple[str, str]
) -> None:
    first = checked(data, answers).report.first
    assert first is not None
    assert (first.key, [e.slip for e in first.slips][:1]) == (slip[0], [slip[1]])


def test_what_follows_from_a_number_that_is_given_elsewhere_has_its_points() -> None:
    found = checked(CIRCUIT, {"df/dq": "5", "df/dx": "5", "df/dy": "5"})
    assert list(verdicts(found).values()) == ["wrong", "follows", "follows"]
    assert found.report.score["points"] == 2


def test_who_answers_nothing_but_0_has_no_points() -> None:
    found = checked(CIRCUIT, {"df/dq": "0", "df/dx": "0", "df/dy": "0"})
    assert found.report.score["points"] == 0


@pytest.mark.parametrize("name", ["f#2", "f@2", "dq/dq", "df", "delta", "dE/dx", "f[1]", "d" * 500])
def test_names_of_nothing(name: str) -> None:
    (finding,) = checked(CIRCUIT, {name: "3"}).report.findings
    assert finding.why == "unknown"


@pytest.mark.parametrize("text", ["z", "1e999", "1/0", "__import__('os')", "9" * 300, "∂"])
def test_what_cannot_be_read(text: str) -> None:
    (finding,) = checked(CIRCUIT, {"f": text}).report.findings
    assert (finding.key, finding.why) == ("f", "no_number")


def test_nothing_is_known_of_signs_of_delta() -> None:
    data = {"equations": {"delta": "x*y"}, "values": {"x": 2, "y": 3}, "show": {"delta": "add"}}
    assert verdicts(checked(data, {"delta": "-6"})) == {"delta": "wrong"}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("format", ["md", "tex", "html", "json"])
def test_a_report_in_every_format(format: str, language: str) -> None:
    found = checked(CIRCUIT, {"df/dq": "4", "df/dx": "4", "u": "3", "q": "u"}, language=language)
    solution, hints = (found.render(format, hints=h).content for h in (False, True))
    assert solution != hints
    if format in ("md", "html"):
        assert not re.search(rb"[-\xe2\x88\x92]4", hints)


def test_a_line_is_exact_where_its_numbers_are() -> None:
    told = checked(CIRCUIT, {"df/dx": "4"}).render("md").content.decode()
    assert "= (-4) \\times 1= \\mathbf{-4}" in told
