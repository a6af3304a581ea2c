"""Whatever stands in a text comes out as that text, in every format; nothing in it is obeyed."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pypdf import PdfReader

from derive.document.blocks import (
    Algorithm,
    AlgorithmLine,
    Block,
    Box,
    Code,
    Display,
    Document,
    Figure,
    Heading,
    Line,
    Link,
    Listing,
    Maths,
    Paragraph,
    Strong,
    Table,
    Task,
    Tasks,
    Text,
)
from derive.document.scene import Label, Scene
from derive.render import formats, render
from derive.render.pdf import compile_typst
from derive.render.templates import safe_address
from derive.render.walk import Walk
from derive.writing.maths import Blank, Name, Number, Row, Sign, Words
from derive.writing.printers.escapes import clean
from tests.render.test_render import compile_latex, needs_pandoc
from tests.render.test_word import paragraphs_of

HOSTILE = [
    r"\input{/etc/passwd} \write18{id} \end{document}",
    "<script>alert(1)</script>",
    "{{ 7*7 }} {% raw %} {# c #} << 7*7 >> <% raw %> <# c #>", "$x$ $$y$$ $`z`$",
    '#eval("1") #{1} $#read("/etc/passwd")$',
    "[x](y) ![x](y) <http://a.b>", "| a | b |", "`a` ``b``", "```\ncode\n```", "```math",
    "one\ntwo\r\nthree\x0bfour",
    "nul \x00 bell \x07 escape \x1b[31m delete \x7f",
    "100 % of ~ and ^ and _",
    "\"double\" 'single' “curly” `back`",
    "emoji 🙂 👩‍👩‍👧", "汉字 かな 한글", "עברית العربية",
    "\u202eright to left\u202c", "# heading", "- item",
    "1. item",
    "> quote", "---", "===", "&amp; &#60; &lt;",
    "*a* **b** __c__ ~~d~~", "a\\", "//comment /* c */",
    "= h",
    "https://example.org www.example.org a@b.c",
    "@name #12", "-- --- ...", "\ud800 lone \ufffe \ufdd0", "x" * 300,
    "½ × ∂ ≈ é ñ ø ß ł ő ţ ² ₁ € « » ∞ Ж", "", " ", "]>--&", "*/ }", "</style></svg></math>",
]  # fmt: skip


def page(text: str) -> Document:
    """The text in every place that holds one."""
    words = (Text(text), Strong(text), Code(text), Maths(Words(text)), Link(text, "https://a.b/"))
    short = Row((Name(text[:9] or "x"), Number(text[:9])))
    scene = Scene(40, 10, (Label(20, 5, Words(text)),))
    blocks: tuple[Block, ...] = (
        Heading(1, words), Heading(2, (Text(text),)), Paragraph(words), Paragraph((Text(text),)),
        Display((Line((Words(text[:40]), short), 1, text),)),
        Table("lr", (words, (Text(text),)), ((words, (Text(text),)), ((), ())), (Text(text),)),
        Box("remark", (Paragraph((Text(text),)),)), Figure(scene, text, (Text(text),)),
        Algorithm((AlgorithmLine(1, words), AlgorithmLine(0, ())), (Text(text),)),
        Listing(text, "text"), Box("remark", (Listing(text, text),)),
    )  # fmt: skip
    task = Task(
        Words(text[:40]), (Words(text[:40]), Blank(short)), Sign("≈"), Blank(short), text[:9]
    )
    blocks += (Tasks((task, task), (words, (Text(text),), (), ())),)
    return Document(text, (Text(text),), blocks, words={"contents": text})


ALL = Document("all", (), tuple(block for text in HOSTILE for block in page(text).blocks))
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


@pytest.mark.parametrize("format", ["md", "tex", "html", "ipynb"])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_renders(format: str, text: str) -> None:
    rendered = render(page(text), format)
    assert rendered.content.decode("utf-8", errors="strict")
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", rendered.content)


# --- HTML --------------------------------------------------------------------------------------


class TextOf(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.paragraphs: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "p":
            self.paragraphs.append("")

    def handle_data(self, data: str) -> None:
        if self.paragraphs:
            self.paragraphs[-1] += data


@given(ANY_TEXT)
def test_html_shows_the_text_itself(text: str) -> None:
    parser = TextOf()
    parser.feed(render(Document("t", (), (Paragraph((Text(text),)),)), "html").content.decode())
    assert clean(text).split() == parser.paragraphs[-1].split()


def test_html_has_no_tags_but_its_own() -> None:
    parser = TextOf()
    parser.feed(render(ALL, "html").content.decode())
    assert "script" not in parser.tags


# --- Markdown ----------------------------------------------------------------------------------


@given(ANY_TEXT)
def test_markdown_shows_the_text_itself(text: str) -> None:
    _shows_itself(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_hostile_text_itself(text: str) -> None:
    _shows_itself(text)


def _shows_itself(text: str) -> None:
    source = render(Document("t", (), (Paragraph((Text(text),)),)), "md").content.decode()
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(source)
    body = [token for token in tokens if token.type == "inline"][1:]
    shown = "".join(
        child.content
        for token in body
        for child in token.children or ()
        if child.type != "html_inline"
    )
    assert clean(text).split() == shown.split()
    assert {"paragraph_open", "inline", "paragraph_close"} >= {token.type for token in tokens[3:]}


# --- LaTeX -------------------------------------------------------------------------------------


@given(ANY_TEXT)
def test_latex_is_ascii_with_braces_in_pairs(text: str) -> None:
    source = render(page(text), "tex").content.decode()
    assert source.isascii()
    body = source.partition(r"\begin{document}")[2].replace("\\{", "").replace("\\}", "")
    assert body.count("{") == body.count("}")


def test_latex_obeys_no_command_in_a_text() -> None:
    source = render(ALL, "tex").content.decode()
    assert not re.search(r"\\(input|write)\b", source.partition(r"\begin{document}")[2])
    assert source.count(r"\end{document}") == 1


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_compiles_with_hostile_text(tmp_path: Path) -> None:
    headings = [block for block in ALL.blocks if not isinstance(block, Display)]
    compile_latex(
        render(Document(HOSTILE[0], (), tuple(headings)), "tex").content, tmp_path, bad="!"
    )


# --- PDF ---------------------------------------------------------------------------------------


def test_the_pdf_of_hostile_text_shows_it_and_reads_nothing() -> None:
    shown = "".join(p.extract_text() for p in PdfReader(BytesIO(render(ALL, "pdf").content)).pages)
    assert "passwd" in shown
    assert "root:" not in shown
    assert 'eval("1")' in shown


@settings(max_examples=20, deadline=None)
@given(ANY_TEXT)
@example("".join(HOSTILE))
@example('\\") #panic("x")')
def test_a_sealed_part_of_a_sheet_is_what_it_is_otherwise(text: str) -> None:
    document = page(text)
    shown = []
    for seal in (False, True):
        walk = Walk(formats()["pdf"], "page", contents=False)
        parts = [walk.blocks([block]) for block in document.blocks]
        body = "".join(walk.sealed(part) if seal else part for part in parts)
        pdf = compile_typst(walk.framed(document, body))
        shown.append([p.extract_text() for p in PdfReader(BytesIO(pdf)).pages])

    assert shown[0] == shown[1]


@settings(max_examples=20, deadline=None)
@given(ANY_TEXT)
@example("\u00ad")
@example("0\u00ad")
def test_any_text_compiles_to_a_pdf(text: str) -> None:
    assert render(page(text), "pdf").content.startswith(b"%PDF")


# --- notebook ----------------------------------------------------------------------------------


@given(ANY_TEXT)
@example(r"$x$ $$y$$ \\(z\\) \\[u\\] \\begin{align}v\\end{align}")
def test_no_text_of_a_notebook_begins_a_formula(text: str) -> None:
    shown = Document("t", (), (Paragraph((Text(text), Strong(text), Code(text))),))
    (cell,) = json.loads(render(shown, "ipynb").content)["cells"]
    assert not re.search(r"\$|\\(begin|end|\\)", "".join(cell["source"]))


# --- Word --------------------------------------------------------------------------------------


@needs_pandoc
@pytest.mark.parametrize("text", HOSTILE)
def test_word_shows_the_text_itself(text: str) -> None:
    words = (Text(text), Text(" "), Strong(text), Text(" "), Code(text))
    shown = Document(text, (), (Heading(1, (Text(text),)), Paragraph(words)))
    paragraphs = paragraphs_of(render(shown, "docx", name="page").content)
    expected = [clean(text).strip() or "page", clean(text), " ".join([clean(text)] * 3)]
    assert [bare(part) for part in expected if bare(part)] == [
        bare(part) for part in paragraphs if bare(part)
    ]


def bare(text: str) -> str:
    """The text without spaces, of which several look like one."""
    return "".join(text.split())


@needs_pandoc
def test_word_obeys_no_text() -> None:
    with ZipFile(BytesIO(render(ALL, "docx").content)) as parts:
        assert not [name for name in parts.namelist() if "passwd" in name]
        source = parts.read("word/document.xml").decode()
    assert "root:" not in source
    assert "<w:altChunk" not in source


# --- addresses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "file:///etc/passwd",
     "//a.b", "java\nscript:alert(1)", "http:", "https://", "", "vbscript:x", "ftp://a.b"],
)  # fmt: skip
def test_only_web_addresses_become_links(address: str) -> None:
    assert safe_address(address) is None
    for format in formats():
        if format not in ("pdf", "docx"):
            link = Document("t", (), (Paragraph((Link("words", address),)),))
            assert b"script:" not in render(link, format).content.partition(b"</style>")[2]


def test_an_address_cannot_leave_its_place() -> None:
    address = safe_address('https://a.b/"><script>x</script>)}{\\end `|$ é\n%41')
    assert address is not None
    assert not set('"<>(){}\\`|$ é\n') & set(address)
    link = Document("t", (), (Paragraph((Link("words", address + "_~#&%"),)),))
    assert render(link, "pdf").content
