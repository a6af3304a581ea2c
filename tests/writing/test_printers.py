"""Every printer prints every kind of node, each as its language writes it."""

from __future__ import annotations

from typing import get_args
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.writing.maths import (
    SIGNS,
    Blank,
    Brace,
    Bracket,
    Call,
    Cases,
    Fraction,
    Grid,
    Marked,
    Name,
    Node,
    Number,
    Pointer,
    Power,
    Root,
    Row,
    Sign,
    Sum,
    Words,
)
from derive.writing.printers import PRINTERS, plain
from derive.writing.printers.base import GREEK

W, Z, TWO = Name("w", Number("5")), Name("z"), Number("2")
ONE_OF_EACH: tuple[Node, ...] = (
    Name("net", Name("h1"), Sign("+")), Number("-0.0380982"), Words("what it is"), Sign("="),
    Row((Z, Sign("-"), TWO)), Fraction(Z, TWO), Power(Z, TWO), Bracket(Z),
    Call(Name("sigma"), (Z,)), Root(Z), Sum(Name("k"), Name("n")), Brace(Z, Words("label")),
    Cases(((Z, Words("if")),)),
    Grid(((Z, W), (W, Z))), Marked(TWO, "hot"), Pointer(7), Blank(Z, 4),
)  # fmt: skip

EXPECTED = [
    # node, plain, LaTeX, Typst, MathML
    (W, "w5", "w_{5}", "w_(5)", "<msub><mi>w</mi><mn>5</mn></msub>"),
    (Name("net", Name("h1")), "net_h1", r"\mathrm{net}_{h1}", '"net"_(h 1)',
     "<msub><mi>net</mi><mrow><mi>h</mi><mn>1</mn></mrow></msub>"),
    (Name("delta", Name("o1")), "δ_o1", r"\delta_{o1}", "delta_(o 1)",
     "<msub><mi>δ</mi><mrow><mi>o</mi><mn>1</mn></mrow></msub>"),
    (Number("-0.5"), "−0.5", "-0.5", "-0.5", "<mn>−0.5</mn>"),
    (Number("3.3", -19), "3.3 × 10⁻¹⁹", r"3.3\times 10^{-19}", "3.3 times 10^(-19)",
     "<mrow><mn>3.3</mn><mo>×</mo><msup><mn>10</mn><mn>−19</mn></msup></mrow>"),
    (Number("1,000"), "1,000", "1{,}000", '"1,000"', "<mn>1,000</mn>"),
    (Row((Z, Sign("-"), TWO)), "z − 2", "z - 2", "z minus 2",
     "<mi>z</mi><mo>−</mo><mn>2</mn>"),
    (Row((Z, Sign("="), Sign("-"), TWO)), "z = −2", "z = -2", "z eq minus 2",
     '<mi>z</mi><mo>=</mo><mo form="prefix">−</mo><mn>2</mn>'),
    (Row((Words("since "), Number("-0.3"), Sign("≤"), Number("0"))), "since −0.3 ≤ 0",
     r"\text{since }{-}0.3 \le 0", '"since "class("normal",minus)0.3 lt.eq 0',
     "<mtext>since\u00a0</mtext><mn>−0.3</mn><mo>≤</mo><mn>0</mn>"),
    (Row((Words("a"), Row((Sign("-"), Z)))), "a−z", r"\text{a}{-}z", '"a"class("normal",minus)z',
     '<mtext>a</mtext><mo form="prefix">−</mo><mi>z</mi>'),
    (Row((Row((Sign("="), W)), Row((Sign("-"), Z)))), "= w5 − z", "= w_{5} - z",
     "eq w_(5)minus z", "<mo>=</mo><msub><mi>w</mi><mn>5</mn></msub><mo>−</mo><mi>z</mi>"),
    (Cases(((Z, Row((Words("if "), Row((Z, Sign(">"), TWO))))), (TWO, Words("otherwise")))),
     "{ z if z > 2; 2 otherwise }",
     r"\begin{cases}z & \text{if }z > 2 \\ 2 & \text{otherwise}\end{cases}",
     'cases(z&quad "if "z gt 2,2&quad "otherwise")',
     '<mrow><mo form="prefix" stretchy="true">{</mo><mtable class="cases"><mtr><mtd><mi>z</mi>'
     "</mtd><mtd><mtext>if\u00a0</mtext><mi>z</mi><mo>&gt;</mo><mn>2</mn></mtd></mtr><mtr><mtd>"
     "<mn>2</mn></mtd><mtd><mtext>otherwise</mtext></mtd></mtr></mtable></mrow>"),
    (Name("sigma", sup=Sign("′")), "σ′", r"\sigma^{\prime}", "sigma^(prime)",
     '<mrow><mi>σ</mi><mo lspace="0" rspace="0">′</mo></mrow>'),
    (Fraction(Row((Name("partial"), Name("E"))), Row((Name("partial"), W))), "∂E/∂w5",
     r"\frac{\partial E}{\partial w_{5}}", "frac(partial E,partial w_(5))",
     "<mfrac><mrow><mi>∂</mi><mi>E</mi></mrow><mrow><mi>∂</mi><msub><mi>w</mi><mn>5</mn></msub>"
     "</mrow></mfrac>"),
    (Power(Call(Name("sigma"), (Z,)), TWO), "σ(z)²", r"{\sigma(z)}^{2}",
     "attach(sigma lr((z)),t:2)",
     '<msup><mrow><mi>σ</mi><mo>&#x2061;</mo><mrow><mo form="prefix" stretchy="false">(</mo><mrow>'
     '<mi>z</mi></mrow><mo form="postfix" stretchy="false">)</mo></mrow></mrow><mn>2</mn></msup>'),
    (Power(Fraction(Z, TWO), TWO), "(z/2)²", r"\mathopen{}\left(\frac{z}{2}\right)^{2}",
     "lr((frac(z,2)))^(2)",
     '<msup><mrow><mo form="prefix" stretchy="true">(</mo><mrow><mfrac><mi>z</mi><mn>2</mn></mfrac>'
     '</mrow><mo form="postfix" stretchy="true">)</mo></mrow><mn>2</mn></msup>'),
    (Call(Name("max"), (Number("0"), Z)), "max(0, z)", r"\max(0,\,z)", r"max lr((0\,z))",
     '<mrow><mi>max</mi><mo>&#x2061;</mo><mrow><mo form="prefix" stretchy="false">(</mo><mrow>'
     '<mn>0</mn><mo>,</mo><mi>z</mi></mrow>'
     '<mo form="postfix" stretchy="false">)</mo></mrow></mrow>'),
    (Name("m\u0302"), "m\u0302", r"\hat{m}", "hat(m)",
     '<mover accent="true"><mi>m</mi><mo stretchy="false">^</mo></mover>'),
    (Words('50% of {"x"}'), '50% of {"x"}', r"\text{50\% of \{''x''\}}",
     r'"50% of {\"x\"}"', "<mtext>50% of {&quot;x&quot;}</mtext>"),
    (Pointer(7), "(7)", r"\text{\hyperref[eq:7]{(7)}}", "#pointer(7);",
     '<mtext><a href="#eq-7">(7)</a></mtext>'),
]  # fmt: skip


