"""Formulas as NumPy code: the code, run, gives what the formula means; and it reads well."""

from __future__ import annotations

import ast
import math
import random
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import Expr, Rational, Symbol

from derive.algebra.fold import FLOATS, fold
from derive.algebra.formula import FUNCTIONS, SEVERAL, written
from derive.algebra.formula_tree import (
    Binary,
    Constant,
    Formula,
    Function,
    Literal,
    Negative,
    Variable,
)
from derive.algebra.ordered import Constant as Typed
from derive.algebra.ordered import Largest, minus, negative, over, plus, power, squared, times
from derive.algebra.rule import A, O, T, Z, derivative
from derive.catalogue.activations import ACTIVATIONS
from derive.catalogue.layers.dense import joint_rule
from derive.catalogue.losses import LOSSES
from derive.catalogue.optimizers import OPTIMIZERS, with_decay
from derive.catalogue.user import user_activation, user_loss
from derive.errors import ProblemError
from derive.writing.code import code
from derive.writing.literals import literal

NAMES = {"np": np, "math": math, "erf": np.vectorize(math.erf, otypes=[float]), "__builtins__": {}}


def run(text: str, values: dict[str, Any]) -> Any:
    with np.errstate(all="ignore"):
        return eval(text, NAMES | values)


def meant(expression: Expr, values: dict[str, Any]) -> Any:
    with np.errstate(all="ignore"):
        return fold(expression, lambda symbol: values[str(symbol)], FLOATS)


def own(seed: int) -> Expr | None:
    """A random formula as a person's own, or None where it is refused."""
    tree = Binary("add", formula(random.Random(seed), 4, ("z",)), Variable("z"))
    try:
        return user_activation("own", written(tree)).formula(Z)
    except ProblemError:
        return None


def assert_the_code_means_it(expression: Expr, values: dict[str, Any]) -> None:
    text = code(expression)

    np.testing.assert_allclose(
        run(text, values), meant(expression, values), rtol=1e-10, atol=1e-13, err_msg=text
    )


def drawn(seed: int, names: set[str], low: float = -3, high: float = 3) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    return {name: rng.uniform(low, high, 7) for name in sorted(names)}


def slots(expression: Expr) -> set[str]:
    return {str(s) for s in expression.free_symbols if not isinstance(s, Typed)}


# --- what the catalogue says ---------------------------------------------------------------------


def catalogue() -> dict[str, Expr]:
    """Every formula of the catalogue, its taught slope and the one that SymPy finds."""
    found: dict[str, Expr] = {}
    for name, entry in ACTIVATIONS.items():
        if entry.joint:
            rule = joint_rule(entry)
            found[name], found[f"{name} sum"] = rule.formula, *rule.sums.values()
            found |= {f"{name} {p.members}": p.taught for p in rule.special}
            continue
        constants = {key: Typed(p.default) for key, p in entry.parameters.items()}
        found[name] = entry.formula(Z, **constants)
        found[f"{name} slope"] = entry.slope(Z, A, **constants)
        found[f"{name} found"] = derivative(entry.formula(Z, **constants), Z)
    for name, entry in LOSSES.items():
        constants = {key: Typed(p.default) for key, p in entry.parameters.items()}
        found[name] = entry.term(T, O, **constants)
        found[f"{name} slope"] = entry.slope(T, O, **constants)
    for name, entry in OPTIMIZERS.items():
        found |= {f"{name} {kind}": line for kind, line in with_decay(entry).lines}
    return found


CATALOGUE = catalogue()


@pytest.mark.parametrize("name", CATALOGUE)
@pytest.mark.parametrize("seed", range(3))
def test_the_catalogues_formulas(name: str, seed: int):
    expression = CATALOGUE[name]
    foreign = (sympy.DiracDelta, sympy.Heaviside, sympy.Derivative)
    positive = bool({"o", "square_new", "square_hat"} & slots(expression)) or "hat" in name

    if not expression.has(*foreign):  # SymPy's idea of max′, which the taught form replaces
        low, high = (0.05, 0.95) if positive else (-3, 3)
        assert_the_code_means_it(expression, drawn(seed, slots(expression), low, high))


