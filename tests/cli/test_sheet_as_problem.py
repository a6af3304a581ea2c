"""A filled-in sheet stands for its problem, wherever a command takes one."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from derive.cli import main


def run(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=input)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sheet and its key; the key is also the only submission."""
    monkeypatch.chdir(tmp_path)
    made = run("sheet", "2-1", "--singly", "--seed", "7", "--format", "md", "--out", ".")
    assert 0 == made.exit_code, made.output
    for path, name in [("sheet-1.md", "sheet.md"), ("sheet-1-key.md", "in/ada.md")]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / path).rename(tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "sheet.md", "in/ada.md"),
        ("mark", "sheet.md", "in"),
        ("sheet", "sheet.md", "--format", "md", "--no-certificate"),
        ("example", "sheet.md", "--format", "md"),
    ],
)
def test_a_sheet_is_a_problem(arguments: tuple[str, ...], folder: Path):
    done = run(*arguments)

    assert 0 == done.exit_code, done.output


def test_the_lines_of_a_sheet_are_asked_for(folder: Path):
    done = run("check", "sheet.md", "--ask", input="q\n")

    assert "net_h1" not in done.output
    assert "net_o1" in done.output


def test_the_numbers_are_those_of_the_sheet(folder: Path):
    given = run("check", "sheet.md", "in/ada.md").output

    assert given == run("check", "in/ada.md").output


@pytest.mark.parametrize(
    "command", [["check", "a.md", "in/ada.md"], ["example", "a.md"], ["mark", "a.md", "in"]]
)
def test_a_page_without_a_problem_is_named(command: list[str], folder: Path):
    Path("a.md").write_text("net_o1 = 0.5\n")

    done = run(*command)

    told = "a.md: this page brings no problem along (name a problem file, or a shorthand such as 2-2-2)\n"
    assert (2, told) == (done.exit_code, done.output)
