"""A Word document has native equations, pictures with words for them, and nothing that pandoc left."""

from __future__ import annotations

import re
import sys
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from derive.document.blocks import (
    Algorithm,
    AlgorithmLine,
    Display,
    Document,
    Figure,
    Heading,
    Line,
    Listing,
    Maths,
    Paragraph,
    Table,
    Text,
)
from derive.document.scene import Disc, Scene
from derive.errors import DeriveError, ProblemError
from derive.render import render
from derive.render.docx import finished
from derive.render.word import word
from derive.writing.maths import (
    Brace,
    Bracket,
    Cases,
    Grid,
    Name,
    Node,
    Number,
    Row,
    Sign,
    Words,
)
from tests.render.sample import SAMPLE
from tests.render.test_render import needs_pandoc

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
X, EQUAL = Name("x"), Sign("=")


def tree(document: Document) -> ElementTree.Element:
    return ElementTree.fromstring(part(document, "word/document.xml"))


def part(document: Document, name: str) -> bytes:
    with ZipFile(BytesIO(render(document, "docx").content)) as parts:
        return parts.read(name)


def paragraphs_of(content: bytes) -> list[str]:
    """The text of each paragraph, without formulas."""
    with ZipFile(BytesIO(content)) as parts:
        root = ElementTree.fromstring(parts.read("word/document.xml"))
    return ["".join(t.text or "" for t in p.iter(f"{W}t")) for p in root.iter(f"{W}p")]


def styles(root: ElementTree.Element) -> list[str]:
    return [style.get(f"{W}val", "") for style in root.iter(f"{W}pStyle")]


def shown(*nodes: Node) -> Document:
    lines = tuple(Line((Name("y"), Row((EQUAL, node))), n) for n, node in enumerate(nodes, 1))
    return Document("t", (), (Display(lines),))


@needs_pandoc
def test_every_formula_is_an_equation_of_words_own() -> None:
    root = tree(SAMPLE)
    formulas = repr(SAMPLE).count("Maths(") + repr(SAMPLE).count(" Line(")
    text = "".join(t.text or "" for t in root.iter(f"{W}t"))
    assert 50 < formulas
    assert not re.search(r"\\(frac|partial|sum|begin|text)|\$", text.replace("$x$", ""))
    lines = sum(len(b.lines) for b in _displays(SAMPLE.blocks))
    assert lines == len(list(root.iter(f"{M}oMathPara")))


def _displays(blocks: tuple[object, ...]) -> list[Display]:
    found = []
    for block in blocks:
        found += [block] if isinstance(block, Display) else []
        found += _displays(getattr(block, "blocks", ()))
    return found


@needs_pandoc
def test_lines_have_their_numbers() -> None:
    first, second = tree(shown(X, Number("2"))).iter(f"{M}oMathPara")
    assert ["y\u200b=x(1)", "y\u200b=2(2)"] == [
        "".join("".join(t.text or "" for t in line.iter(f"{M}t")).split())
        for line in (first, second)
    ]


@needs_pandoc
def test_brackets_braces_and_cases_are_words_own() -> None:
    root = tree(
        shown(
            Bracket(X), Brace(X, Words("label")),
            Cases(((X, Row((Words("if "), X))), (X, Words("otherwise")))),
        )
    )  # fmt: skip
    brackets = [
        (left.get(f"{M}val"), right.get(f"{M}val"))
        for left, right in zip(root.iter(f"{M}begChr"), root.iter(f"{M}endChr"), strict=True)
    ]
    assert [("(", ")"), ("{", "")] == brackets
    (brace,) = root.iter(f"{M}groupChr")
    assert "⏟" == next(brace.iter(f"{M}chr")).get(f"{M}val")
    assert "⏟" not in "".join(t.text or "" for t in root.iter(f"{M}t"))


