"""Lines to be filled in: what stands on the sheet, what on the key, and what is read back from both."""

from __future__ import annotations

import json
import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from derive.checking import numerals
from derive.checking.answers import read_text
from derive.document.blocks import (
    Box,
    Display,
    Document,
    Figure,
    Line,
    Maths,
    PageBreak,
    Paragraph,
    Task,
    Tasks,
    Text,
)
from derive.document.scene import Label, Scene
from derive.render import formats, render
from derive.render.tasks import Layout
from derive.render.walk import Walk
from derive.writing.maths import Blank, Bracket, Name, Node, Number, Row, Sign
from derive.writing.printers import plain
from tests.render.sample import tasks
from tests.render.test_render import needs_pandoc

NET = Name("net", Name("h1"))
SYMBOLS = Row((Name("w", Number("1")), Sign("·"), Name("i", Number("1"))))
SECRET = "8462915"
HEAD = ((Text("line"),), (Text("working"),), (Text("points"),), (Text("value"),))


def task(value: Node, *parts: Node, relation: str = "≈", points: str = "") -> Task:
    return Task(NET, parts, Sign(relation), value, points)


def page(*lines: Task) -> Document:
    return Document("t", (), (Tasks(lines, HEAD),))


def text(document: Document, format: str, reveal: bool) -> str:
    return render(document, format, reveal=reveal).content.decode()


# --- a sheet that is filled in and read back -----------------------------------------------------


@pytest.mark.parametrize("format", ["md", "ipynb"])
@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (Number("0.3775"), 0.3775),
        (Number("-0.0380982"), -0.0380982),
        (Number("1.20", -7), 1.2e-7),
        (Number("-3.3", -19), -3.3e-19),
        (Number("2"), 2.0),
    ],
)
@pytest.mark.parametrize("points", ["", "1"])
def test_the_key_is_read_back(number: Number, expected: float, format: str, points: str) -> None:
    document = page(task(Blank(number), SYMBOLS, Blank(SYMBOLS, 14), points=points))
    (answer,) = answers(document, format, reveal=True)
    found = numerals.read(answer[1])
    assert isinstance(found, numerals.Number)
    assert (r"\mathrm{net}_{h1}", pytest.approx(expected)) == (answer[0], found.value)


@pytest.mark.parametrize("format", ["md", "ipynb"])
@pytest.mark.parametrize("relation", ["≈", "="])
def test_the_sheet_is_read_as_blank(format: str, relation: str) -> None:
    document = page(task(Blank(Number("0.3775")), SYMBOLS, Blank(SYMBOLS), relation=relation))
    ((_, given),) = answers(document, format, reveal=False)
    found = numerals.read(given)
    assert "____" == given
    assert isinstance(found, numerals.Unreadable)
    assert found.is_blank


def test_a_value_that_is_given_is_read_on_both() -> None:
    for reveal in (True, False):
        ((_, given),) = answers(page(task(Number("-0.4056"))), "md", reveal)
        assert "−0.4056" == given


def answers(document: Document, format: str, reveal: bool) -> list[tuple[str, str]]:
    source = text(document, format, reveal)
    if format == "ipynb":
        source = "".join(line for cell in json.loads(source)["cells"] for line in cell["source"])
    return [(answer.name, answer.text) for answer in read_text(source, "md")]


@pytest.mark.parametrize("reveal", [True, False])
def test_a_magnitude_leaves_the_table_whole(reveal: bool) -> None:
    magnitude = Bracket(Name("x"), "||")
    source = text(page(task(Blank(magnitude), magnitude, Blank(magnitude))), "md", reveal)
    rows = re.findall(r"^\|.*\|$", source, re.MULTILINE)
    assert {4} == {len(re.findall(r"(?<!\\)\|", row)) for row in rows}


def test_the_column_of_points_is_there_where_a_line_has_any() -> None:
    without, some = task(Number("1")), task(Number("2"), points="2½")
    assert "| line | working | value |" in text(page(without), "md", True)
    assert "| line | working | points | value |" in text(page(without, some), "md", True)
    assert "points" not in text(page(without), "html", True).partition("<main>")[2]
    assert '<span role="cell" class="points"><span>2½</span></span>' in text(
        page(without, some), "html", True
    )


# --- what the sheet keeps to itself --------------------------------------------------------------


def secrets() -> Document:
    """Something to be filled in, wherever mathematics can stand."""
    blank = Blank(Number(f"0.{SECRET}"))
    inside = Row((Name("x"), Sign("+"), blank))
    scene = Scene(40, 10, (Label(20, 5, blank), Label(20, 8, inside)))
    line = Line((Name("x"), Row((Sign("="), blank))), 1, plain(inside))
    blocks = (
        Tasks((task(blank, inside, blank, points="1"), task(inside))), Paragraph((Maths(inside),)),
        Display((line,)), Figure(scene, "a drawing"), Box("remark", (Display((line,)),)),
    )  # fmt: skip
    return Document("t", (), blocks)


