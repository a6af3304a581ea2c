"""What people write as numbers: digits that are kept, commas, powers, arithmetic; and what is none."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.checking.numerals import LONGEST, Number, Unreadable, read

NUMBERS = {
    "0.0820": ("0.082", "0.00005", 3, 4),
    "-0.5": ("-0.5", "0.05", 1, 1),
    "−0,0381": ("-0.0381", "0.00005", 3, 4),
    "+.5": ("0.5", "0.05", 1, 1),
    "12": ("12", "0.5", 2, 0),
    "1,5": ("1.5", "0.05", 2, 1),
    "1,1059": ("1.1059", "0.00005", 5, 4),
    "3.8e-2": ("0.038", "0.0005", 2, 3),
    "3.8 × 10^-2": ("0.038", "0.0005", 2, 3),
    "3,8·10⁻²": ("0.038", "0.0005", 2, 3),
    "≈ 0.3775": ("0.3775", "0.00005", 4, 4),
    "= 0.3775": ("0.3775", "0.00005", 4, 4),
    "0.3775…": ("0.3775", "0.00005", 4, 4),
    "0.296 144": ("0.296144", "0.0000005", 6, 6),
    "12\u202f345": ("12345", "0.5", 5, 0),
    "-1 234 567.890 12": ("-1234567.89012", "0.000005", 12, 5),
    "0": ("0", "0.5", 0, 0),
}  # fmt: skip


@pytest.mark.parametrize("text", NUMBERS)
def test_digits_are_kept(text: str):
    middle, half, digits, decimals = NUMBERS[text]

    found = read(text)

    assert Number(Fraction(middle), Fraction(half), digits, decimals) == found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.15*0.05 + 0.20*0.10 + 0.35", 0.3775),
        ("-(0,01-0,7514)*0,1868", 0.13849352),
        ("1/(1+exp(-0.3775))", 0.5932699921071872),
        ("2^3 ÷ 4", 2.0),
        ("0.5·0.5", 0.25),
        ("max(1,2)", 2.0),
        ("max(0, 0,5)", 0.5),
        ("max(0; 0,5) + min(1; 2)", 1.5),
        ("12 000 * 2", 24_000.0),
    ],
)
def test_arithmetic_is_calculated(text: str, value: float):
    found = read(text)

    assert isinstance(found, Number)
    assert value == pytest.approx(float(found.middle), rel=1e-12)


def test_arithmetic_with_rounded_numbers_is_as_loose_as_they_are():
    found = read("0.5 * 0.25")

    assert isinstance(found, Number)
    assert 0.05 * 0.25 + 0.5 * 0.005 == pytest.approx(float(found.half))


@pytest.mark.parametrize("text", ["", "  ", "___", "…", "...", "?", "-", "—"])
def test_nothing_is_blank(text: str):
    found = read(text)

    assert Unreadable("", is_blank=True) == found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1,234", "'1,234': a decimal comma or thousands? write 1.234"),
        ("1 2", "one number or two? leave the space out, or put a sign in its place"),
        ("0 123", "one number or two? leave the space out, or put a sign in its place"),
        ("0.37 75", "one number or two? leave the space out, or put a sign in its place"),
        ("12 345 6", "one number or two? leave the space out, or put a sign in its place"),
        ("0.5*1 2", "one number or two? leave the space out, or put a sign in its place"),
        ("nan", "at character 1: there is no 'nan' here"),
        ("inf", "at character 1: there is no 'inf' here"),
        ("1e999", "the power of ten is beyond what can be calculated"),
        ("9**9**9", "at character 2: too large an exponent"),
        ("1/0", "at character 2: this part has no value"),
        ("x" * 201, "201 characters, at most 200"),
        ("w5*2", "at character 1: there is no 'w5' here"),
    ],
)
def test_what_is_no_number_is_told_why(text: str, reason: str):
    found = read(text)

    assert Unreadable(reason) == found


@settings(max_examples=400, deadline=500)
@given(st.text(alphabet=st.sampled_from("0123456789.,eE+-*/^()×·⁻² _\x00nasinx"), max_size=60))
def test_any_text_is_a_finite_number_or_none(text: str):
    found = read(text)

    assert isinstance(found, Unreadable) or (
        abs(found.low) < 1e301 and abs(found.high) < 1e301 and found.half >= 0
    )


@given(st.text(max_size=LONGEST + 50))
def test_no_text_raises(text: str):
    assert isinstance(read(text), Number | Unreadable)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-1000, max_value=1000)
)
def test_a_decimal_stands_for_what_rounds_to_it(value):
    found = read(f"{value:.6f}")

    assert isinstance(found, Number)
    assert (Fraction(value), Fraction(1, 2_000_000)) == (found.middle, found.half)
