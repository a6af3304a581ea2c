"""Every line from the numbers as printed: against a slow reference, on ties, and where nothing is left."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from fractions import Fraction
from functools import reduce
from operator import mul
from typing import Any

import numpy as np
import pytest
from sympy import Basic, Symbol

import derive
from derive.algebra.places import Place
from derive.errors import ProblemError
from derive.example import Example
from tests import by_hand, exactly, networks
from tests.exactly import Exact, Policy, number

# --- one quantity after the other, from SymPy's formulas ------------------------------------------

_FUNCTIONS = {
    "exp": exactly.exp, "log": exactly.ln, "tanh": exactly.tanh, "erf": exactly.erf,
    "sinh": exactly.sinh, "cosh": exactly.cosh, "sin": exactly.sin, "cos": exactly.cos,
    "Abs": abs, "Magnitude": abs, "sign": lambda v: number((v.value > 0) - (v.value < 0)),
    "Signum": lambda v: number((v.value > 0) - (v.value < 0)),
    "Max": lambda *parts: max(parts, key=lambda part: part.value),
    "Min": lambda *parts: min(parts, key=lambda part: part.value),
    "Largest": lambda *parts: max(parts, key=lambda part: part.value),
    "Smallest": lambda *parts: min(parts, key=lambda part: part.value),
    "Pow": exactly.power, "Exp1": lambda: exactly.exp(number(1)), "Pi": exactly.pi,
    "Add": lambda *terms: sum(terms, number(0)), "Mul": lambda *factors: reduce(mul, factors),
}  # fmt: skip
_CONDITIONS = {
    "StrictGreaterThan": lambda a, b: a > b, "GreaterThan": lambda a, b: a >= b,
    "StrictLessThan": lambda a, b: a < b, "LessThan": lambda a, b: a <= b,
    "Equality": lambda a, b: a == b, "Unequality": lambda a, b: a != b,
}  # fmt: skip


def worth(formula: Any, known: Mapping[Symbol, Exact]) -> Exact:
    """What a formula comes to."""
    name = type(formula).__name__
    if name == "Constant":
        return number(formula.name)
    if formula.is_Symbol:
        return known[formula]
    if formula.is_Rational:
        return number(Fraction(int(formula.p), int(formula.q)))
    if name == "Piecewise":
        value = next(value for value, condition in formula.args if holds(condition, known))
        return worth(value, known)
    return _FUNCTIONS[name](*(worth(part, known) for part in formula.args))


def holds(condition: Basic, known: Mapping[Symbol, Exact]) -> bool:
    name = type(condition).__name__
    if name in ("BooleanTrue", "BooleanFalse"):
        return name == "BooleanTrue"
    if name == "And":
        return all(holds(part, known) for part in condition.args)
    return bool(_CONDITIONS[name](*(worth(part, known).value for part in condition.args)))


def slowly(example: Example) -> dict[int, Fraction]:
    """Every quantity, each from the rounded values of those that its formula uses."""
    made, policy = example.worked.derivation, by_hand.policy(shown(example))
    values: dict[int, Fraction] = {}
    for ids, numbers in made.graph.given:
        for index, quantity in np.ndenumerate(ids):
            values[int(quantity)] = Fraction(numbers.text(*index))
    for family in made.families:
        rule = family.rule
        for member, target in enumerate(family.targets.tolist()):
            columns = family.member(member)
            plain = {s: Exact(values[q]) for s, q in columns.items()
                     if isinstance(q, int) and q in values}  # fmt: skip
            totals = {}
            for total, term in rule.sums.items():
                rows = [q for s, q in columns.items() if isinstance(q, tuple) and s in rule.slots()]
                totals[total] = sum(
                    (
                        worth(term, plain | {s: Exact(values[q[i]]) for s, q in columns.items()
                                             if isinstance(q, tuple) and q[i] in values})
                        for i in range(len(rows[0]))
                    ),
                    number(0),
                )  # fmt: skip
            value = worth(rule.formula, plain | totals)
            copies = rule.formula.is_Symbol and not rule.sums
            values[target] = value.value if copies else policy.shown(value)
    return values


def shown(example: Example) -> dict[str, Any]:
    show = example.problem.show
    return {"digits": {show.digits.kind: show.digits.count}, "rounding": show.rounding}


def problem(seed: int) -> dict[str, Any]:
    """A random network to be calculated with printed numbers."""
    rng = random.Random(seed)
    last, loss = rng.choice(networks.ACTIVATIONS), rng.choice(networks.LOSSES)
    digits = rng.choice([{"significant": rng.randint(3, 9)}, {"decimals": rng.randint(2, 6)}])
    show = {
        "carry": "printed", "digits": digits, "rounding": rng.choice(["half-up", "half-even"]),
        "delta": rng.choice(["add", "subtract"]),
    }  # fmt: skip
    data = networks.drawn(seed, last, loss, deepest=3, widest=3, show=show)
    data["optimizer"] = networks.optimizer(rng, rng.choice(networks.OPTIMIZERS))
    return networks.several(data, seed, rng.randint(1, 3))


@pytest.mark.parametrize("start", range(0, 120, 12))
def test_every_printed_number_is_the_slow_reference_s(start: int):
    compared = 0
    for seed in range(start, start + 12):
        try:
            example = derive.work(derive.read(problem(seed)))
        except ProblemError:
            continue  # the loss cannot take what comes out
        carried = example.worked.carried
        assert carried is not None

        expected = slowly(example)

        assert expected == {q: carried.fraction(q) for q in expected}, seed
        assert {q: float(v) for q, v in expected.items()} == {
            q: example.worked.values[q] for q in expected
        }
        compared += len(expected)
    assert compared > 100


# --- ties ----------------------------------------------------------------------------------------


def product(weight: str, value: str, rounding: str, **digits: int) -> Example:
    """One linear unit whose net input is weight · value."""
    return derive.work(
        derive.read(f"""
        loss = "squared_error"
        learning_rate = 0.1
        [[layers]]
        weights = [[{weight}]]
        bias = false
        activation = "identity"
        [[samples]]
        inputs = [{value}]
        targets = [0]
        [show]
        carry = "printed"
        rounding = "{rounding}"
        digits = {{ {next(iter(digits))} = {next(iter(digits.values()))} }}
    """)
    )


TIES = [
    # 0.125, 0.375: between two hundredths
    ("0.5", "0.25", {"decimals": 2}, "0.13", "0.12"),
    ("1.5", "0.25", {"decimals": 2}, "0.38", "0.38"),
    ("-0.5", "0.25", {"decimals": 2}, "-0.13", "-0.12"),
    # 0.1225, 0.0105, which no double holds: its nearest lies below the tie, or above it
    ("0.35", "0.35", {"decimals": 3}, "0.123", "0.122"),
    ("0.15", "0.07", {"decimals": 3}, "0.011", "0.010"),
    ("0.15", "0.07", {"significant": 2}, "0.011", "0.010"),
    ("-0.15", "0.07", {"significant": 2}, "-0.011", "-0.010"),
    # 9.995 becomes 10.0, a digit more before the point
    ("9.995", "1.0", {"significant": 3}, "10.0", "10.0"),
    ("1.9990", "5.00", {"decimals": 2}, "10.00", "10.00"),
    # a little above a tie, by the eleventh digit
    ("0.12500000001", "1.0", {"decimals": 2}, "0.13", "0.13"),
    ("0.12499999999", "1.0", {"decimals": 2}, "0.12", "0.12"),
    # 2.5: no decimals of a unit are left
    ("0.05", "0.1", {"decimals": 2}, "0.01", "0.00"),
]


@pytest.mark.parametrize(("weight", "value", "digits", "up", "even"), TIES)
def test_halves(weight: str, value: str, digits: dict[str, int], up: str, even: str):
    away = product(weight, value, "half-up", **digits)
    to_even = product(weight, value, "half-even", **digits)

    assert (float(up), float(even)) == (away["net[1,1]"], to_even["net[1,1]"])
    assert up in away.render("md").content.decode()
    assert even in to_even.render("md").content.decode()


@pytest.mark.parametrize("rounding", ["half-up", "half-even"])
def test_a_thousand_products_that_end_in_five(rounding: str):
    """Every product of two hundredths of which one ends in 5, in all combinations, at once."""
    rng = random.Random(5)
    weights = [f"{rng.randint(-199, 199) / 100:.2f}" for _ in range(32)]
    values = [f"{rng.randrange(5, 200, 10) / 100:.2f}" for _ in range(32)]
    text = f"""
        loss = "squared_error"
        learning_rate = 0.1
        layers = [
            {{ weights = [{", ".join(f"[{v}]" for v in values)}], bias = false, activation = "identity" }},
            {{ weights = [[{", ".join(["1"] * len(values))}]], bias = false, activation = "identity" }},
        ]
        samples = [{", ".join(f"{{ inputs = [{w}], targets = [0] }}" for w in weights)}]
        [show]
        digits = {{ decimals = 3 }}
        carry = "printed"
        rounding = "{rounding}"
        matrix = "none"
    """
    policy = Policy("decimals", 3, rounding)
    example = derive.work(derive.read(text))

    for s, w in enumerate(weights, 1):
        for j, v in enumerate(values, 1):
            expected = policy.rounded(Fraction(w) * Fraction(v))
            assert float(expected) == example[f"net[1,{j}]@{s}"]


def test_the_two_ways_of_rounding_lead_apart():
    pair = [product("0.5", "0.25", rounding, decimals=2) for rounding in ("half-up", "half-even")]

    assert [0.13, 0.12] == [example["net[1,1]"] for example in pair]
    assert [0.26, 0.24] == [example["dE/dout[1,1]"] for example in pair]


# --- full and printed ----------------------------------------------------------------------------


def test_what_is_given_is_not_rounded():
    example = product("0.123456789", "2.0", "half-up", decimals=2)

    assert (0.123456789, 0.25) == (example["w[1,1,1]"], example["net[1,1]"])


def test_agreement_is_about_the_numbers_with_nothing_rounded():
    full = derive.work("2-2-2", digits="3d")
    printed = derive.work("2-2-2", digits="3d", carry="printed")

    assert full.agreement.numpy_gap == printed.agreement.numpy_gap
    assert full["dE/dw1"] == printed.worked.truth.values[full.worked.derivation.ledger.find(
        Place.read("dE/dw[1,1,1]")
    )]  # fmt: skip
    assert full["dE/dw1"] != printed["dE/dw1"]


# --- rounding that leaves no value ---------------------------------------------------------------


def saturated(**options: Any) -> dict[str, Any]:
    """σ(6.9) is 0.999 and, to two decimals, 1.00, of whose distance to 1 there is no logarithm."""
    return {
        "loss": "binary_cross_entropy",
        "learning_rate": 0.1,
        "layers": [{"weights": [[6.9]], "bias": False, "activation": "sigmoid"}],
        "samples": [{"inputs": [1], "targets": [0]}],
        "show": {"digits": {"decimals": 2}, **options},
    }


def test_a_logarithm_of_nothing_is_refused_with_its_place():
    with pytest.raises(ProblemError) as raised:
        derive.work(derive.read(saturated(carry="printed")))

    (mistake,) = raised.value.mistakes
    assert "E[1]" == mistake.place
    assert "as they are printed" in mistake.fact
    assert "digits" in mistake.remedy
    assert "full" in mistake.remedy


def test_the_same_in_full_precision_or_with_more_digits_comes_out():
    full = derive.work(derive.read(saturated()))
    finer = derive.work(derive.read(saturated(carry="printed", digits={"decimals": 5})))

    assert math.log1p(math.exp(6.9)) == pytest.approx(full.error, rel=1e-13)
    assert 6.8978 == finer.error  # −ln(1 − 0.99899)


@pytest.mark.parametrize("carry", ["full", "printed"])
def test_an_error_that_is_lost_only_after_the_step_is_told_in_words(carry: str):
    """The step takes the output from 0.5 to 20.5; everything before it can be calculated."""
    example = derive.work(derive.read({
        "loss": "binary_cross_entropy",
        "learning_rate": 10,
        "layers": [{"weights": [[0.5]], "bias": False, "activation": "identity"}],
        "samples": [{"inputs": [1], "targets": [1]}],
        "show": {"digits": {"decimals": 4}, "carry": carry},
    }))  # fmt: skip

    assert "the error has no value" in example.render("md").content.decode()
    assert example.data()["final_loss"] is None
