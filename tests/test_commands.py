"""What a person at a terminal meets: files, messages and exit statuses, never a traceback."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from markdown_it import MarkdownIt
from pypdf import PdfReader

import derive
from derive.catalogue.activations import ACTIVATIONS
from derive.catalogue.losses import LOSSES
from derive.cli import KINDS, main


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has an empty folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def refused(*arguments: str) -> str:
    """What is said when a command cannot be carried out; it leaves with 2 and writes nothing."""
    before = files()
    result = run(*arguments)
    assert 2 == result.exit_code, result.output
    assert "" == result.stdout
    assert before == files()
    assert "Traceback" not in result.stderr
    return result.stderr


def files() -> set[str]:
    return {path.as_posix() for path in Path().rglob("*") if path.is_file()}


def problem(text: str, name: str = "net.toml") -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


ONE_LAYER = """
[[layers]]
weights = [[0.5, -0.25]]
bias = [0.1]
[[samples]]
inputs = [1, 2]
targets = [0.5]
"""


# --- example: what is written --------------------------------------------------------------------


def test_a_shorthand_writes_four_files_and_names_them():
    result = run("example", "2-2-2")

    assert 0 == result.exit_code
    assert [f"output/2-2-2.{e}" for e in ("md", "tex", "pdf", "html")] == result.stdout.split()
    assert {
        "output/2-2-2.md",
        "output/2-2-2.tex",
        "output/2-2-2.pdf",
        "output/2-2-2.html",
    } <= files()
    assert all("figures" in name for name in files() - set(result.stdout.split()))
    assert "12 gradients agree with NumPy and with differences" in result.stderr


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("md", ["md"]), ("json,md", ["json", "md"]), ("tex, html", ["tex", "html"]),
     ("md,md", ["md"]), ("pdf", ["pdf"])],
)  # fmt: skip
def test_formats(asked: str, expected: list[str]):
    result = run("example", "2-1", "--format", asked, "--out", "here")

    assert [f"here/2-1.{format}" for format in expected] == result.stdout.split()


@pytest.mark.parametrize("format", ["md", "tex", "html", "json"])
def test_one_format_on_standard_output(format: str):
    result = run("example", "2-2-1", "--format", format, "--out", "-")
    expected = derive.work("2-2-1").render(format).content.decode()

    assert 0 == result.exit_code
    assert set() == files()
    assert expected.splitlines()[:3] == result.stdout.splitlines()[:3]


def test_a_pdf_on_standard_output():
    result = run("example", "2-1", "--format", "pdf", "--out", "-")

    assert result.stdout_bytes.startswith(b"%PDF-")


def test_standard_output_takes_one_format():
    assert "- takes one format, not 4" in refused("example", "2-1", "--out", "-")
    assert "- takes one format, not 2" in refused(
        "example", "2-1", "--format", "md,tex", "--out", "-"
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [("mynet.toml", "mynet"), ("my net.toml", "my-net"), ("a.b.toml", "a.b"), ("..toml", "example"),
     ("netz-ü.toml", "netz-ü"), ("$(x).toml", "x"), ("sub/inner.toml", "inner"), ("plain", "plain")],
)  # fmt: skip
def test_files_are_called_like_the_problem(name: str, expected: str):
    Path(name).parent.mkdir(exist_ok=True)
    problem(ONE_LAYER, name)

    result = run("example", name, "--format", "md", "--out", "out")

    assert [f"out/{expected}.md"] == result.stdout.split("\n")[:1]


def test_the_same_command_writes_the_same_bytes():
    contents = []
    for out in ("one", "two"):
        run("example", "2-2-1", "--format", "md,tex,html,pdf,json", "--out", out)
        contents.append(
            {path.name: path.read_bytes() for path in Path(out).rglob("*") if path.is_file()}
        )

    assert contents[0] == contents[1]


def test_options_reach_the_page():
    result = run(
        "example", "2-3-1", "--activation", "tanh,sigmoid", "--loss", "squared_error", "--seed", "7",
        "--digits", "3d", "--learning-rate", "0.25", "--bias", "shared", "--title", "My net",
        "--detail", "brief", "--format", "md", "--out", "-",
    )  # fmt: skip

    page = result.stdout
    assert page.startswith("# My net\n")
    assert "tanh and sigmoid units · squared error" in page
    assert "= 0.25" in page
    assert "3 decimals" in page
    assert "seed 7" in page
    assert "shared by the layer" in page


def test_a_template_of_ones_own():
    Path("mine/markdown").mkdir(parents=True)
    Path("mine/markdown/page.md.j2").write_text("MINE << title >>\n")

    result = run("example", "2-1", "--format", "md", "--out", "-", "--templates", "mine")

    assert "MINE" in result.stdout


# --- only ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("w5", ["w5"]),
        ("w5,w1", ["w1", "w5"]),
        ("w[2,1,1]", ["w5"]),
        ("w[1,2,1], b3", ["w3", "b3"]),
        ("W5,w5", ["w5"]),
        ("b[2,1]", ["b3"]),
    ],
)
def test_only_some_weights_by_name_and_by_key(asked: str, expected: list[str]):
    result = run("example", "2-2-2", "--only", asked, "--format", "json", "--out", "-")
    example = derive.work("2-2-2", only=expected)

    assert 0 == result.exit_code
    assert sorted(expected) == sorted(example.gradients)
    assert example.data() == json.loads(result.stdout)


def test_only_some_weights_of_a_large_network_are_quick_to_read():
    result = run("example", "60-30-10", "--only", "w100", "--format", "md", "--out", "-")

    assert 0 == result.exit_code
    assert "Weight $`w_{100}`$" in result.stdout
    assert "w_{101}}" not in result.stdout


@pytest.mark.parametrize(
    ("asked", "said"),
    [("w9", "there is no weight or bias 'w9'"), ("net_h1", "net_h1"), ("w[3,1,1]", "w[3,1,1]"),
     ("w[2,1", "'w[2'"), ("x", "'x'"), ("dE/dw5", "dE/dw5"), ("w0", "w0")],
)  # fmt: skip
def test_what_only_does_not_know(asked: str, said: str):
    assert said in refused("example", "2-2-2", "--only", asked, "--format", "md")


def test_every_wrong_name_is_told_at_once():
    said = refused("example", "2-2-2", "--only", "w9,w1,b7,q", "--format", "md")

    assert ["w9", "b7", "q"] == re.findall(r"bias '(\w+)'", said)


# --- what cannot be used -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["example", "nothere.toml"], "nothere.toml"),
        (["example", "2x2x2"], "a shorthand looks like 2-3-1"),
        (["example", "2"], "shorthand"),
        (["example", "0-2"], "from 1 to"),
        (["example", "2-2", "--loss", "cross_entrpy"], "did you mean 'cross_entropy'?"),
        (["example", "2-2", "--activation", "sigmod"], "did you mean 'sigmoid'?"),
        (["example", "2-2", "--activation", "relu,relu,relu"], "3"),
        (["example", "2-2", "--format", "doc"], "there is no format 'doc'"),
        (["example", "2-2", "--format", "mdd"], "did you mean 'md'?"),
        (["example", "2-2", "--format", ","], "no format is named"),
        (["example", "2-2", "--digits", "many"], "digits"),
        (["example", "2-2", "--digits", "0"], "digits"),
        (["example", "2-2", "--learning-rate", "-1"], "above 0"),
        (["example", "2-2", "--learning-rate", "nan"], "learning_rate"),
        (["example", "2-2", "--bias", "some"], "bias"),
        (["example", "2-2", "--notation", "nott"], "notation"),
        (["example", "2-2", "--detail", "fulll"], "did you mean 'full'?"),
        (["example", "2-2", "--seed", "-1"], "seed"),
        (["example", "2-2", "--templates", "nowhere"], "nowhere"),
        (["exampel", "2-2"], "exampel"),
        (["example", "2-2", "--foo"], "--foo"),
        (["list", "colours"], "colours"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_written(arguments: list[str], said: str):
    assert said in refused(*arguments)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "layer"),
        ("title = ", "line 1"),
        ("[[layers]]\nweights = [[1e999]]", "layers[1].weights"),
        ("[[layers]]\nweights = [[nan]]", "layers[1].weights"),
        ("[[layers]]\nunits = 0", "layers[1].units"),
        ("[[layers]]\nunits = 2\nweights = [[1, 2]]", "layers[1]"),
        ("loss = 'hinge'\n[[layers]]\nunits = 1\n[[samples]]\ninputs=[1]\ntargets = [0.5]", "-1 or 1"),
        ("[[layers]]\nunits = 1\nactivation = 'softmax'", "softmax over one unit is always 1"),
        ("loss = 'cross_entropy'\n[[layers]]\nweights = [[1]]\nbias = false\nactivation = 'relu'\n"
         "[[samples]]\ninputs = [-1]\ntargets = [1]", "cross_entropy takes outputs"),
        ("loss = 'binary_cross_entropy'\n[[layers]]\nweights = [[1]]\nbias = false\n"
         "activation = 'identity'\n[[samples]]\ninputs = [2]\ntargets = [1]",
         "binary_cross_entropy takes outputs"),
        ("[[layers]]\nweights = [[1]]\nactivation = { name = 'own', formula = 'ln(z)' }\nbias=false\n"
         "[[samples]]\ninputs = [-1]\ntargets = [1]", "out[1,1]"),
        ("[[layers]]\nweights = [[1]]\nactivation = { name = 'own', formula = 'exp(exp(z))' }\n"
         "[[samples]]\ninputs = [99]\ntargets = [1]", "out[1,1]"),
        ("[[layers]]\nweights = [[1]]\nactivation = { name = 'own', formula = '1/z' }\nbias = false\n"
         "[[samples]]\ninputs = [0]\ntargets = [1]", "out[1,1]"),
        ("[[layers]]\nweights = [[1]]\nactivation = { name = 'own', formula = 'z.__class__' }", "formula"),
        ("[[layers]]\nweights = [[1]]\nactivation = { name = 'own', "
         "formula = '__import__(\"os\").system(\"touch hacked\")' }", "formula"),
        ("[[layers]]\nweights = [[1]]\nactivation = { name = 'own', formula = '9**9**9**9*z' }", "formula"),
        ("[equations]\nq = 'x + y'", "equations"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used(text: str, said: str):
    name = problem(text)

    assert said in refused("example", name, "--format", "md,json")
    assert not Path("hacked").exists()


def test_a_file_that_is_no_text():
    Path("net.toml").write_bytes(b"\xff\xfe\x00\x01")

    assert "net.toml" in refused("example", "net.toml")


def test_every_mistake_is_told_at_once():
    name = problem("loss = 'huberr'\n[[layers]]\nunits = -1\nactivation = 'tan'\nfoo = 1")

    said = refused("example", name)

    assert all(
        place in said for place in ("loss", "layers[1].units", "layers[1].activation", "foo")
    )
    assert 4 <= len(said.splitlines())


# --- where nothing can be written ----------------------------------------------------------------


def test_the_output_folder_is_a_file():
    Path("taken").write_text("mine")

    said = refused("example", "2-1", "--format", "md", "--out", "taken")

    assert "taken" in said
    assert "mine" == Path("taken").read_text()


def test_a_file_where_a_folder_must_be_further_up():
    Path("taken").write_text("mine")

    assert "taken" in refused("example", "2-1", "--format", "md", "--out", "taken/below")


def test_a_folder_that_may_not_be_written(monkeypatch: pytest.MonkeyPatch):
    def closed(*_: Any, dir: Path, **__: Any) -> None:
        raise PermissionError(13, "Permission denied", str(dir))

    monkeypatch.setattr("derive.render.files.tempfile.mkstemp", closed)

    assert "closed: Permission denied" in refused(
        "example", "2-1", "--format", "md", "--out", "closed"
    )


def test_a_format_that_fails_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch):
    """The formats before it are ready, but not written."""
    import derive.example as module

    whole = module.render

    def failing(document: Any, format: str, **options: Any) -> Any:
        if format == "html":
            raise derive.DeriveError("html: the template is broken")
        return whole(document, format, **options)

    monkeypatch.setattr(module, "render", failing)

    assert "the template is broken" in refused("example", "2-1", "--format", "md,tex,html")
    assert set() == files()


def test_a_disk_that_is_full_leaves_no_half_file(monkeypatch: pytest.MonkeyPatch):
    run("example", "2-1", "--format", "md")
    before = {name: Path(name).read_bytes() for name in files()}

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("derive.render.files.os.replace", full)
    result = run("example", "2-1", "--format", "md", "--seed", "5")

    assert 2 == result.exit_code
    assert "No space left on device" in result.stderr
    assert before == {name: Path(name).read_bytes() for name in files()}


def test_a_broken_template_is_a_message():
    Path("broken/markdown").mkdir(parents=True)
    Path("broken/markdown/page.md.j2").write_text("<% if %>")

    assert "page.md.j2" in refused("example", "2-1", "--format", "md", "--templates", "broken")


# --- new and list --------------------------------------------------------------------------------


def test_new_writes_a_file_that_works():
    result = run("new", "mynet.toml")

    assert 0 == result.exit_code
    assert "now run: derive example mynet.toml" in result.stdout
    assert 0 == run("example", "mynet.toml", "--format", "md").exit_code


def test_new_has_a_name_for_the_file():
    run("new")

    assert {"problem.toml"} == files()


def test_new_does_not_overwrite():
    Path("net.toml").write_text("mine")

    assert "the file is there already" in refused("new", "net.toml")
    assert "mine" == Path("net.toml").read_text()


def test_new_overwrites_where_it_is_told_to():
    Path("net.toml").write_text("mine")

    assert 0 == run("new", "net.toml", "--force").exit_code
    assert "layers" in Path("net.toml").read_text()


def test_new_on_standard_output():
    result = run("new", "-")

    assert "[[layers]]" in result.stdout
    assert set() == files()


def test_new_makes_the_folder():
    assert 0 == run("new", "deep/er/net.toml").exit_code
    assert {"deep/er/net.toml"} == files()


@pytest.mark.parametrize("kind", KINDS)
def test_list_of_a_kind(kind: str):
    result = run("list", kind)

    assert 0 == result.exit_code
    assert all(len(line.split()) > 1 for line in result.stdout.splitlines())


def test_list_names_every_entry():
    said = run("list").stdout
    expected = [*KINDS, *ACTIVATIONS, *LOSSES, "gradient_descent", "net-out", "dense",
                "md", "tex", "pdf", "html", "json"]  # fmt: skip

    assert [] == [name for name in expected if not re.search(rf"^ *{name}\b", said, re.MULTILINE)]


# --- titles of any kind --------------------------------------------------------------------------

HOSTILE = [
    r"\input{/etc/passwd}", r"\write18{ls}", "<script>alert(1)</script>", "{{ 7*7 }}", "<< 7*7 >>",
    "<% for x in y %>", "$x^2$ & 50% of #1_a ~b {c}", "#let x = 1; *bold* _it_ @ref", "`code` [a](b)",
    "![x](javascript:alert(1))", "'\"&amp;&lt;", "| a | b |", "\\", "%", "Grüße, 数学, ∂E/∂w",
    "# not a heading", "* no list", "a\u202eb", "]]>--><!--",
]  # fmt: skip


def plain(text: str) -> str:
    """Letters and digits only, by which a title is found again whatever is set around it."""
    return re.sub(r"[^\w\\<>{}$%#*]", "", text)


class Words(HTMLParser):
    """The text of the first heading and the tags of an HTML page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.heading = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        if "h1" in self.tags and "h2" not in self.tags and not self.heading.strip():
            self.heading = data


