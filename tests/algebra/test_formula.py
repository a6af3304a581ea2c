"""A person's formula is read as arithmetic or refused with a place; it is never run."""

from __future__ import annotations

import math
import sys
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.algebra.formula import (
    FLOATS,
    OPERATIONS,
    Binary,
    Constant,
    Formula,
    Function,
    Literal,
    Negative,
    Variable,
    fold,
    parse,
    variables,
    written,
)
from derive.errors import ProblemError


def value(text: str, **values: float) -> float:
    return float(fold(parse(text, values), values, FLOATS))


def refusal(text: str, names: tuple[str, ...] = ("z",)) -> str:
    with pytest.raises(ProblemError) as caught:
        parse(text, names)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1+2*3", 7.0),
        ("(1+2)*3", 9.0),
        ("10-4-3", 3.0),
        ("16/4/2", 2.0),
        ("-z^2", -9.0),
        ("(-z)**2", 9.0),
        ("2^3^2", 512.0),
        ("2**-1", 0.5),
        ("2*-z", -6.0),
        ("+z", 3.0),
        ("--z", 3.0),
        (".5 + 1. + 1e-1", 1.6),
        ("max(z, 0) + min(1, z, -2)", 1.0),
        ("sign(-z) + abs(-z)", 2.0),
        ("sigmoid(0)", 0.5),
        ("log(e) + ln(e**2)", 3.0),
        ("cos(pi)", -1.0),
        ("sqrt(z + 6) * erf(0) + sinh(0) + cosh(0) + tanh(0) + sin(0)", 1.0),
        (" exp(\n0 )\t", 1.0),
    ],
)
def test_means_what_arithmetic_means(text: str, expected: float) -> None:
    assert value(text, z=3.0) == pytest.approx(expected)


def test_keeps_the_digits() -> None:
    assert parse("0.10*z", ["z"]) == Binary("multiply", Literal("0.10"), Variable("z"))


def test_a_variable_may_be_called_e() -> None:
    assert parse("e", ["e"]) == Variable("e")
    assert parse("e", ["z"]) == Constant("e")


def test_tells_its_variables() -> None:
    assert variables(parse("t - max(o, 2)*pi", ["t", "o", "z"])) == {"t", "o"}


def test_every_operation_has_a_number() -> None:
    assert set(FLOATS) == set(OPERATIONS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "an empty formula (for example z/(1 + abs(z)))"),
        ("  ", "an empty formula (for example z/(1 + abs(z)))"),
        ("z+", "at character 3: the formula ends too early (something is missing here)"),
        ("(z", "at character 1: this bracket is never closed (add ')')"),
        ("z)", "at character 2: this bracket was never opened (remove it, or add '(')"),
        ("2z", "at character 2: no sign before 'z' (write the multiplication: 2*z)"),
        ("(z)(z)", "at character 4: no sign before '(' (write the multiplication: 2*z)"),
        ("z*/z", "at character 3: '/' is out of place (a number, a name or '(' belongs here)"),
        ("exp z", "at character 1: 'exp' needs brackets (write exp(…))"),
        ("exp(z, 1)", "at character 1: 'exp' with 2 arguments (give it one)"),
        ("max(z)", "at character 1: 'max' with 1 argument (give it two or more)"),
        ("1 + tnh(z)", "at character 5: there is no 'tnh' here (did you mean 'tanh'?)"),
        ("z**65", "at character 2: too large an exponent (at most 64)"),
        ("z**-(60 + 5)", "at character 2: too large an exponent (at most 64)"),
        ("1e999", "at character 1: 1e999 is too large (numbers go from 1e-100 to 1e12)"),
        ("1e-999", "at character 1: 1e-999 is too small (numbers go from 1e-100 to 1e12)"),
        ("9" * 41, "at character 1: a number of 41 digits (at most 40)"),
        ("((z**64)**64)**2", "at character 9: powers of powers grow too large here "
         "(use smaller exponents)"),
        ("z/(2-2) + 1/(2-2)", "at character 12: this part has no value "
         "(it divides by zero, overflows, or is not a real number)"),
        ("z*" * 250 + "z", "a formula of 501 characters (at most 500)"),
        ("z" + "+z" * 120, "at character 200: the formula is too long "
         "(at most 200 names and signs)"),
        ("(" * 31 + "z", "at character 31: too many levels (at most 30 inside each other)"),
        ("-" * 31 + "z", "at character 31: too many levels (at most 30 inside each other)"),
    ],
)  # fmt: skip
def test_says_what_is_wrong_and_where(text: str, message: str) -> None:
    assert refusal(text) == message


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("z.__class__", 2),
        ("__import__('os').system('id')", 12),
        ("(lambda: z)()", 8),
        ("[z for z in z]", 1),
        ("{z}", 1),
        ("f'{z}'", 2),
        ('"z"', 1),
        ("(z := 1)", 4),
        ("z[0]", 2),
        ("z if z else z", 3),
        ("z; z", 2),
        ("z\\\nz", 2),
        ("z @ z", 3),
        ("z % 2", 3),
        ("z // 2", 4),
        ("~z", 1),
        ("z == z", 3),
        ("eval(z)", 1),
        ("1_000", 2),
        ("0x10", 2),
        ("1j", 2),
        ("z\x00", 2),
        ("\u0437 + z", 1),  # a Cyrillic letter that looks like one
        ("z \u2212 1", 3),
        ("\uff5a", 1),
        ("z\u00a0+ 1", 2),
        ("\ud800", 1),
        ("#z", 1),
    ],
)
def test_refuses_whatever_is_not_arithmetic(text: str, at: int) -> None:
    assert refusal(text).startswith(f"at character {at}: ")


