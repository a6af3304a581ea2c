"""A notebook is one that Jupyter reads, shows formulas where they are meant, and runs."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from typing import Any
from xml.etree import ElementTree

import nbformat
import pytest

from derive.document.blocks import (
    Block,
    Box,
    Display,
    Document,
    Figure,
    Heading,
    Line,
    Listing,
    Maths,
    Paragraph,
    Text,
)
from derive.document.scene import Disc, Scene
from derive.render import render
from derive.writing.maths import Name, Sign
from tests.render.sample import SAMPLE

X = Name("x")


def cells(*blocks: Block) -> list[dict[str, Any]]:
    """The cells of a page, each with its source in one piece."""
    page = json.loads(render(Document("t", (), blocks), "ipynb").content)
    return [cell | {"source": "".join(cell["source"])} for cell in page["cells"]]


def sources(*blocks: Block) -> list[tuple[str, str]]:
    return [(cell["cell_type"], cell["source"]) for cell in cells(*blocks)]


@pytest.mark.parametrize("page", [SAMPLE, Document("", (), ())])
def test_the_notebook_is_valid(page: Document) -> None:
    made = nbformat.reads(render(page, "ipynb").content.decode(), as_version=4)
    nbformat.validate(made)
    assert (4, 5) == (made.nbformat, made.nbformat_minor)
    assert "python3" == made.metadata.kernelspec.name


def test_it_is_written_as_jupyter_writes_it() -> None:
    content = render(SAMPLE, "ipynb").content.decode()
    assert content == nbformat.writes(nbformat.reads(content, as_version=4)) + "\n"


def test_each_section_and_each_python_listing_has_a_cell() -> None:
    section, words = Heading(1, (Text("One"),)), Paragraph((Text("words"),))
    code = Listing("x = 1\n\ny = 2\n")
    assert [
        ("markdown", "# t\n\nwords"), ("markdown", "## One\n\nwords"), ("code", "x = 1\n\ny = 2"),
        ("markdown", "words\n\n### Two"), ("code", "x = 1\n\ny = 2"),
        ("code", "x = 1\n\ny = 2"), ("markdown", "## One"),
    ] == sources(
        words, section, words, code, words, Heading(2, (Text("Two"),)), code, code, section
    )  # fmt: skip


def test_other_code_stays_in_the_text() -> None:
    assert [("markdown", "# t\n\n```c\nint x;\n```")] == sources(Listing("int x;", "c"))


def test_cells_have_names_that_stay() -> None:
    found = [cell["id"] for cell in cells(Heading(1, ()), Listing("x"))]
    assert ["cell-1", "cell-2", "cell-3"] == found


def test_formulas_are_written_as_jupyter_reads_them() -> None:
    inline = Paragraph((Text("So "), Maths(X), Text(".")))
    one = Display((Line((X, Sign("=")), 7),))
    three = Display((Line((X, X, X)),))
    assert (
        "# t\n\nSo $x$.\n\n$$\n\\begin{align*}\nx & = \\tag{7}\n\\end{align*}\n$$\n\n"
        "$$\n\\begin{alignat*}{2}\nx & x & x\n\\end{alignat*}\n$$"
    ) == sources(inline, one, three)[0][1]


def test_no_quotation_mark_stands_in_a_formula_of_a_box() -> None:
    boxed = Box("remark", (Display((Line((X,)),)),))
    assert (
        "# t\n\n<blockquote>\n\n$$\n\\begin{align*}\nx\n\\end{align*}\n$$\n\n</blockquote>"
    ) == sources(boxed)[0][1]


def test_drawings_are_inside() -> None:
    scene = Scene(10, 10, (Disc(5, 5, 2),))
    rendered = render(Document("t", (), (Figure(scene, 'a "$x$" \\ b'),)), "ipynb")
    (cell,) = json.loads(rendered.content)["cells"]
    found = re.search(
        r'<img alt="([^"]*)" src="data:image/svg\+xml;base64,([^"]*)">', "".join(cell["source"])
    )
    assert found
    assert {} == rendered.files
    assert "a &quot;&#36;x&#36;&quot; &#92; b" == found[1]
    drawing = ElementTree.fromstring(base64.b64decode(found[2]))
    assert "{http://www.w3.org/2000/svg}svg" == drawing.tag


def test_the_code_runs() -> None:
    page = json.loads(render(SAMPLE, "ipynb").content)
    code = ["".join(cell["source"]) for cell in page["cells"] if cell["cell_type"] == "code"]
    done = subprocess.run(
        [sys.executable, "-"], input="\n".join(code), capture_output=True, text=True, check=False
    )
    assert 1 == len(code)
    assert ("", 0) == (done.stderr, done.returncode)