def titled(title: str, format: str) -> bytes:
    return derive.work("2-1", title=title).render(format).content


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_in_markdown(title: str):
    page = titled(title, "md").decode()

    heading = MarkdownIt().parse(page)[1]
    children = [c for c in heading.children or [] if c.content not in ("<span>", "</span>")]
    assert plain(title) == plain("".join(child.content for child in children))
    assert {"text", "text_special"} >= {child.type for child in children}


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_in_html(title: str):
    words = Words()
    words.feed(titled(title, "html").decode())

    assert plain(title) == plain(words.heading)
    assert 0 == words.tags.count("script")


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_in_latex(title: str):
    page = titled(title, "tex").decode()
    inside = re.findall(r"\\newcommand\{\\pagetitle\}\{(.*)\}\n", page)

    assert 1 == len(inside)
    assert [] == re.findall(
        r"(?<!\\)[&%#_$~^]|\\(?:input|write)", re.sub(r"\\[a-z]+\{\}", "", inside[0])
    )


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_in_a_pdf(title: str):
    reader = PdfReader(io.BytesIO(titled(title, "pdf")))
    shown = reader.pages[0].extract_text()[:200]

    drawn = title.replace("数学", "")  # the fonts that typst brings have no such signs
    assert re.sub(r"\W", "", drawn)[:20] in re.sub(r"\W", "", shown)
    assert reader.metadata
    assert plain(title) == plain(reader.metadata.title or "")


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_in_json(title: str):
    assert title == json.loads(titled(title, "json"))["problem"]["title"]