@pytest.mark.parametrize(
    "text",
    [
        "((((9**64)**64)**64)**64)**64",
        "9**(9**(9**9))",
        "((1/9**64)**64)**2",
        "exp(exp(exp(exp(100))))",
        "2**64**64",
        "((((z**64)**64)**64)**64)**64",
        "(((2**64)*(2**64))**64)*z",
    ],
)
def test_refuses_towers_at_once(text: str) -> None:
    refusal(text)


def formulas() -> st.SearchStrategy[Formula]:
    leaves: st.SearchStrategy[Formula] = st.one_of(
        st.decimals(0, 1000, places=3).map(lambda d: Literal(str(d))),
        st.sampled_from([Variable("z"), Constant("pi"), Constant("e")]),
    )

    def larger(parts: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
        joined = st.builds(
            Binary, st.sampled_from(["add", "subtract", "multiply", "divide"]), parts, parts
        )
        small = st.integers(0, 5).map(lambda n: Literal(str(n)))
        power = st.builds(Binary, st.just("power"), parts, st.one_of(small, small.map(Negative)))
        single = st.sampled_from(["exp", "ln", "sqrt", "abs", "tanh", "sign", "erf", "sigmoid"])
        called = st.builds(Function, single, parts.map(lambda part: (part,)))
        several = st.builds(Function, st.sampled_from(["max", "min"]), st.tuples(parts, parts))
        return st.one_of(joined, power, called, several, st.builds(Negative, parts))

    return st.recursive(leaves, larger, max_leaves=12)


@given(formulas())
def test_written_formulas_read_back(formula: Formula) -> None:
    text = written(formula)
    try:
        again = parse(text, ["z"])
    except ProblemError as error:  # a part without a value, such as ln(0), is refused, in words
        assert "at character" in str(error) or "characters" in str(error)
    else:
        assert formula == again


@given(st.text(max_size=60) | st.text("z+-*/^()., eE0123456789\nmaxpi", max_size=60))
@settings(max_examples=400)
def test_random_text_ends_in_a_formula_or_a_message(text: str) -> None:
    try:
        formula = parse(text, ["z"])
    except ProblemError:
        return
    with suppress(ArithmeticError, ValueError):
        fold(formula, {"z": 0.5}, FLOATS)
    assert variables(formula) <= {"z"}


@given(st.text("(-)*+z^,max", min_size=200, max_size=500))
def test_nesting_never_reaches_pythons_limit(text: str) -> None:
    with suppress(ProblemError):
        parse(text, ["z"])


def test_reads_in_little_stack() -> None:
    limit = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(_depth() + 260)
        formula = parse("(" * 30 + "z" + ")" * 30, ["z"])
    finally:
        sys.setrecursionlimit(limit)
    assert formula == Variable("z")


def _depth() -> int:
    frame, depth = sys._getframe(), 0
    while frame.f_back is not None:
        frame, depth = frame.f_back, depth + 1
    return depth


def test_the_numbers_agree_with_pythons() -> None:
    assert value("sigmoid(-800)", z=0.0) == pytest.approx(0.0)
    assert value("exp(z)", z=1.0) == math.e
