"""Where a formula that is too wide is broken."""

from __future__ import annotations

import pytest

from derive.writing.maths import Blank, Cases, Name, Node, Number, Row, Sign, Words
from derive.writing.width import split, width

X, PLUS, EQUAL = Name("x"), Sign("+"), Sign("=")
LONG = Number("0.123456789")


@pytest.mark.parametrize(
    ("node", "pieces"),
    [
        (Row((EQUAL, X)), [Row((EQUAL, X))]),
        (Row((EQUAL, LONG, PLUS, LONG)), [Row((EQUAL, LONG)), Row((PLUS, LONG))]),
        (Row((EQUAL, LONG, EQUAL, LONG)), [Row((EQUAL, LONG)), Row((EQUAL, LONG))]),
    ],
)
def test_a_formula_is_broken_before_a_sign(node: Node, pieces: list[Node]) -> None:
    assert pieces == split(node, 8)


def test_a_part_that_is_split_again_leaves_no_empty_piece() -> None:
    part = Row((Words(""), Row((PLUS, LONG, Sign("·"), LONG))))
    assert [Row((Words(""), PLUS, LONG)), Row((Sign("·"), LONG))] == split(part, 8)


def test_a_blank_is_as_wide_as_its_rule_or_what_belongs_on_it() -> None:
    assert 9 == width(Blank(X, 9))
    assert width(LONG) == width(Blank(LONG, 1))


def test_the_words_of_a_condition_count() -> None:
    without, worded = (
        width(Cases(((X, Row((Words(words), X))),))) for words in ("", "whenever it holds that ")
    )
    assert without + 10 < worded
