"""`derive sheet`: what it writes, what it says, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from derive.cli import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["sheet", *arguments])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_sheets_and_keys_are_bound(folder: Path):
    done = run("2-1", "--variants", "3", "--seed", "7", "--format", "md,html", "--out", "out")

    assert 0 == done.exit_code, done.output
    names = ["sheets.md", "keys.md", "sheets.html", "keys.html", "manifest.json"]
    assert [f"out/{name}" for name in names] == done.stdout.split()
    assert "3 sheets and as many keys\n" == done.stderr
    assert 3 == (folder / "out" / "sheets.md").read_text("utf-8").count("## Sheet ")


def test_singly_each_has_its_file(folder: Path):
    run("2-1", "--variants", "10", "--format", "md", "--singly", "--out", "out")

    names = {path.name for path in (folder / "out").glob("*.md")}
    assert {f"sheet-{n:02}{kind}.md" for n in range(1, 11) for kind in ("", "-key")} == names


@pytest.mark.parametrize(
    "content", ["name,group\nAda,1\nBen,2\n", "Ada\nBen\n", "id;name\n1;Ada\n2;Ben"]
)
def test_each_student_has_a_sheet(content: str, folder: Path):
    (folder / "class.csv").write_text(content, "utf-8")

    done = run("2-1", "--students", "class.csv", "--format", "md")

    text = (folder / "output" / "sheets.md").read_text("utf-8")
    assert 0 == done.exit_code, done.output
    assert ["Ada", "Ben"] == [line[6:9] for line in text.splitlines() if line.startswith("Name: ")]


HOSTILE = ["<script>alert(1)</script>", "$\\input{/etc/passwd}$", "#include \"x\"", "a | b", "--> x",
           "*bold* _it_ `code`", "\\end{document}", "=1+1", "[l](http://x)", "{{ 7*7 }} << 7 >>"]  # fmt: skip


@pytest.mark.parametrize("format", ["md", "tex", "html", "pdf"])
def test_a_name_is_set_as_it_is(format: str, folder: Path):
    (folder / "class.txt").write_text("\n".join(HOSTILE), "utf-8")

    done = run("1-1", "--students", "class.txt", "--format", format, "--fade", "1")

    assert 0 == done.exit_code, done.output
    if format in ("md", "html"):
        text = (folder / "output" / f"sheets.{format}").read_text("utf-8")
        assert "<script>alert" not in text
        assert "](http" not in text.replace("\\](", "") or format == "html"
        assert len(HOSTILE) == text.count("<!-- derive problem") or format == "html"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["2-1", "--variants", "0"], "--variants"),
        (["2-1", "--fade", "many"], "--fade: 'many' is no level"),
        (["2-1", "--fade", "-1"], "--fade"),
        (["2-1", "--fade", "99"], "there is no level 99"),
        (["2-1", "--blank", "words"], "--blank"),
        (["2-1", "--recipe", "eazy"], "did you mean 'easy'?"),
        (["2-1", "--recipe", "integers", "--activation", "sigmoid"], "integers"),
        (["2-1", "--format", "docx"], "--format"),
        (["2-1", "--numbers", "5"], "there is no sheet 5"),
        (["2-1", "--numbers", "a-b"], "--numbers"),
        (["2-1", "--carry", "printed"], "show.carry"),
        (["2-1", "--epochs", "3"], "epochs"),
        (["2-1", "--digits", "12"], "show.digits"),
        (["2-1", "--students", "nobody.csv"], "nobody.csv"),
        (["nothing.json"], "nothing.json"),
        (["2-1", "--points", "deltas=2"], "deltas"),
        (["0-1"], "0-1"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_refused(arguments: list[str], said: str):
    done = run(*arguments)

    assert 2 == done.exit_code, done.output
    assert said in done.stderr
    assert not Path("output").exists()


def test_a_random_network_is_the_seed_s():
    texts = []
    for seed in ("3", "3", "4"):
        done = run("random", "--seed", seed, "--recipe", "easy", "--format", "md", "--out", "out")
        assert 0 == done.exit_code, done.output
        texts.append(Path("out/sheets.md").read_text("utf-8"))

    assert texts[0] == texts[1] != texts[2]


def test_other_commands_say_what_a_manifest_is_for(folder: Path):
    run("2-1", "--format", "md", "--out", "out")

    done = CliRunner().invoke(main, ["check", "out/manifest.json", "out/sheets.md"])

    assert 2 == done.exit_code
    assert "derive check sheet.md" in done.output


def test_an_empty_roster_is_refused(folder: Path):
    (folder / "class.csv").write_text("name\n\n")

    done = run("2-1", "--students", "class.csv")

    assert 2 == done.exit_code
    assert "there are no names in it" in done.stderr


def test_where_every_number_is_given_the_sheets_are_alike_and_that_is_told(folder: Path):
    (folder / "given.toml").write_text(
        "inputs = 1\nlayers = [{ units = 1, weights = [[0.5]], bias = 0.25 }]\n"
        "samples = [{ inputs = [1.5], targets = [0.5] }]\n"
    )

    done = run("given.toml", "--variants", "2", "--format", "md")

    assert 0 == done.exit_code
    assert "sheets 1, 2 have the same numbers" in done.stderr


@pytest.mark.filterwarnings("error")
def test_numbers_that_no_double_holds_are_no_warning():
    order = (
        "3-2 --find-the-mistake --recipe exam --loss binary_cross_entropy --activation silu "
        "--bias threshold --optimizer rmsprop --digits 3 --notation minimal --variants 5 --seed 63"
    )

    done = run(*order.split(), "--format", "md")

    assert 0 == done.exit_code, done.exception


@pytest.mark.parametrize(
    ("order", "told"),
    [
        (["--blank", "factors", "--fade", "2"],
         "there are no answers in it: what is blank are formulas, which a person judges "
         "(sheets made with --blank numbers can be checked)"),
        (["--fade", "0"],
         "there are no answers in it: nothing on this sheet is blank "
         "(--fade 1 leaves its last stage to be filled in)"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["sheet-1.md", "sheet-1-key.md"])
def test_checking_a_sheet_that_asks_for_no_number_says_why(order: list[str], told: str, name: str):
    run("2-1", *order, "--singly", "--format", "md", "--out", ".")

    done = CliRunner().invoke(main, ["check", name])

    assert (2, f"{name}: {told}\n") == (done.exit_code, done.output)
