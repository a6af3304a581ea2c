"""`derive mark`: marks.csv, a page for each student, and one for the class."""

from __future__ import annotations

import csv
import random
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import derive
from derive.cli import main
from derive.marked import COLUMNS, Class


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["mark", *arguments])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Answers of four people, one of whose files is broken."""
    monkeypatch.chdir(tmp_path)
    example = derive.work("2-2-1", seed=3)
    value = {name: f"{example[name]:.5g}" for name in ("net_h1", "out_h1", "net_h2", "E")}
    (tmp_path / "in").mkdir()
    for name, changed in {"ada": {}, "ben": {"net_h1": "9.5"}, "=eve": {"net_h1": ""}}.items():
        lines = [f"{k} = {v}" for k, v in (value | changed).items()]
        (tmp_path / "in" / f"{name}.md").write_text("\n".join(lines), "utf-8")
    (tmp_path / "in" / "kim.json").write_text("{", "utf-8")
    return tmp_path


def marks(path: str = "output/marks.csv") -> dict[str, dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def test_everybody_has_a_row(folder: Path):
    done = run("2-2-1", "in", "--seed", "3")

    found = marks()
    assert 0 == done.exit_code
    assert ["'=eve", "ada", "ben", "kim"] == list(found)
    assert {"4"} == {row["of"] for row in found.values()}
    assert ["3", "4", "3", "0"] == [row["points"] for row in found.values()]
    assert ["", "", "net[1,1]", ""] == [row["first wrong"] for row in found.values()]
    assert found["kim"]["reason"].startswith("this is no JSON")
    assert list(COLUMNS) == list(found["ada"])


def test_everybody_has_a_page_and_so_has_the_class(folder: Path):
    run("2-2-1", "in", "--seed", "3", "--format", "md,html")

    pages = {path.name for path in Path("output").iterdir() if path.is_file()}
    students = {f"{name}.{ending}" for name in ("ada", "ben", "eve") for ending in ("md", "html")}
    assert students | {"marks.csv", "class.md", "class.html"} == pages
    assert "# Checked: ben" in Path("output/ben.md").read_text("utf-8")
    assert "All 4 answers agree" in Path("output/ada.md").read_text("utf-8")


def test_the_page_of_the_class_names_nobody_who_could_be_read(folder: Path):
    run("2-2-1", "in", "--seed", "3")

    page = Path("output/class.md").read_text("utf-8")
    assert [] == [name for name in ("ada", "ben", "eve") if name in page]
    for told in ("## Points", "## The hardest lines", "kim", "On average 3.33 of 4 points"):
        assert told in page


def test_no_pages_and_points(folder: Path):
    run("2-2-1", "in", "--seed", "3", "--no-pages", "--points", "net=2", "--out", "there")

    found = marks("there/marks.csv")
    assert {"6"} == {row["of"] for row in found.values()}
    assert {"marks.csv", "class.md", "class-figures"} == {
        path.name for path in Path("there").iterdir()
    }


def test_files_that_are_not_looked_at_are_told(folder: Path):
    for name in ("lea.pdf", "max.JPG", ".hidden"):
        Path("in", name).write_bytes(b"x")

    done = run("2-2-1", "in", "--seed", "3", "--no-pages")

    told = "2 files were left out: lea.pdf, max.JPG (answers end in .toml, .csv, .tsv, .json, .md, .txt)"
    assert told in done.stderr


def test_where_nobody_can_be_read_it_is_told_why(folder: Path):
    Path("all").mkdir()
    Path("all", "ada.csv").write_text('key,value\n"E,1\n')
    Path("all", "ben.md").write_text("%PDF-1.4")

    done = run("2-2-1", "all")

    assert 2 == done.exit_code
    assert [
        "all: nobody answers a line of this problem "
        "(names look like net_h1, delta_o1, dE/dw5, w1_new)",
        "all: ada: row 2: a quote is opened and never closed (add the other quote, or take this away)",
        "all: ben: this is a PDF (save it as CSV or text)",
    ] == done.output.splitlines()


def test_a_sheet_says_what_is_asked(folder: Path):
    Path("sheet.md").write_text("net_h1 = \nnet_h2 = \n")

    run("2-2-1", "in", "--seed", "3", "--no-pages", "--asked", "sheet.md")

    assert {"2"} == {row["of"] for row in marks().values()}


def test_a_line_is_asked_once_and_a_given_number_is_none(folder: Path):
    Path("sheet.md").write_text("w1 = 0.15\nnet_h1 = \nnet[1,1] = \n")

    run("2-2-1", "in", "--seed", "3", "--no-pages", "--asked", "sheet.md")

    assert {"1"} == {row["of"] for row in marks().values()}


def test_one_csv_is_a_class(folder: Path):
    Path("class.csv").write_text("student,net_h1,E\nAda,1,2\nBen,,3\n../../x,1,\n")

    done = run("2-2-1", "class.csv", "--out", "there")

    assert 0 == done.exit_code
    assert {"Ada.md", "Ben.md", "x.md", "marks.csv", "class.md"} == {
        path.name for path in Path("there").iterdir() if path.is_file()
    }


def test_pages_of_people_with_one_name_are_two(folder: Path):
    Path("class.csv").write_text("student,E\nAda!,1\nAda?,2\nclass,3\n")

    run("2-2-1", "class.csv", "--out", "there")

    names = {path.name for path in Path("there").glob("*.md")}
    assert {"Ada.md", "Ada-2.md", "class-student.md", "class.md"} == names


def interrupted_at(student: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody presses Ctrl-C while this student's pages are written."""
    write = Class._write_pages

    def interrupted(self: Class, out: Path, submission, *rest) -> None:  # type: ignore[no-untyped-def]
        if submission.student == student:
            raise KeyboardInterrupt
        write(self, out, submission, *rest)

    monkeypatch.setattr(Class, "_write_pages", interrupted)