def test_it_reads_as_somebody_would_write_it():
    slope = Typed("0.01")
    expected = {
        "1 / (1 + np.exp(-z))": ACTIVATIONS["sigmoid"].formula(Z),
        "a * (1 - a)": ACTIVATIONS["sigmoid"].slope(Z, A),
        "np.tanh(z)": ACTIVATIONS["tanh"].formula(Z),
        "1 - a**2": ACTIVATIONS["tanh"].slope(Z, A),
        "np.maximum(0, z)": ACTIVATIONS["relu"].formula(Z, Typed("0")),
        "np.where(z > 0, 1.0, 0.0)": ACTIVATIONS["relu"].slope(Z, A, Typed("0")),
        "np.where(z > 0, z, 0.01 * z)": ACTIVATIONS["leaky_relu"].formula(Z, slope),
        "np.log(1 + np.exp(z))": ACTIVATIONS["softplus"].formula(Z),
        "z * 0.5 * (1 + erf(z / np.sqrt(2)))": ACTIVATIONS["gelu"].formula(Z),
        "0.5 * (t - o) ** 2": LOSSES["half_squared_error"].term(T, O),
        "-(t - o)": LOSSES["half_squared_error"].slope(T, O),
        "-2 * (t - o)": LOSSES["squared_error"].slope(T, O),
        "-(t * np.log(o) + (1 - t) * np.log(1 - o))": LOSSES["binary_cross_entropy"].term(T, O),
        "(o - t) / (o * (1 - o))": LOSSES["binary_cross_entropy"].slope(T, O),
        "-t / o": LOSSES["cross_entropy"].slope(T, O),
        "np.where(t * o < 1, -t, 0.0)": LOSSES["hinge"].slope(T, O),
    }

    assert list(expected) == [code(expression) for expression in expected.values()]


# --- formulas of all kinds -----------------------------------------------------------------------


def formula(rng: random.Random, depth: int, names: tuple[str, ...]) -> Formula:
    """A random formula with every sign and function that can be typed."""
    if depth == 0:
        leaves = [Variable(rng.choice(names)), Variable(rng.choice(names)),
                  Literal(rng.choice(["2", "3", "0.5", "1.50", ".25", "7", "1e-1", "5."])),
                  Constant(rng.choice(["pi", "e"]))]  # fmt: skip
        return rng.choice(leaves)

    def part() -> Formula:
        return formula(rng, rng.randrange(depth), names)

    kind = rng.choice(["binary", "binary", "negative", "power", "function"])
    if kind == "negative":
        return Negative(part())
    if kind == "power":
        exponent = Literal(rng.choice(["2", "3", "0.5", "1"]))
        return Binary("power", part(), rng.choice([exponent, Negative(exponent)]))
    if kind == "binary":
        return Binary(rng.choice(["add", "subtract", "multiply", "divide"]), part(), part())
    name = rng.choice(sorted(set(FUNCTIONS.values())))
    count = rng.randint(2, 3) if name in SEVERAL else 1
    return Function(name, tuple(part() for _ in range(count)))


def settled(expression: Expr, values: dict[str, Any]) -> bool:
    """Whether the value hangs on no cancelled digits: a hair's breadth changes it by a hair's breadth."""
    if expression.has(sympy.zoo, sympy.nan, sympy.oo):
        return False
    try:
        here = meant(expression, values)
        there = meant(expression, {name: value * (1 + 1e-13) for name, value in values.items()})
    except ArithmeticError:  # constants that divide by 0
        return False
    with np.errstate(all="ignore"):
        close = np.abs(there - here) <= 1e-11 * np.abs(here) + 1e-14
    return bool(np.all(close & (np.abs(here) < 1e12)))


@pytest.mark.parametrize("seed", range(400))
def test_formulas_of_a_persons_own(seed: int):
    expression, values = own(seed), drawn(seed, {"z"}, 0.1, 2.5)
    slope = None if expression is None else derivative(expression, Z)

    for known in (expression, slope):
        if known is not None and settled(known, values):
            assert_the_code_means_it(known, values)