@pytest.mark.parametrize("format", ["md", "tex", "html", "ipynb", "pdf"])
def test_the_sheet_does_not_give_its_answers_away(format: str) -> None:
    shown = {reveal: everything(format, reveal) for reveal in (True, False)}
    assert 6 <= shown[True].count(SECRET)
    assert 0 == shown[False].count(SECRET)


def everything(format: str, reveal: bool) -> str:
    """The source of a page with what comes beside it; of a PDF, what Typst reads."""
    walk = Walk(formats()[format], "page", None, reveal)
    return walk.page(secrets()) + b"".join(walk.files.values()).decode()


def test_a_blank_is_spoken() -> None:
    document = page(task(Blank(Number("0.25")), SYMBOLS, Blank(SYMBOLS)))
    html, typst = (
        Walk(formats()[name], "page", None, False).page(document) for name in ("html", "pdf")
    )
    assert 2 == html.count('aria-label="____"')
    assert ["= ____", "≈ ____"] == re.findall('alt: "([=≈] ____)"', typst)


# --- paper ---------------------------------------------------------------------------------------


def rows(*parts: Node, value: Node | None = None) -> list[list[str]]:
    """What stands on each row of a task, = a rule being "=_"."""
    block = (task(value or Blank(Number("0.1")), *parts),)
    layout = Layout(Walk(formats()["tex"], "page", None, False).formula, False, block)
    return [
        [f"{p.sign.spoken if p.sign else ''}_" if p.bare else p.formula.spoken for p in row]
        for row in layout.line(*block).rows
    ]


def total(terms: int) -> Row:
    parts = (part for k in range(terms) for part in (Sign("+"), Number(f"0.{k}23456789")))
    return Row(tuple(parts)[1:])


def test_what_fits_on_a_row_stands_on_it() -> None:
    short = "= 0.023456789 + 0.123456789"
    assert [[]] == rows()
    assert [["=_"]] == rows(Blank(total(2), 10))
    assert [[short, "=_"]] == rows(total(2), Blank(total(2), 10))
    assert [[short], ["=_"]] == rows(total(2), Blank(total(4), 10))
    assert [[short], ["=_"]] == rows(total(2), Blank(total(2), 24))


def test_what_fits_on_no_row_is_broken() -> None:
    first, second = rows(total(7))
    assert 7 == first[0].count("0.") + second[0].count("0.")
    assert second[0].startswith("+ ")
    assert [["=_"], ["_"]] == rows(Blank(total(7), 10))


@given(st.lists(st.integers(0, 12), max_size=4), st.floats(0, 80), st.integers(0, 12))
def test_any_task_has_rows_and_room(sizes: list[int], rule: float, value: int) -> None:
    parts = tuple(Blank(total(n), rule) if n % 2 else total(n) for n in sizes)
    line = Task(total(value), parts, Sign("="), total(value))
    layout = Layout(Walk(formats()["tex"], "page").formula, True, (line,))
    assert len(parts) == len(layout.line(line).parts)
    assert 1 <= len(layout.line(line).rows)
    assert layout.names < 44


def test_a_sheet_and_its_key_break_alike() -> None:
    document = Document("t", (), (Tasks(tasks().tasks * 12),))
    pages = [
        len(PdfReader(BytesIO(render(document, "pdf", reveal=reveal).content)).pages)
        for reveal in (True, False)
    ]
    assert pages[0] == pages[1] <= 3


# --- a new page ----------------------------------------------------------------------------------


BREAK = Document("t", (), (Paragraph((Text("one"),)), PageBreak(), Paragraph((Text("two"),))))


def test_a_new_page() -> None:
    assert "one\n\n---\n\ntwo" in text(BREAK, "md", True)
    assert r"\clearpage" in text(BREAK, "tex", True)
    assert '<hr class="page">' in text(BREAK, "html", True)
    assert 2 == len(PdfReader(BytesIO(render(BREAK, "pdf").content)).pages)


@needs_pandoc
def test_a_new_page_in_word() -> None:
    with ZipFile(BytesIO(render(BREAK, "docx").content)) as parts:
        source = parts.read("word/document.xml").decode()
    assert 1 == source.count('<w:p><w:r><w:br w:type="page"/></w:r></w:p>')
    assert "PageBreak" not in source


def test_no_page_begins_in_a_box() -> None:
    boxed = Document("t", (), (Box("remark", BREAK.blocks),))
    assert 1 == len(PdfReader(BytesIO(render(boxed, "pdf").content)).pages)


# --- numbers as text -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("node", "digits"),
    [
        (Number("-0.5"), "−0.5"),
        (Row((Number("0.1"), Sign("×"), Bracket(Number("-0.2")), Sign("+"), Number("3"))),
         "0.1 × (−0.2) + 3"),
        (Number("1.2", -7), ""), (Number("∞"), ""), (NET, ""), (Bracket(Number("1"), "||"), ""),
        (Row((Number("1"), Name("x"))), ""),
    ],
)  # fmt: skip
def test_numbers_signs_and_brackets_are_a_line_of_text(node: Node, digits: str) -> None:
    assert digits == Walk(formats()["pdf"], "page").formula(node).digits
