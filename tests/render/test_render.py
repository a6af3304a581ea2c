"""Every format has a macro for everything, gives the same bytes again, and its files are sound."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from derive.document import blocks, scene
from derive.document.blocks import Display, Document, Line, Maths, Paragraph, Reference, Table, Text
from derive.errors import ProblemError
from derive.render import formats, render
from derive.render.formats import Format
from derive.render.templates import macros
from derive.writing.maths import Name, Number, Row, Sign
from tests.render.sample import SAMPLE

KINDS = [*get_args(blocks.Inline), *get_args(blocks.Block)]
SHAPES = [*get_args(scene.Shape), scene.Scene]


MISSING = None if find_spec("pypandoc") else "pypandoc is not installed (the extra derive[word])"
needs_pandoc = pytest.mark.skipif(MISSING is not None, reason=str(MISSING))


@pytest.fixture(params=formats())
def format(request: pytest.FixtureRequest) -> Format:
    return formats()[request.param]


@pytest.fixture(
    params=[pytest.param(name, marks=needs_pandoc if name == "docx" else ()) for name in formats()]
)
def installed(request: pytest.FixtureRequest) -> Format:
    """A format for which everything is there that it needs."""
    return formats()[request.param]


WITH_A_LOOK = [kind for kind in KINDS if kind is not blocks.OnKey]  # that one only chooses between others


@pytest.mark.parametrize("kind", WITH_A_LOOK, ids=lambda kind: kind.__name__)
def test_every_format_has_a_macro_for_every_block(format: Format, kind: type) -> None:
    made = macros(f"{format.folder}/blocks.{format.source}.j2", format.escape, None)
    assert hasattr(made, kind.__name__.lower())


@pytest.mark.parametrize("kind", SHAPES, ids=lambda kind: kind.__name__)
def test_every_format_has_a_macro_for_every_shape(format: Format, kind: type) -> None:
    made = macros(format.drawing.template, format.drawing.escape, None)
    assert hasattr(made, kind.__name__.lower())


def test_the_sample_uses_every_block_and_shape() -> None:
    shown = repr(SAMPLE)
    assert [] == [kind for kind in [*KINDS, *SHAPES] if f"{kind.__name__}(" not in shown]


def test_the_same_page_gives_the_same_bytes(installed: Format) -> None:
    assert render(SAMPLE, installed.name) == render(SAMPLE, installed.name)


def test_an_unknown_format_is_refused_with_a_suggestion() -> None:
    with pytest.raises(ProblemError, match="did you mean 'html'"):
        render(SAMPLE, "htm")


def test_finding_formats_loads_neither_jinja_nor_typst() -> None:
    heavy = "{'jinja2', 'typst', 'sympy', 'numpy', 'pypandoc'} & sys.modules.keys()"
    code = f"import sys; from derive.render import formats; formats(); sys.exit(bool({heavy}))"
    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


def test_own_templates_come_first(tmp_path: Path) -> None:
    own = tmp_path / "markdown"
    own.mkdir()
    (own / "page.md.j2").write_text("Mine: << title >>")
    page = Document("a*b", (), ())
    assert rb"Mine: a\*b" == render(page, "md", templates=tmp_path).content
    assert b"# a\\*b\n" == render(page, "md").content


def test_a_new_folder_is_a_new_format(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "templates"
    shutil.copytree(source / "markdown", tmp_path / "notes")
    toml = tmp_path / "notes" / "format.toml"
    toml.write_text(toml.read_text().replace('name = "md"', 'name = "notes"'))
    assert "notes" in formats(tmp_path)
    assert render(SAMPLE, "notes", templates=tmp_path).content == render(SAMPLE, "md").content


def test_a_page_with_nothing_on_it_renders(installed: Format) -> None:
    empty = Document("", (), (Display(()), Paragraph(()), Table("", (), ())))
    assert render(empty, installed.name).content


def test_links_to_equations_that_are_not_there_and_numbers_used_twice(installed: Format) -> None:
    line = Line((Name("x"),), 3)
    page = Document("t", (), (Display((line, line)), Paragraph((Reference(3), Reference(99)))))
    assert render(page, installed.name).content


# --- Markdown ----------------------------------------------------------------------------------


def test_markdown_names_the_figures_that_come_with_it() -> None:
    rendered = render(SAMPLE, "md", name="my page")
    named = re.findall(r"\]\((my_page-figures/[^)]+)\)", rendered.content.decode())
    assert list(rendered.files) == named == [f"my_page-figures/figure-{k}.svg" for k in range(1, 6)]
    for drawing in rendered.files.values():
        root = ElementTree.fromstring(drawing)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert root.get("aria-label")


def test_markdown_tables_have_no_pipes_within_cells() -> None:
    text = render(SAMPLE, "md").content.decode()
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        rows = [re.split(r"(?<!\\)\|", row) for row in table.splitlines()]
        assert {len(rows[0])} == {len(row) for row in rows}


# --- HTML --------------------------------------------------------------------------------------


class Checker(HTMLParser):
    """Which ids there are, where links within the page lead, and whether every tag is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        assert not any(name.startswith("on") for name in found)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.targets += (
            [(found["href"] or "")[1:]] if (found.get("href") or "").startswith("#") else []
        )
        if tag not in ("meta", "link", "br", "wbr", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_html_is_well_formed_and_its_links_lead_somewhere() -> None:
    text = render(SAMPLE, "html").content.decode()
    page = Checker()
    page.feed(re.sub(r"<(\w+)([^>]*)/>", r"<\1\2></\1>", text))
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert set(page.targets) <= set(page.ids)
    assert page.targets


def test_html_is_one_file_without_scripts() -> None:
    text = render(SAMPLE, "html").content.decode()
    assert not re.search(r"<script|<link|<img|url\(|@import|src=", text)
    assert '<html lang="en">' in text
    assert text.count("<svg") == text.count('role="img" aria-label="')
    assert text.count("<math") == text.count("alttext=")


def test_html_cuts_a_line_into_pieces_that_can_flow() -> None:
    x, equal = Name("x"), Sign("=")
    long = Row(tuple(part for k in range(9) for part in (Sign("+"), Number(f"0.{k}2345"))))
    total = Row((Number("1"), *long.items))
    shown = Display((Line((x, Row((equal, x, Sign("≈"), total))), 1),))
    text = render(Document("t", (), (shown,)), "html").content.decode()
    assert [
        "x", "= x", "≈ 1", *(f"+ 0.{k}2345" for k in range(9))
    ] == re.findall('alttext="([^"]*)"', text)  # fmt: skip
    assert 10 == text.count("<wbr>")
    assert 9 == text.count("<mo>+</mo>")  # a sign between two things, wherever a piece begins


def test_html_reads_a_sign_that_begins_a_continued_line_as_one_between_two_things() -> None:
    lines = (Line((Name("x"), Name("y"))), Line((Row(()), Row((Sign("-"), Name("z"))))))
    text = render(Document("t", (), (Display(lines),)), "html").content.decode()
    assert "<mtext></mtext><mo>−</mo><mi>z</mi>" in text


def test_html_keeps_marks_with_the_formulas_that_they_touch() -> None:
    content = (Text("So ("), Maths(Name("x")), Text("), "), Maths(Name("y")), Text(". End"))
    text = render(Document("t", (), (Paragraph(content),)), "html").content.decode()
    found = re.sub("<math.*?</math>", "…", re.findall("<p>(.*)</p>", text)[0])
    assert 'So <span class="kept">(…),</span> <span class="kept">….</span> End' == found


def test_a_paragraph_knows_whether_it_leads_to_what_follows() -> None:
    words = Paragraph((Text("So:"),))
    shown = Display((Line((Name("x"),)),))
    page = Document("t", (), (words, shown, words, words))
    assert 1 == render(page, "html").content.count(b'<p class="leads">So:</p>')
    assert b"So:\n\\lead\n\\begin{align*}" in render(page, "tex").content


def test_pages_end_neither_inside_an_equation_nor_beside_a_lone_one() -> None:
    first, more = Line((Name("x"), Name("y"))), Line((Row(()), Name("y")))
    page = Document("t", (), (Display((first, more, first, first, more, first)),))
    text = render(page, "tex").content.decode()
    assert ["*", "*", "", "*", "*"] == re.findall(r"(?m) \\\\(\*?)$", text)


# --- PDF ---------------------------------------------------------------------------------------


def test_the_pdf_is_tagged_and_has_a_title_and_a_language() -> None:
    reader = PdfReader(BytesIO(render(SAMPLE, "pdf").content))
    assert reader.metadata is not None
    assert reader.metadata.title == SAMPLE.title
    assert str(reader.root_object["/Lang"]) == "en"
    assert "/StructTreeRoot" in reader.root_object
    assert (210, 297) == tuple(
        round(float(side) / 72 * 25.4) for side in reader.pages[0].mediabox[2:]
    )
    assert "1 / 5" in reader.pages[0].extract_text()


# --- LaTeX -------------------------------------------------------------------------------------


def test_latex_uses_no_package_but_those_that_everybody_has() -> None:
    text = render(SAMPLE, "tex").content.decode()
    used = set(re.findall(r"\\usepackage(?:\[[^]]*\])?\{(\w+)\}", text))
    assert {"amsmath", "tikz", "booktabs", "xcolor", "bm", "hyperref"} == used
    assert r"\IfFileExists{hyperref.sty}" in text


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_compiles_without_overfull_boxes(tmp_path: Path) -> None:
    rows = tuple((Maths(Name("w", Name(f"h{k}"))), Text("0.123456")) for k in range(120))
    long = Table("lr", ((Text("weight"),), (Text("value"),)), tuple(((a,), (b,)) for a, b in rows))
    wide = Table("l" * 14, ((Text("a heading"),),) * 14, (((Text("0.123456789"),),) * 14,))
    page = Document(SAMPLE.title, SAMPLE.subtitle, (*SAMPLE.blocks, long, wide))
    compile_latex(render(page, "tex").content, tmp_path)


BAD = "!|Overfull|LaTeX Warning: (?!Label)"  # what no log should hold


def compile_latex(source: bytes, folder: Path, bad: str = BAD) -> None:
    """Runs pdflatex twice and asserts that it complains of nothing bad."""
    (folder / "page.tex").write_bytes(source)
    command = ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "page.tex"]
    for _ in range(2):
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=120)
    log = done.stdout.decode(errors="replace")
    complaints = re.findall(rf"^(?:{bad}).*", log, re.MULTILINE)
    assert [] == complaints
    assert 0 == done.returncode