def test_most_of_the_formulas_above_are_compared():
    formulas = {seed: own(seed) for seed in range(400)}
    compared = [
        seed for seed, expression in formulas.items()
        if expression is not None and settled(expression, drawn(seed, {"z"}, 0.1, 2.5))
    ]  # fmt: skip

    assert 200 <= len(compared)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_that_can_be_typed(function: str):
    text = f"{function}(z{', 0.5, 1' if function in SEVERAL else ''})"
    expression = user_activation("own", text).formula(Z)
    values = drawn(1, {"z"}, 0.1, 2)

    assert_the_code_means_it(expression, values)
    assert_the_code_means_it(derivative(expression, Z) + Z, values)


def test_a_loss_of_a_persons_own():
    expression = user_loss("own", "(t-o)^4/4 + max(0, o-t, 0.1)*abs(t)").term(T, O)

    assert "(t - o) ** 4 / 4 + np.maximum(np.maximum(0, o - t), 0.1) * np.abs(t)" == code(
        expression
    )
    assert_the_code_means_it(expression, drawn(3, {"t", "o"}))


# --- brackets, numbers, names --------------------------------------------------------------------

x, y = Symbol("x"), Symbol("y")


@pytest.mark.parametrize(
    ("expected", "expression"),
    [
        ("x - (x - y)", minus(x, minus(x, y))),
        ("x / (x * y)", over(x, times(x, y))),
        ("x * y / 2", over(times(x, y), 2)),
        ("(x + y) * (x - y)", times(plus(x, y), minus(x, y))),
        ("(-x) ** 2", squared(negative(x))),
        ("x * (-y)", times(x, negative(y))),
        ("1 / x**3", power(x, -3)),
        ("1 / np.sqrt(x)", power(x, Rational(-1, 2))),
        ("x ** (1 / 3)", power(x, Rational(1, 3))),
        ("x**2.5", power(x, Rational(5, 2))),
        ("(x**y) ** 2", squared(power(x, y))),
        ("1 / x**y", power(x, negative(y))),
        ("np.maximum(np.maximum(x, y), 3)", Largest(x, y, 3)),
        ("0.50 * x", times(Typed("0.50"), x)),
        ("x * (-0.50)", times(x, Typed("-0.50"))),
        ("x - 0.50", plus(x, Typed("-0.50"))),
        ("-0.50 * x", times(Typed("-0.50"), x)),
    ],
)  # fmt: skip
def test_brackets_stand_where_they_are_needed(expected: str, expression: Expr):
    assert expected == code(expression)


def test_whole_numbers_never_outgrow_an_array():
    nine = sympy.Integer(9)
    big = times(times(nine, power(nine, 60)), x)

    text = code(times(sympy.Integer(10**12), sympy.Integer(10**12), big))

    assert "1000000000000.0 * 1000000000000 * 9 * 9.0**60 * x" == text
    assert_the_code_means_it(big, {"x": np.array([1.0, 2.0])})


def test_a_number_beyond_all_doubles_is_infinite_and_no_error():
    assert math.inf == run(code(sympy.Integer(10) ** 400 + 0 * x), {})


@pytest.mark.parametrize(
    ("expected", "text"),
    [("0.20", "0.20"), ("-0.5", "-.5"), ("1e-3", "1E-3"), ("1e12", "1e+12"), ("7", "007"),
     ("5.0", "5."), ("0", "0"), ("0.0", "00.0"), ("2.0e3", "2.e3")],
)  # fmt: skip
def test_numbers_keep_their_digits(expected: str, text: str):
    assert expected == literal(text)
    assert float(text) == ast.literal_eval(literal(text))


@pytest.mark.parametrize(
    "text",
    ["", "-", ".", "1e", "inf", "nan", "1_0", "0x1F", "1;2", "x", "1\n2", "٣", "1 ", "--1", "1j"],
)
def test_what_is_no_number_is_refused(text: str):
    with pytest.raises(ValueError, match="no number"):
        literal(text)


@pytest.mark.parametrize(
    "name", ["__import__('os')", "a b", "p['x']", 'p["x"].y', "x;y", 'p["x\ny"]']
)
def test_what_is_no_name_is_refused(name: str):
    with pytest.raises(ValueError, match="no number"):
        code(x + 1, lambda _: name)


def test_a_slot_can_stand_for_an_entry_of_a_table():
    assert 'p["W1"] - 0.5 * g[0]' == code(
        minus(x, times(Typed("0.5"), y)), {x: 'p["W1"]', y: "g[0]"}.__getitem__
    )
