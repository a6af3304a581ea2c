"""Algorithms, listings, plots and large matrices, in the formats that are text."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from derive.document.blocks import (
    Algorithm,
    AlgorithmLine,
    Block,
    Box,
    Display,
    Document,
    Figure,
    Line,
    Listing,
    Maths,
    Paragraph,
    Text,
)
from derive.document.scene import Disc, Label, Scene, Stroke
from derive.render import render
from derive.render.lines import code_lines
from derive.writing.maths import Grid, Name, Node, Number, Power, Row, Sign
from tests.render.test_render import compile_latex

X = Name("x")
STEPS = Algorithm(
    (
        AlgorithmLine(0, (Text("repeat"),)),
        AlgorithmLine(2, (Text("add "), Maths(X))),
        AlgorithmLine(0, ()),
    ),
    (Text("Adding"),),
)
CODE = "def f(x):\n\treturn x  # <&> \\end{verbatim} `` ` $ % ~ ^ _ {} '\"\n\n"
PLOT = Scene(
    30,
    20,
    (
        Stroke(((0, 5), (30, 5)), "grid"),
        Stroke(((0, 20), (30, 20)), "axis"),
        Stroke(((0, 1), (10, 8), (30, 12)), "curve"),
        Disc(10, 8, 0.8, "mark"),
        Label(5, 18, Number("1"), role="axis"),
    ),
)


def text(block: Block, format: str) -> str:
    return render(Document("t", (), (block,)), format).content.decode()


def matrix(columns: int) -> Node:
    return Grid(tuple((Number("-0.12345678"),) * columns for _ in range(3)))


# --- algorithms ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("format", "expected"),
    [
        ("md", "Adding\n\n1. repeat\n2. &emsp;&emsp;&emsp;&emsp;add $`x`$\n3. \n"),
        ("tex", "\\begin{algorithm}{Adding}\n\\step{1}{0}repeat\n\\step{2}{2}add $x$\n\\step{3}{0}\n"
                "\\end{algorithm}"),
        ("html", '<figcaption>Adding</figcaption><ol>\n<li>repeat</li>\n<li style="--indent:2">add '
                 '<math alttext="x"><mi>x</mi></math></li>\n<li></li>\n</ol>'),
    ],
)  # fmt: skip
def test_an_algorithm_has_numbered_lines(format: str, expected: str) -> None:
    assert expected in text(STEPS, format)


def test_an_algorithm_of_no_lines_renders() -> None:
    for format in ("md", "tex", "html", "pdf", "ipynb"):
        assert render(Document("t", (), (Algorithm(()),)), format).content


# --- listings ------------------------------------------------------------------------------------


def test_lines_of_code_keep_their_indentation() -> None:
    assert ["a", "    b", "", "c  d"] == code_lines("a\n\tb\r\n\rc  d  \n\n")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Cn", "Zl", "Zp", "Co"))))
def test_markdown_shows_code_as_it_is(code: str) -> None:
    tokens = MarkdownIt("commonmark").parse(text(Listing(code, "python"), "md"))
    (shown,) = (token for token in tokens if token.type == "fence")
    assert "python" == shown.info
    assert "\n".join(code_lines(code)) + "\n" == shown.content


@pytest.mark.parametrize("language", ["python```", "python {x}", "PYTHON\n"])
def test_a_language_is_a_word(language: str) -> None:
    assert re.search(r"^```pythonx?$", text(Listing("x", language), "md"), re.MULTILINE)


@pytest.mark.parametrize("language", ["math", "mermaid", "Math "])
def test_code_is_not_taken_for_something_to_be_drawn(language: str) -> None:
    assert "\n```\nx\n```\n" in text(Listing("x", language), "md")


def test_code_in_a_box_stays_in_it() -> None:
    assert "> ```c\n> a\n>\n> b\n> ```\n" in text(Box("remark", (Listing("a\n\nb", "c"),)), "md")


def test_html_shows_code_as_it_is() -> None:
    assert (
        '<pre class="listing" tabindex="0"><code class="language-python">def f(x):\n'
        "    return x  # &lt;&amp;&gt; \\end{verbatim} `` ` $ % ~ ^ _ {} &#39;&quot;</code></pre>"
    ) in text(Listing(CODE), "html")


def test_latex_spells_code() -> None:
    assert (
        "\\begin{listing}\n\\codeline{0}{def\\ f(x):}\n"
        "\\codeline{4}{return\\ x\\ \\ \\#\\ <\\&>\\ \\char92{}end\\char123{}verbatim\\char125{}\\ "
        "\\char18{}\\char18{}\\ \\char18{}\\ \\$\\ \\%\\ \\char126{}\\ \\char94{}\\ \\char95{}\\ "
        '\\char123{}\\char125{}\\ \\char13{}"}\n\\end{listing}'
    ) in text(Listing(CODE), "tex")


@pytest.mark.tools
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_has_nothing_over_the_margin(tmp_path: Path) -> None:
    words = AlgorithmLine(3, (Text("words " * 60), Maths(X)))
    product = Row((Sign("="), matrix(6), matrix(4), Sign("+"), matrix(2)))
    blocks = (
        Listing(CODE), Listing("y" * 300), Listing(" " * 200 + "z = " + "1 + " * 60),
        Algorithm((words, words)), Paragraph((Text("So:"),)), STEPS, Figure(PLOT, "a plot"),
        Display((Line((X, Row((Sign("="), matrix(6)))), 1), Line((X, product), 2))),
        Display((Line((matrix(14),), 3),)),
        Display((Line((X, matrix(12), Row(()), X), 4),)),
    )  # fmt: skip
    compile_latex(render(Document("t", (), blocks), "tex").content, tmp_path)


# --- plots ---------------------------------------------------------------------------------------


def test_plots_are_drawn_alike() -> None:
    figure = Figure(PLOT, "a plot")
    html, tex = text(figure, "html"), text(figure, "tex")
    assert 4 == len(re.findall(r'class="(?:grid|axis|curve|mark)"', html.partition("<text")[0]))
    assert ["grid", "axis", "curve"] == re.findall(r"\\draw\[(\w+)\]", tex)
    assert r"\filldraw[mark disc] (10,8)" in tex
    assert r"\node[axis label,font=\fontsize{7}{8.4}\selectfont]" in tex
    (drawing,) = render(Document("t", (), (figure,)), "md").files.values()
    assert b"polyline.curve {" in drawing
    assert render(Document("t", (), (figure,)), "pdf").content


# --- large matrices ------------------------------------------------------------------------------


@pytest.mark.parametrize(("columns", "fitted"), [(2, 0), (6, 0), (8, 1), (12, 1)])
def test_latex_fits_a_line_that_is_too_wide(columns: int, fitted: int) -> None:
    shown = Display((Line((X, Row((Sign("="), matrix(columns)))), 1),))
    assert fitted == text(shown, "tex").count(r"\fit{x}{= \begin{bmatrix}")


@pytest.mark.parametrize(
    ("columns", "sizes"), [(2, []), (6, ["0.89"]), (8, ["0.68"]), (12, ["0.6"])]
)
def test_html_makes_a_wide_matrix_smaller(columns: int, sizes: list[str]) -> None:
    shown = Display((Line((X, Row((Sign("="), matrix(columns)))), 1),))
    assert sizes == re.findall(r"font-size:([\d.]+)em\"", text(shown, "html"))


def test_a_transposed_matrix() -> None:
    shown = Display((Line((Power(matrix(1), Sign("⊤")), Sign("⊙"))),))
    assert r"\end{bmatrix}}^{\top} & \odot" in text(shown, "tex")
    assert r'<mo lspace="0"' not in text(shown, "html")
    assert "<mi>⊤</mi></msup>" in text(shown, "html")