@needs_pandoc
@pytest.mark.parametrize(("columns", "sizes"), [(2, set()), (6, {"21"}), (12, {"10"})])
def test_a_matrix_that_is_too_wide_is_made_smaller(columns: int, sizes: set[str]) -> None:
    number = Number("-0.12345678")
    grid = Grid(((number,) * columns,) * 2)
    root = tree(shown(grid))
    found = {size.get(f"{W}val") for size in root.iter(f"{W}sz")}
    assert sizes == found


@needs_pandoc
def test_tables_have_columns_as_wide_as_what_is_in_them() -> None:
    rows = (((Text("a"),), (Text("0.123456789"),)),)
    root = tree(Document("t", (), (Table("lr", ((), ()), rows, (Text("All"),)),)))
    narrow, wide = (int(column.get(f"{W}w", "0")) for column in root.iter(f"{W}gridCol"))
    assert narrow * 3 < wide
    assert "TableCaption" in styles(root)


@needs_pandoc
def test_pictures_say_what_they_show() -> None:
    scene = Scene(30, 20, (Disc(5, 5, 2),))
    page = Document("t", (), (Figure(scene, 'A "disc" & more', (Text("Below"),)),))
    root = tree(page)
    (inner,) = root.iter(f"{PICTURE}cNvPr")
    assert 'A "disc" & more' == inner.get("descr")
    assert "ImageCaption" in styles(root)
    with ZipFile(BytesIO(render(page, "docx").content)) as parts:
        (picture,) = (name for name in parts.namelist() if name.endswith(".png"))
        assert parts.read(picture).startswith(b"\x89PNG")


@needs_pandoc
def test_a_page_without_figures_has_a_title_and_sections() -> None:
    blocks = (Heading(1, (Text("One"),)), Heading(2, (Text("Two"),)), Paragraph((Maths(X),)))
    page = Document("true", (Text("below"),), blocks)
    assert ["Title", "Subtitle", "Heading1", "Heading2", "FirstParagraph"] == styles(tree(page))
    assert b"<dc:title>true</dc:title>" in part(page, "docProps/core.xml")


@needs_pandoc
def test_algorithms_and_listings() -> None:
    steps = (AlgorithmLine(0, (Text("repeat"),)), AlgorithmLine(1, (Text("go on"),)))
    page = Document("t", (), (Algorithm(steps), Listing("if x:\n    y = 'z'  # w", "python")))
    root = tree(page)
    assert 2 == len(list(root.iter(f"{W}numPr")))
    assert [] == [p for p in paragraphs_of(render(page, "docx").content) if "```" in p]
    code = [t.text for t in root.iter(f"{W}t")][-12:]
    assert "if x:    y = 'z'  # w" == "".join(filter(None, code))[-21:]


@needs_pandoc
def test_what_pandoc_does_not_understand_is_an_error() -> None:
    with pytest.raises(DeriveError, match=r"docx: pandoc: .*unknown"):
        word(r"$`\unknown{x}`$", "t", "en")


def test_without_pandoc_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypandoc", None)
    with pytest.raises(ProblemError, match=r"docx: .*pandoc.* \(pip install 'derive\[word\]'\)"):
        render(Document("t", (), ()), "docx")


@needs_pandoc
def test_a_persons_own_settings_make_no_difference(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    page = Document("t", (), (Paragraph((Text("x"),)),))
    before = render(page, "docx").content
    home = tmp_path_factory.mktemp("home")
    (home / ".pandoc").mkdir()
    (home / ".pandoc" / "reference.docx").write_bytes(b"not a document")
    monkeypatch.setenv("HOME", str(home))
    assert before == render(page, "docx").content


def test_the_parts_bear_no_date() -> None:
    made = BytesIO()
    with ZipFile(made, "w") as parts:
        parts.writestr("other.xml", "<x/>")
    with ZipFile(BytesIO(finished(made.getvalue(), "t"))) as parts:
        assert [(1980, 1, 1, 0, 0, 0)] == [entry.date_time for entry in parts.infolist()]