def test_an_interruption_leaves_complete_pages_and_no_table(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    interrupted_at("ben", monkeypatch)

    done = run("2-2-1", "in", "--seed", "3")

    assert 130 == done.exit_code
    assert {"ada.md", "eve.md"} == {path.name for path in Path("output").iterdir()}


def test_an_interruption_leaves_the_table_that_was_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    run("2-2-1", "in", "--seed", "3", "--no-pages")
    before = Path("output/marks.csv").read_bytes()
    interrupted_at("ben", monkeypatch)

    done = run("2-2-1", "in", "--seed", "4")

    assert 130 == done.exit_code
    assert before == Path("output/marks.csv").read_bytes()
    assert [] == [path.name for path in Path("output").iterdir() if path.name.startswith(".")]


FILES = {
    "sheet.md": b"net_h1 =\nnett_h2 =\n",
    "given.md": b"w1 = 0.15\n",
    "open.csv": b'student,net_h1\n"Ada,1\nBob,2\n',
    "early.csv": b'student,net_h1\n"Ada,1\n"Bob",2\nCy,3\n',
    "head.csv": b"student,key,value\n",
    "no-columns.csv": b"student\nAda\n",
    "other.csv": b"student,foo,bar\nAda,1,2\n",
    "random.csv": random.Random(1).randbytes(3_000),
    "class.xlsx": b"PK\x03\x04" + b"x" * 100,
}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["2-2-1", "nothing"],
         "nothing: there is no such folder or file (name a folder of answer files, or a CSV)"),
        (["2-2-1", "in", "--format", "x"],
         "--format: there is no format 'x' (known: docx, html, md, pdf, tex, json)"),
        (["2-2-1", "in", "--points", "nix=2"],
         "points: there is no line and no kind of line 'nix' "
         "(names look like net_h1, delta_o1, dE/dw5, w1_new)"),
        (["2-2-1", "in", "--asked", "sheet.md"],
         "sheet.md: line 2: there is no line 'nett_h2' to be answered (did you mean 'net_h2'?)"),
        (["2-2-1", "in", "--asked", "given.md"],
         "given.md: there is no line to be answered in it "
         "(names look like net_h1, delta_o1, dE/dw5, w1_new)"),
        (["2-2-1", "open.csv"],
         "open.csv: row 2: a quote is opened and never closed (add the other quote, or take this away)"),
        (["2-2-1", "early.csv"],
         "early.csv: row 2: a quote is opened and never closed (add the other quote, or take this away)"),
        (["2-2-1", "head.csv"],
         "head.csv: there are no submissions in it (below the head, a row for each student)"),
        (["2-2-1", "no-columns.csv"],
         "no-columns.csv: row 1: this table has no columns of answers "
         "(columns student,key,value; or student and a column for each line)"),
        (["2-2-1", "other.csv"],
         "other.csv: nobody answers a line of this problem "
         "(names look like net_h1, delta_o1, dE/dw5, w1_new)"),
        (["2-2-1", "random.csv"],
         "random.csv: this is no text (save it as CSV or text)"),
        (["2-2-1", "class.xlsx"],
         "class.xlsx: this is an Excel or Word file (save it as CSV or text)"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_ends_with_2(arguments: list[str], message: str, folder: Path):
    for name, content in FILES.items():
        Path(name).write_bytes(content)

    done = run(*arguments)

    assert (2, message) == (done.exit_code, done.output.strip())
    assert not Path("output").exists()


@pytest.mark.parametrize("out", ["in", "in/../in"])
def test_no_submission_is_overwritten(folder: Path, out: str):
    before = {path.name: path.read_bytes() for path in Path("in").iterdir()}

    done = run("2-2-1", "in", "--seed", "3", "--out", out)

    told = "in: marks and pages would overwrite it (choose another folder with --out)\n"
    assert (2, told) == (done.exit_code, done.output)
    assert before == {path.name: path.read_bytes() for path in Path("in").iterdir()}


@pytest.mark.parametrize("name", ["marks.csv", "ada.md"])
def test_a_table_of_submissions_is_not_overwritten(folder: Path, name: str):
    Path(name).write_text("student,net_h1\nada,0.3\n")

    done = run("2-2-1", name, "--out", ".")

    told = f"{name}: marks and pages would overwrite it (choose another folder with --out)\n"
    assert (2, told) == (done.exit_code, done.output)
    assert "student,net_h1\nada,0.3\n" == Path(name).read_text()


def test_pages_may_lie_beside_a_table_of_submissions(folder: Path):
    Path("class.csv").write_text("student,net_h1\nada,0.3\n")

    done = run("2-2-1", "class.csv", "--out", ".")

    assert 0 == done.exit_code
    assert ["ada"] == list(marks("marks.csv"))
    assert "student,net_h1\nada,0.3\n" == Path("class.csv").read_text()


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The keys of two sheets with numbers of their own, and of one about another network."""
    monkeypatch.chdir(tmp_path)
    Path("keys").mkdir()
    for problem, names in {"2-2-2": ["ada", "ben"], "3-1": ["kim"]}.items():
        order = [
            problem,
            "--variants",
            str(len(names)),
            "--singly",
            "--seed",
            "7",
            "--format",
            "md",
        ]
        made = CliRunner().invoke(
            main, ["sheet", *order, "--notation", "superscript", "--out", problem]
        )
        assert 0 == made.exit_code, made.output
        for number, name in enumerate(names, 1):
            (key,) = Path(problem).glob(f"*{number}-key.md")
            key.rename(Path("keys", f"{name}.md"))
    return tmp_path


def test_a_sheet_with_numbers_of_its_own_is_marked_by_those(keys: Path):
    done = run("2-2-2", "keys", "--seed", "7")

    found = marks()
    assert 0 == done.exit_code, done.output
    assert ["43", "43", "0"] == [row["points"] for row in found.values()]
    assert {"43"} == {row["of"] for row in found.values()}
    assert "2 by the numbers of their own sheets" in done.stderr
    assert "All 43 answers agree" in Path("output/ben.md").read_text("utf-8")


def test_a_sheet_about_another_network_gets_no_marks_and_it_is_told(keys: Path):
    done = run("2-2-2", "keys", "--seed", "7")

    told = "its sheet has other lines than this problem (derive check marks it by itself)"
    assert told == marks()["kim"]["reason"]
    assert f"kim: {told}" in done.stderr
    assert not Path("output/kim.md").exists()


def test_two_sheets_in_a_file_and_a_broken_one_are_told(keys: Path):
    ada, ben = (Path("keys", f"{name}.md") for name in ("ada", "ben"))
    text = ben.read_text("utf-8")
    Path("keys/both.md").write_text(f"{ada.read_text('utf-8')}\n{text}", "utf-8")
    Path("keys/zoe.md").write_text(text.replace("sigmoid", "sigmund"), "utf-8")

    run("2-2-2", "keys", "--seed", "7", "--no-pages")

    found = marks()
    assert "it has 2 sheets (keep one sheet in the file)" == found["both"]["reason"]
    assert found["zoe"]["reason"].startswith("its problem: layers[1].activation: ")


def test_a_mistake_on_a_sheet_of_ones_own_is_found_on_its_page(keys: Path):
    path = Path("keys/ben.md")
    text, count = re.subn(r"[=≈] \*\*[^*]*\*\* \|$", "= **9.5** |", path.read_text("utf-8"), count=1,
                          flags=re.MULTILINE)  # fmt: skip
    path.write_text(text, "utf-8")

    run("2-2-2", "keys", "--seed", "7")

    assert 1 == count
    assert ("", "net[1,1]") == tuple(marks()[name]["first wrong"] for name in ("ada", "ben"))
    page = CliRunner().invoke(main, ["check", "keys/ben.md", "--format", "md", "--out", "-"]).output
    wrong = next(line for line in page.splitlines() if "9.5" in line)
    assert wrong in Path("output/ben.md").read_text("utf-8")


def test_a_sheet_that_nobody_can_prove_spoils_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    import derive.checked
    from derive.errors import Disagreement, ProblemError

    checking = derive.checked.Checking(derive.work("2-1", seed=1))
    other = derive.write_problem(derive.load("2-1", seed=2))

    def failing(problem: object) -> None:
        raise Disagreement("w1: the symbolic gradient and its witnesses differ")

    monkeypatch.setattr(derive.checked, "work", failing)
    with pytest.raises(ProblemError, match="witnesses differ"):
        checking.of_sheet(other)