BLANK = Row((Z, Sign("="), Blank(Number("0.25"), 5)))
BLANKS = [  # printer, on the key, on the sheet
    ("plain", "z = 0.25", "z = ____"),
    ("latex", r"z = \underline{\textcolor{hot}{0.25}}", r"z = \underline{\hspace{5em}}"),
    ("github", r"z = \underline{0.25}", r"z = \underline{\hspace{5em}}"),
    ("word", r"z = \underline{0.25}", r"z = \text{" + r"\_" * 10 + "}"),
    ("typst", "z eq filled(0.25)", "z eq#blank(5);"),
    ("mathml", '<mi>z</mi><mo>=</mo><mrow class="filled"><mn>0.25</mn></mrow>',
     '<mi>z</mi><mo>=</mo><mspace class="rule" width="5em"/>'),
    ("svg", '<tspan font-style="italic">z</tspan> = '
     '<tspan class="hot" text-decoration="underline">0.25</tspan>',
     '<tspan font-style="italic">z</tspan> = __________'),
]  # fmt: skip


@pytest.mark.parametrize(("name", "key", "sheet"), BLANKS)
def test_a_blank_is_filled_on_the_key_and_a_rule_on_the_sheet(
    name: str, key: str, sheet: str
) -> None:
    assert {True: key, False: sheet} == {
        reveal: PRINTERS[name](reveal).print(BLANK) for reveal in (True, False)
    }


