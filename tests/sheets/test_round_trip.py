"""A sheet that comes back is read with nothing else, and its key marks itself full."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from derive.checked import check
from derive.cli import main
from derive.problem.embedded import problems_in
from derive.problem.reading import read
from derive.problem.saving import write_problem
from tests.sheets.test_press import ORDERS, lot


@pytest.mark.parametrize("fade", [1, 2, "last"])
@pytest.mark.parametrize("name", ORDERS)
def test_the_key_marks_itself_full(name: str, fade: object, tmp_path: Path):
    """Of the lines that were blank: no other line is worth anything."""
    made = lot(name, tmp_path, 3, fade=fade)
    stages = made.workshop.page.stages
    blank = stages if fade == "last" else stages[-fade:]
    lines = sum(len(stage.lines) for stage in blank)

    for n, text in enumerate(made.texts("md", reveal=True)):
        path = tmp_path / f"key-{n}.md"
        path.write_text(text, "utf-8")
        problem = read(path)
        assert problem is not None
        report = check(problem, path).report

        assert report.is_right, [f for f in report.findings if f.verdict != "right"]
        assert lines == report.score["points"] == report.score["of"]


@pytest.mark.parametrize("name", ORDERS)
def test_the_problem_that_a_sheet_brings_along_is_its_own(name: str, tmp_path: Path):
    made = lot(name, tmp_path, 3)

    for n, text in enumerate(made.texts("md", reveal=False)):
        (brought,) = problems_in(text)
        assert write_problem(made.workshop.problem(made.drawn, n)) == write_problem(read(brought))


def test_a_blank_sheet_is_blank(tmp_path: Path):
    (text,) = lot("sigmoid", tmp_path, 1).texts("md", reveal=False)
    (tmp_path / "sheet.md").write_text(text, "utf-8")

    done = CliRunner().invoke(
        main, ["check", str(tmp_path / "sheet.md"), "--format", "json", "--out", "-"]
    )

    assert 1 == done.exit_code
    assert 43 == done.stdout.count('"verdict": "blank"')
    assert 0 == done.stdout.count('unreadable", "given')


@pytest.mark.parametrize("written", ["≈ {}", "{}", " ≈  **{}** ", "= {}", "≈ `{}`", "≈ ${}$"])
def test_however_a_blank_is_filled_in(written: str, tmp_path: Path):
    made = lot("sigmoid", tmp_path, 1)
    (text,) = made.texts("md", reveal=False)
    (key,) = made.texts("md", reveal=True)
    values = re.findall(r"\| [=≈] \*\*(.*)\*\* \|$", key, re.MULTILINE)
    filled = re.sub(r"\| [=≈] ____ \|$", lambda _: f"| {written.format(values.pop(0))} |", text,
                    flags=re.MULTILINE)  # fmt: skip
    (tmp_path / "sheet.md").write_text(filled, "utf-8")

    done = CliRunner().invoke(main, ["check", str(tmp_path / "sheet.md")])

    assert 0 == done.exit_code, done.output
    assert "43 of 43 points" in done.output


def test_a_file_of_several_sheets_is_refused(tmp_path: Path):
    texts = lot("sigmoid", tmp_path, 2).texts("md", reveal=True)
    (tmp_path / "sheets.md").write_text("\n".join(texts), "utf-8")

    done = CliRunner().invoke(main, ["check", str(tmp_path / "sheets.md")])

    assert 2 == done.exit_code
    assert "it has 2 sheets" in done.output


@pytest.mark.parametrize(
    "text", ["<!-- derive problem\n-->", "<!-- derive problem\ninputs = 1e9\n-->",
             "<!-- derive problem\n" + "[" * 5000 + "\n-->", "<!-- derive problem\n\x00\n-->",
             "<!-- derive problem\nloss = {formula = \"__import__('os')\"}\n-->"],
)  # fmt: skip
def test_a_comment_with_anything_in_it_is_read_as_any_problem_file(text: str, tmp_path: Path):
    (tmp_path / "sheet.md").write_text(text, "utf-8")

    done = CliRunner().invoke(main, ["check", str(tmp_path / "sheet.md")])

    assert 2 == done.exit_code
    assert done.exception is None or isinstance(done.exception, SystemExit)


@pytest.mark.parametrize("options", [{"fade": 0}, {"fade": 3, "blank": "factors"}])
def test_what_is_given_is_no_answer(options: dict[str, object], tmp_path: Path):
    (text,) = lot("sigmoid", tmp_path, 1, **options).texts("md", reveal=False)
    (tmp_path / "sheet.md").write_text(text, "utf-8")

    done = CliRunner().invoke(main, ["check", str(tmp_path / "sheet.md")])

    assert 2 == done.exit_code
    assert "there are no answers in it" in done.output


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("written", ["____{}", "__{}__", "≈ {}____", "≈ ____ {}"])
def test_a_blank_that_is_not_wholly_removed(written: str, ends: str, tmp_path: Path):
    made = lot("sigmoid", tmp_path, 1, fade=1)
    (text,) = made.texts("md", reveal=False)
    (key,) = made.texts("md", reveal=True)
    values = re.findall(r"\| [=≈] \*\*(.*)\*\* \|$", key, re.MULTILINE)
    filled = re.sub(r"\| [=≈] ____ \|$", lambda _: f"| {written.format(values.pop(0))} |", text,
                    flags=re.MULTILINE)  # fmt: skip
    (tmp_path / "sheet.md").write_bytes(filled.replace("\n", ends).encode())

    done = CliRunner().invoke(main, ["check", str(tmp_path / "sheet.md")])

    assert 0 == done.exit_code, done.output
    assert "12 of 12 points" in done.output