@pytest.mark.parametrize("name", ["\\input{x}", "<script>", "{{ 7*7 }}", "a`b", "$x$"])
def test_a_function_is_not_named_with_signs(name: str):
    text = f"[[layers]]\nunits = 1\nactivation = {{ name = '{name}', formula = 'z/2' }}"

    assert "layers[1].activation" in refused("example", problem(text))


# --- in a process of its own ---------------------------------------------------------------------


def test_the_installed_command():
    done = subprocess.run(
        [sys.executable, "-m", "derive.cli", "example", "2-1", "--format", "json", "--out", "-"],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(derive.__file__).parent.parent)},
    )  # fmt: skip

    assert 0 == done.returncode
    assert 1 == json.loads(done.stdout)["schema"]
    assert "" == done.stderr


def test_another_process_writes_the_same_bytes():
    """Where a set decided the order, the seed of Python's hashes would."""
    contents = {
        subprocess.run(
            [sys.executable, "-m", "derive.cli", "example", "2-3-2", "--format", "json", "--out", "-"],
            capture_output=True, check=True,
            env={**os.environ, "PYTHONPATH": str(Path(derive.__file__).parent.parent),
                 "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1", "2")
    }  # fmt: skip

    assert 1 == len(contents)


def test_an_error_beyond_all_numbers_in_a_later_update_is_null_in_json():
    text = """
inputs = 1
loss = "squared_error"
learning_rate = 1000
batch_size = 1
layers = [{units = 1, activation = "softplus", weights = [[1e12]], bias = false}]
samples = [{inputs = [0], targets = [1]}, {inputs = [1], targets = [0]}]
"""
    content = run("example", problem(text), "--format", "json", "--out", "-").stdout

    first, second = json.loads(content, parse_constant=pytest.fail)["updates"]
    assert first["loss"] > 0
    assert second["loss"] is None
    assert [None] == [sample["loss"] for sample in second["samples"]]


def test_a_reader_that_stops_early_is_no_traceback():
    """derive example … --out - | head -1"""
    child = subprocess.Popen(
        [sys.executable, "-m", "derive.cli", "example", "9-9-9", "--format", "json", "--out", "-"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(derive.__file__).parent.parent)},
    )  # fmt: skip
    assert child.stdout
    assert child.stderr
    child.stdout.close()
    said = child.stderr.read()
    child.stderr.close()
    child.wait()

    assert "Traceback" not in said
    assert "Exception ignored" not in said
