"""Every key that can be set has an option, and the help says what it does."""

from __future__ import annotations

import re
from typing import Any

import click
import pytest
from click.testing import CliRunner

import derive.example
from derive.cli import main
from derive.cli.options import OPTIONS, WHOLE
from derive.problem import overrides

EXAMPLE = main.commands["example"]
ROWS = [row for _, rows in OPTIONS for row in rows]
OWN = {"problem", "only", "formats", "out", "templates"}


def parameters() -> dict[str, click.Parameter]:
    return {str(parameter.name): parameter for parameter in EXAMPLE.params}


def help_text() -> str:
    return CliRunner().invoke(main, ["example", "--help"]).stdout


def test_each_key_has_an_option_and_each_option_a_key():
    assert set(overrides.OPTIONS) == parameters().keys() - OWN


@pytest.mark.parametrize("names", [names for names, _, _ in ROWS])
def test_each_option_is_in_the_help_with_a_sentence(names: str):
    first = names.split(maxsplit=1)[0]
    found = re.search(
        rf"^  {first}\b[^\n]* [A-Z]+\s+(\S.*?)(?=\n  -|\n\n)", help_text(), re.M | re.S
    )

    assert found
    assert 3 < len(found[1].split())
    assert found[1].endswith(".")


def test_the_help_has_a_heading_for_each_section():
    headings = re.findall(r"^([A-Z][\w ]+):$", help_text(), re.MULTILINE)

    assert ["What to write", *(section for section, _ in OPTIONS), "Help"] == headings


def test_no_line_of_the_help_is_too_wide():
    width = max(len(line) for line in help_text().partition("Examples:")[0].splitlines())

    assert width <= 80


def given(*arguments: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the command hands on for these arguments, without what was not given."""
    found: dict[str, Any] = {}

    def work(problem: str, **options: Any) -> None:
        found.update({key: value for key, value in options.items() if value is not None})
        raise derive.DeriveError("enough")

    monkeypatch.setattr(derive.example, "work", work)
    assert "enough\n" == CliRunner().invoke(main, ["example", "2-2", *arguments]).stderr
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_option_arrives_under_its_key(
    row: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
):
    names, metavar, _ = row
    key = names.split()[0].removeprefix("--").replace("-", "_")

    for name in names.split():
        expected = {key: 3 if metavar == WHOLE else "3"}
        assert expected == given(name, "3", monkeypatch=monkeypatch)


def test_what_is_not_given_is_not_set(monkeypatch: pytest.MonkeyPatch):
    assert {} == given(monkeypatch=monkeypatch)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--epochs", "many"], "'--epochs': 'many' is not a valid integer"),
        (["--batch-size", "some"], "batch_size: 'some' is no number of samples (write \"all\""),
        (["--optimizer", "adam:beta=1"], "optimizer.beta: adam has no such parameter"),
        (["--stop-below", "-1"], "stop_below: -1 is not above 0"),
        (["--letters", "input=<b>"], "letters.input: '<b>' cannot be a letter"),
        (["--rounding", "up"], "rounding: there is no rounding 'up' (known: half-up, half-even)"),
        (["--matrix", "rows"], "did you mean 'row'?"),
        (["--language", "../en"], "there is no language '../en'"),
    ],
)
def test_a_wrong_value_is_told(arguments: list[str], said: str):
    result = CliRunner().invoke(main, ["example", "2-2", *arguments])

    assert 2 == result.exit_code
    assert said in result.stderr
