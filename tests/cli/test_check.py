"""`derive check`: what is told, what is written, the exit status, and the questions of --ask."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derive.checking.report import VERDICTS
from derive.cli import main

PROBLEM = ["2-2-1", "--seed", "3", "--activation", "sigmoid"]
RIGHT, WRONG, UNUSABLE = 0, 1, 2


def run(*arguments: str, input: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["check", *arguments], input=input)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def key(folder: Path) -> dict[str, str]:
    """The right answers to PROBLEM."""
    done = CliRunner().invoke(main, ["example", *PROBLEM, "--format", "json", "--out", "-"])
    return {
        step["name"]: step["printed"] for step in json.loads(done.output.splitlines()[0])["steps"]
    }


def answers(folder: Path, **changed: str) -> str:
    """A file with the right answers, but for some."""
    path = folder / "anna.csv"
    rows = (key(folder) | changed).items()
    path.write_text("".join(f'"{name}",{value}\n' for name, value in rows), "utf-8")
    return str(path)


def test_right_answers_end_with_0(folder: Path):
    done = run(*PROBLEM[:1], answers(folder), *PROBLEM[1:])

    assert (RIGHT, None) == (done.exit_code, done.exception and done.exception.__context__)
    assert "Everything is right." in done.output


def test_a_wrong_answer_ends_with_1_and_is_named(folder: Path):
    done = run(*PROBLEM[:1], answers(folder, net_h1="9.75"), *PROBLEM[1:])

    assert WRONG == done.exit_code
    assert "First wrong line: net_h1." in done.output


def test_hints_hold_no_right_value(folder: Path):
    value = key(folder)["net_h1"]

    done = run(*PROBLEM[:1], answers(folder, net_h1="9.75"), *PROBLEM[1:], "--hints")

    assert value not in done.output
    assert "net_h1 = w1 · i1 + w2 · i2 + b1" in done.output


def test_json_goes_to_standard_output(folder: Path):
    done = run(*PROBLEM[:1], answers(folder, E="7"), *PROBLEM[1:], "--format", "json", "--out", "-")

    assert "E" == json.loads(done.output)["first_wrong"]


def test_pages_are_named_after_the_answers(folder: Path):
    done = run(*PROBLEM[:1], answers(folder), *PROBLEM[1:], "--format", "md,html", "--out", "here")

    assert ["here/anna-checked.md", "here/anna-checked.html"] == done.output.splitlines()
    assert {"anna-checked.md", "anna-checked.html"} == {
        path.name for path in Path("here").iterdir()
    }


def test_answers_can_be_piped_in(folder: Path):
    texts = [
        "net_h1 = 9", "[answers]\nnet_h1 = 9", '{"net_h1": 9}', "key,value\nnet_h1,9", "key;value\nnet_h1;9",
    ]  # fmt: skip

    found = {run(*PROBLEM[:1], "-", *PROBLEM[1:], input=text).output for text in texts}

    assert 1 == len(found)
    assert "First wrong line: net_h1." in found.pop()


def test_only_and_points(folder: Path):
    done = run(*PROBLEM[:1], answers(folder, net_h1="9.75"), *PROBLEM[1:], "--only", "wrong",
               "--points", "net=0.5,E=3")  # fmt: skip

    assert "≠ wrong" in done.output
    assert "= right" not in done.output
    assert " points" in done.output.splitlines()[0]


def test_points_from_a_file(folder: Path):
    Path("points.toml").write_text('[points]\nnet = 2\n"E" = 3.5\n')
    Path("a.md").write_text("net_h1 = 9\nE = 9\n")

    done = run(*PROBLEM[:1], "a.md", *PROBLEM[1:], "--points", "points.toml")

    assert "0 of 5.5 points" in done.output


def test_the_help_names_every_verdict():
    told = " ".join(run("--help").output.split())

    assert f"There are {', '.join(VERDICTS)}." in told


def test_a_pdf_is_not_piped_in(folder: Path):
    done = run("2-2-1", "-", input=b"%PDF-1.7\n")

    assert UNUSABLE == done.exit_code
    assert "standard input: this is a PDF (save it as CSV or text)" == done.output.strip()


REFUSALS = {
    "nothing": (["2-2-1"], "ANSWERS: there is nothing to check (name a file of answers, or add --ask)"),
    "both": (["2-2-1", "a.md", "--ask"],
             "--ask: the answers are in a file already (leave the file out, or --ask)"),
    "no file": (["2-2-1", "no.toml"],
                "no.toml: no such file or directory (name a TOML, CSV, JSON or Markdown file with answers)"),
    "a folder": (["2-2-1", "."],
                 ".: is a directory (name a TOML, CSV, JSON or Markdown file with answers)"),
    "format": (["2-2-1", "a.md", "--format", "jsn"],
               "--format: there is no format 'jsn' (did you mean 'json'?)"),
    "verdict": (["2-2-1", "a.md", "--only", "rong"],
                "--only: there is no verdict 'rong' (did you mean 'wrong'?)"),
    "points": (["2-2-1", "a.md", "--points", "E=x"],
               "--points: the points for 'E' must be a number from 0 to 1,000,000 "
               "(write them as in delta=2,E=0.5)"),
    "negative points": (["2-2-1", "a.md", "--points", "delta=-1"],
        "--points: the points for 'delta' must be a number from 0 to 1,000,000 "
        "(write them as in delta=2,E=0.5)"),
    "no points": (["2-2-1", "a.md", "--points", "delta"],
        "--points: 'delta' has no points (write them as in delta=2,E=0.5)"),
    "an open quote": (["2-2-1", "open.csv"],
        "open.csv: row 2: a quote is opened and never closed (add the other quote, or take this away)"),
    "a PDF": (["2-2-1", "a.pdf"], "a.pdf: this is a PDF (save it as CSV or text)"),
    "problem": (["2-2-", "a.md"],
                "2-2-: this is neither a file nor a shorthand (a shorthand looks like 2-3-1)"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_used_ends_with_2(name: str, folder: Path):
    arguments, message = REFUSALS[name]
    Path("a.md").write_text("E = 1\n")
    Path("a.pdf").write_text("%PDF-1.7\n")
    Path("open.csv").write_text('key,value\n"net_h1,0.4\nnet_h2,0.5\n')

    done = run(*arguments)

    assert (UNUSABLE, message) == (done.exit_code, done.output.strip())


# --- asking --------------------------------------------------------------------------------------


def test_asking_says_what_each_answer_is_worth(folder: Path):
    right = key(folder)["net_h1"]

    done = run(*PROBLEM, "--ask", input=f"9.5\n?\nx\n{right}\n\n")

    assert RIGHT == done.exit_code
    lines = [line.strip() for line in done.output.splitlines()]
    expected = [
        "Not yet.",
        "net_h1 = w1 · i1 + w2 · i2 + b1",
        "This is no number that can be read.",
        "Right.",
    ]
    positions = [
        next(n for n, line in enumerate(lines) if line.endswith(told)) for told in expected
    ]
    assert sorted(positions) == positions
    assert "1 of 1 point" in done.output


def test_asking_goes_on_after_three_wrong_answers(folder: Path):
    done = run(*PROBLEM, "--ask", input="9\n9\n9\n")

    assert WRONG == done.exit_code
    assert "net_h2 =" in done.output


def test_asking_calculates(folder: Path):
    done = run("2-2-1", "--ask", input="=0.5*0.5+0.1\n")

    assert "Not yet." in done.output or "Right" in done.output


def test_the_last_try_says_that_it_goes_on(folder: Path):
    done = run(*PROBLEM, "--ask", input="8\n9\n9\n")

    assert 1 == done.output.count("Going on; the report follows at the end.")


@pytest.mark.parametrize("word", ["quit", "exit", "Q"])
def test_a_word_ends_the_questions(word: str, folder: Path):
    right = key(folder)["net_h1"]

    done = run(*PROBLEM, "--ask", input=f"{right}\n{word}\n")

    assert RIGHT == done.exit_code
    assert "Typing quit" in done.output
    assert "1 of 1 point" in done.output
    assert "net_h2 = \n" in done.output.replace(word, "")


def test_what_is_no_number_leaves_the_answer_before_it(folder: Path):
    done = run(*PROBLEM, "--ask", input="9.5\nx\nquit\n")

    assert "The answer before it stays: 9.5" in done.output
    assert "net_h1    9.5" in done.output
    assert "could not be used" not in done.output


def test_asking_reads_commas_as_the_person_writes_them(folder: Path):
    done = run(*PROBLEM, "--ask", input=3 * "0,525\n" + "1,298\nquit\n")

    assert "decimal comma or thousands" not in done.output


@pytest.mark.parametrize("arguments", [["--ask"], ["blank.md"]])
def test_where_nothing_is_answered_nothing_is_right(arguments: list[str], folder: Path):
    Path("blank.md").write_text("net_h1 =\nE = ___\n")

    done = run(*PROBLEM[:1], *arguments, *PROBLEM[1:], input="")

    assert WRONG == done.exit_code
    assert "Nothing is answered." in done.output
    assert "mistakes" not in done.output


# --- strangers -----------------------------------------------------------------------------------

HOSTILE = {
    "nan.toml": b"[answers]\nE = nan\nnet_h1 = inf\n",
    "large.md": b"E = 1e999\nnet_h1 = 9**9**9\nnet_h2 = " + b"9" * 5_000,
    "nul.csv": b"key,value\nE,\x000.1\x00\n\x00,1\n",
    "lines.md": b"x = 1\n" * 19_000,
    "million.csv": b"E,1\n" * 1_000_000,
    "names.csv": b"\x1b[2J,1\n\xe2\x80\xae,2\n" + b"w" * 3_000 + b",3\n",
    "deep.json": b'{"a":' * 50_000,
    "deep.toml": b"a = " + b"[" * 50_000,
    "bomb.csv": b'"' + b"," * 2_000_000,
    "code.toml": b"[answers]\nE = \"__import__('os').system('touch here')\"\n",
    "latin.md": "Größe: 1\nE = 0,5\n".encode("latin-1"),
    "utf16.csv": "key,value\nE,0.5\n".encode("utf-16"),
    "empty.toml": b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_end_in_a_report_or_a_message(name: str, folder: Path):
    Path(name).write_bytes(HOSTILE[name])

    done = run("2-2-1", name)

    assert done.exit_code in (WRONG, UNUSABLE)
    assert isinstance(done.exception, SystemExit)
    assert done.output.strip()
    assert "\x1b[2J" not in done.output
    assert [name] == [path.name for path in folder.iterdir()]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    content=st.binary(max_size=200)
    | st.dictionaries(
        st.sampled_from(["net_h1", "E", "w1+", "δ_o1", "dE/dw1", "w1", "foo", "E#2", "out_h2"]),
        st.floats() | st.text(max_size=10) | st.sampled_from(["0", "1", "1e-300", "1e299", "-0.0"]),
    ).map(lambda table: "\n".join(f"{k} = {v}" for k, v in table.items()).encode("utf-8", "replace")),
    ending=st.sampled_from(["toml", "csv", "json", "md"]),
)  # fmt: skip
def test_any_file_ends_in_a_report_or_a_message(content: bytes, ending: str, folder: Path):
    path = folder / f"answers.{ending}"
    path.write_bytes(content)

    done = run("2-2-1", str(path))

    assert done.exit_code in (RIGHT, WRONG, UNUSABLE)
    assert done.exception is None or isinstance(done.exception, SystemExit)