def test_every_printer_has_a_blank() -> None:
    assert {name for name, _, _ in BLANKS} == set(PRINTERS)


def test_every_kind_of_node_is_tried() -> None:
    assert {type(node) for node in ONE_OF_EACH} == set(get_args(Node))


@pytest.mark.parametrize("name", PRINTERS)
@pytest.mark.parametrize("node", ONE_OF_EACH, ids=lambda node: type(node).__name__)
def test_every_printer_prints_every_kind_of_node(name: str, node: Node) -> None:
    assert PRINTERS[name]().print(node).strip()


@pytest.mark.parametrize("name", PRINTERS)
@pytest.mark.parametrize("sign", SIGNS)
def test_every_printer_knows_every_sign(name: str, sign: str) -> None:
    assert isinstance(PRINTERS[name]().print(Row((Z, Sign(sign), W))), str)


@pytest.mark.parametrize("name", PRINTERS)
@pytest.mark.parametrize("letter", GREEK)
def test_a_greek_letter_prints_the_same_by_name_and_by_sight(name: str, letter: str) -> None:
    printer = PRINTERS[name]()
    assert printer.print(Name(GREEK[letter])) == printer.print(Name(letter)) != ""


@pytest.mark.parametrize(("node", "text", "latex", "typst", "mathml"), EXPECTED)
def test_nodes_print_as_each_language_writes_them(
    node: Node, text: str, latex: str, typst: str, mathml: str
) -> None:
    printed = {name: PRINTERS[name]().print(node) for name in ("latex", "typst", "mathml")}
    assert {"latex": latex, "typst": typst, "mathml": mathml} == printed
    assert text == plain(node)


def test_github_has_no_colours_links_or_bare_pipes() -> None:
    node = Row((Marked(TWO, "hot"), Pointer(7), Bracket(Z, "||"), Words("a|b `c` 5%"), Sign("<")))
    assert (
        r"\mathbf{2}\text{(7)}\lvert z\rvert\text{a}{\vert}\text{b }\text{‘}\text{c}\text{‘}"
        r"\text{ 5}\% \lt" == PRINTERS["github"]().print(node)
    )


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Bracket(Z), r"\left( z \right)"),
        (Bracket(Z, "||"), r"\left\vert z \right\vert"),
        (Call(Name("tanh"), (Z,)), r"\text{tanh}\left( z \right)"),
        (Name("w", sup=Sign("+")), r"w^{\text{+}}"),
        (Name("w", sup=Sign("-")), r"w^{\text{−}}"),
        (Row((Sign("="), Z)), "\\text{\u200b}= z"),
        (Row((Sign("-"), Z)), "-z"),
    ],
)
def test_word_has_pairs_of_brackets_and_no_sign_without_what_it_joins(
    node: Node, expected: str
) -> None:
    assert expected == PRINTERS["word"]().print(node)


def test_a_condition_says_its_own_words() -> None:
    node = Cases(((Z, Row((Words("falls "), W))), (TWO, Words("sonst"))))
    printed = {name: PRINTERS[name]().print(node) for name in PRINTERS}
    assert [] == [name for name, text in printed.items() if "if" in text or "falls" not in text]


def test_a_spoken_line_reads_as_one_says_it() -> None:
    d = Fraction(Row((Name("partial"), Name("E"))), Row((Name("partial"), W)))
    line = Row(
        (
            d,
            Sign("="),
            Number("0.741365"),
            Sign("×"),
            Number("0.186816"),
            Sign("≈"),
            Number("0.138"),
        )
    )
    assert plain(line) == "∂E/∂w5 = 0.741365 × 0.186816 ≈ 0.138"


@given(st.text())
def test_words_cannot_leave_their_quotes(text: str) -> None:
    for name in ("mathml", "svg"):
        markup = f"<x>{PRINTERS[name]().print(Words(text))}</x>"
        assert ElementTree.fromstring(markup) is not None
    latex = PRINTERS["latex"]().print(Words(text))
    assert latex.isascii()
    assert _balanced(latex)
    assert _balanced(PRINTERS["github"]().print(Words(text)))
    typst = PRINTERS["typst"]().print(Words(text))
    assert '"' not in typst[1:-1].replace("\\\\", "").replace('\\"', "")


def _balanced(latex: str) -> bool:
    depth = 0
    for brace in (c for c in latex.replace("\\{", "").replace("\\}", "") if c in "{}"):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0
