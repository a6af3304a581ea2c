"""Many people's answers: quick where all is right, and always what `check` says of each."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import derive
from derive.checked import Checking
from derive.checking.known_lines import is_surely_right
from derive.checking.marking import Marker, Tally
from derive.checking.numerals import Number, read
from derive.checking.report import VERDICTS
from derive.checking.submissions import Submission, Submissions, cleaned
from derive.errors import ProblemError


@pytest.fixture(scope="module")
def checking() -> Checking:
    return Checking(derive.work("2-2-2", seed=7), {"delta": 2})


def right(checking: Checking) -> dict[str, str]:
    """The right answers, by key."""
    return {step["key"]: step["printed"] for step in checking.example.data()["steps"]}


def written(answers: dict[str, str], format: str) -> str:
    """Answers as a file of this kind."""
    if format == "toml":
        return "[answers]\n" + "".join(f'"{k}" = "{v}"  # so\n' for k, v in answers.items())
    if format == "csv":
        return "key,value\n" + "".join(f"{k},{v}\n" for k, v in answers.items())
    if format == "json":
        return "{" + ", ".join(f'"{k}": "{v}"' for k, v in answers.items()) + "}"
    return "# Answers\n\n" + "".join(f"- {k} = {v}\n" for k, v in answers.items())


def spoilt(answers: dict[str, str], seed: int) -> dict[str, str]:
    """Right answers, but for some that are wrong, blank, left out, rounded, odd, or under odd names."""
    draw = random.Random(seed)
    found = dict(answers)
    for _ in range(draw.randrange(4)):
        name = draw.choice(list(found))
        change = draw.randrange(7)
        if change == 0:
            found.pop(name)
        elif change == 1:
            found[f"nothing{seed}"] = "1"
        else:
            number = read(found[name])
            assert isinstance(number, Number)
            value = float(number.middle)
            found[name] = ["", "x", str(-value), f"{value:.2g}", str(10 * value)][change - 2]
    return found


@pytest.mark.parametrize("format", ["toml", "csv", "json", "md"])
def test_marks_are_what_check_says(format: str, checking: Checking, tmp_path: Path):
    for seed in range(25):
        content = written(spoilt(right(checking), seed), format)
        (tmp_path / f"{seed:03}.{format}").write_text(content, "utf-8")
    marker = checking.marker()
    marker.ask_for_what_is_answered(Submissions(tmp_path))

    marks = [marker.mark(s, n).mark for n, s in enumerate(Submissions(tmp_path), 1)]

    for submission, mark in zip(Submissions(tmp_path), marks, strict=True):
        report = checking.check(submission.path).report
        score = report.score
        assert (score["points"], report.first_wrong or "") == (mark.points, mark.first_wrong)
        blank = VERDICTS.index("blank")
        said = [score[verdict] for verdict in VERDICTS]
        assert said[:blank] + said[blank + 1 :] == [*mark.counts[:blank], *mark.counts[blank + 1 :]]
    assert 1 == len({mark.of for mark in marks})


def test_the_key_is_marked_in_full_without_being_judged(checking: Checking, tmp_path: Path):
    (tmp_path / "key.toml").write_text(written(right(checking), "toml"), "utf-8")
    lines = checking.marker()._lines

    def never(answers: object) -> object:
        raise AssertionError

    marker = Marker(never, lines, checking.checker.unrolled.key, checking.points)  # type: ignore[arg-type]
    marker.ask_for_what_is_answered(Submissions(tmp_path))
    marked = marker.mark(next(iter(Submissions(tmp_path))))

    assert marked.mark.points == marked.mark.of == len(marked.given) + 4  # deltas are worth 2


def test_zeros_earn_nothing(checking: Checking):
    zeros = dict.fromkeys(right(checking), "0")

    report = checking.check(zeros).report

    assert 0 == report.score["points"]


def test_asked_lines_decide_what_counts(checking: Checking):
    marker = checking.marker(["net_h1", "net_h2", "delta_o1"])
    submission = Submission(
        "Ada", answers=tuple(_answers({"net_h1": right(checking)["net[1,1]"], "E": "1"}))
    )

    mark = marker.mark(submission).mark

    assert (1, 4) == (mark.points, mark.of)
    assert 2 == mark.counts[VERDICTS.index("blank")]


def _answers(table: dict[str, str]) -> list[derive.checked.Answer]:
    return [derive.checked.Answer(name, text, name) for name, text in table.items()]


def test_one_broken_file_spoils_nothing_else(checking: Checking, tmp_path: Path):
    good = written(right(checking), "toml")
    for name, content in {"a.toml": good, "b.json": "{", "c.md": "", "d.toml": good, "e.csv": "",
                          ".hidden.toml": "no", "notes.pdf": "no"}.items():  # fmt: skip
        (tmp_path / name).write_text(content, "utf-8")
    marker = checking.marker()
    marker.ask_for_what_is_answered(Submissions(tmp_path))

    found = {s.student: marker.mark(s, n).mark for n, s in enumerate(Submissions(tmp_path), 1)}

    assert ["a", "b", "c", "d", "e"] == list(found)
    assert [True, False, False, True, False] == [mark.points == mark.of for mark in found.values()]
    assert [False, True, True, False, True] == [bool(mark.reason) for mark in found.values()]


TABLES = {
    "rows of answers": "student,key,value\nAda,net_h1,1\nAda,E,2\nBen,net_h1,3\n",
    "mixed": "student;name;answer\nAda;net_h1;1\nBen;net_h1;3\nAda;E;2\n",
    "rows of students": "student,net_h1,E\nAda,1,2\nBen,3,\n",
    "keys with commas": 'student,"net[1,1]",E\nAda,1,2\nBen,3,\n',
    "bare keys with commas": "student,net[1,1],E\nAda,1,2\nBen,3,\n",
    "tabs": "id\tnet_h1\tE\nAda\t1\t2\nBen\t3\t\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_one_csv_holds_a_class(name: str, tmp_path: Path):
    path = tmp_path / "class.csv"
    path.write_text(TABLES[name], "utf-8")

    found = {s.student: [a.text for a in s.answers if a.text] for s in Submissions(path)}

    assert {"Ada": ["1", "2"], "Ben": ["3"]} == found


def test_a_table_as_a_spreadsheet_saves_it(checking: Checking, tmp_path: Path):
    path = tmp_path / "class.csv"
    path.write_bytes("student;net_h1;E;out_h1\r\nMüller;0,525;1,298;0,6\r\n".encode("cp1252"))
    (submission,) = Submissions(path)

    marked = checking.marker(["E"]).mark(submission)

    assert "Müller" == submission.student
    assert 0 == marked.mark.counts[VERDICTS.index("unreadable")]


def test_decimal_commas_are_those_of_the_whole_sheet(checking: Checking, tmp_path: Path):
    (tmp_path / "ada.md").write_text("net_h1 = 0,525\nE = 1,298\n", "utf-8")
    (submission,) = Submissions(tmp_path)

    marked = checking.marker().mark(submission)

    assert 0 == marked.mark.counts[VERDICTS.index("unreadable")]


def test_a_decimal_comma_in_the_last_column_needs_no_quotes(tmp_path: Path):
    path = tmp_path / "class.csv"
    path.write_text("student,key,value\nAda,net[1,1],0,525\nAda,E,-1,2,,\n", "utf-8")

    (submission,) = Submissions(path)

    assert ["0,525", "-1,2"] == [answer.text for answer in submission.answers]


@pytest.mark.parametrize(
    "content", ["student,net_h1,E\nAda,1,2\nBen,0,5,0,3\n", "key,value,student\nE,1,A\nE,0,5,B\n"]
)
def test_a_row_with_more_cells_than_the_head_is_refused(content: str, tmp_path: Path):
    path = tmp_path / "class.csv"
    path.write_text(content, "utf-8")

    with pytest.raises(ProblemError, match=r"row 3: . cells, but the head has 3"):
        list(Submissions(path))


@pytest.mark.parametrize("content", ["", "student\nAda\n", "\x00\x00", '"' + "x" * 200_000])
def test_a_table_without_answers_is_refused(content: str, tmp_path: Path):
    path = tmp_path / "class.csv"
    path.write_text(content, "utf-8")

    with pytest.raises(ProblemError):
        list(Submissions(path))


def test_an_empty_folder_is_refused(tmp_path: Path):
    with pytest.raises(ProblemError) as refusal:
        Submissions(tmp_path)

    assert "no answers in this folder" in str(refusal.value)


def test_names_are_made_harmless():
    assert ["Ada", "?", "a\ufffdb"] == [cleaned(" Ada "), cleaned(""), cleaned("a\x1bb")]


@pytest.mark.parametrize(
    ("text", "truth", "expected"),
    [("0.3775", 0.37754, True), ("0.3775", 0.37756, False), ("0", 0.0, True), ("0", 0.01, False),
     ("0.00", 0.004, False), ("1", 0.75, False), ("0.5*0.5", 0.25, True)],
)  # fmt: skip
def test_surely_right_is_right_for_anybody(text: str, truth: float, expected: bool):
    number = read(text)

    assert isinstance(number, Number)
    assert expected == is_surely_right(number, truth)


def test_a_tally_adds_people_up(checking: Checking):
    marker = checking.marker(["net_h1", "net_h2"])
    value = right(checking)["net[1,1]"]
    tally = Tally()
    for name, table in {
        "Ada": {"net_h1": value},
        "Ben": {"net_h1": f"-{value}".replace("--", "")},
    }.items():
        tally.add(name, marker.mark(Submission(name, answers=tuple(_answers(table)))))

    assert {1.0: 1, 0: 1} == dict(tally.points)
    assert 1 == tally.first["net[1,1]"]
    assert 2 == tally.lines["net[1,2]", "blank"]
