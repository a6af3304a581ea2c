"""Expression graphs: any safe formula, gradients of all inputs, and what cannot be used."""

from __future__ import annotations

import json
import math
from pathlib import Path
from random import Random
from typing import Any

import pytest

import derive
from derive.algebra.formula_tree import FUNCTIONS, SEVERAL
from derive.problem.saving import as_data, write_problem

FIXTURE = Path(__file__).parent / "fixtures" / "cs231n-circuits.json"
MANY = 150
TAME = {  # arguments for which each function is smooth and neither huge nor undefined
    "ln": "ln(1 + ({})^2)", "log": "log(2 + ({})^2)", "sqrt": "sqrt(1 + ({})^2)", "exp": "exp(({})/9)",
    "sinh": "sinh(({})/9)", "cosh": "cosh(({})/9)", "sign": "({})*2",
}  # fmt: skip


# --- a published example, to its printed digits ----------------------------------------------------

CIRCUITS: dict[str, dict[str, Any]] = {
    "mul": {
        "equations": {"q": "x + y", "f": "q*z"}, "values": {"x": -2, "y": 5, "z": -4},
        "ask": {"output": "f", "gradients": ["x", "y", "z", "q"]},
    },
    "sig": {
        "equations": {
            "f": "1/den", "den": "1 + ex", "ex": "exp(neg)", "neg": "-dot", "dot": "w0*x0 + w1*x1 + w2",
        },
        "values": {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3},
    },
    "max": {
        "equations": {"prod": "x*y", "most": "max(z, w)", "total": "prod + most", "out": "2*total"},
        "values": {"x": 3, "y": -4, "z": 2, "w": -1},
    },
}  # fmt: skip
# How the source's names for numbers are found in ours: a value, or a gradient.
NAMED = {"sig.dot": "dot", "sig.exp": "ex", "sig.1+exp": "den", "sig.d(1/u)": "df/dden"}


def found(example: derive.Example, name: str) -> float:
    """A number of the source: "q" is a value, "dx" the gradient by x."""
    _, _, own = name.partition(".")
    output = example.problem.equations.output  # type: ignore[union-attr]
    if name in NAMED:
        return example[NAMED[name]]
    return example[f"d{output}/d{own[1:]}"] if own.startswith("d") else example[own]


@pytest.mark.parametrize("circuit", CIRCUITS)
def test_the_published_circuits(circuit: str) -> None:
    """Where the source calculates on with rounded numbers, its own last digit is off by one: see there."""
    source = json.loads(FIXTURE.read_text("utf-8"))
    example = derive.work(derive.read(CIRCUITS[circuit]))
    names = [name for name in source["expected"] if name.startswith(f"{circuit}.")]
    assert names
    for name in names:
        printed = source["expected"][name]
        decimals = len(printed.partition(".")[2])
        unit = 10.0**-decimals
        ours = found(example, name)
        rounded = abs(ours - float(printed)) <= unit / 2 + 1e-12
        known_off = source["check"][name]["status"] != "match"
        assert rounded != known_off, (name, ours, printed, source["check"][name])


# --- random graphs -----------------------------------------------------------------------------


def random_graph(dice: Random) -> dict[str, Any]:
    """Formulas of all operations and functions over earlier names, in shuffled order."""
    values = {f"x{n}": round(dice.uniform(-3, 3), 2) or 1 for n in range(dice.randint(1, 4))}
    names = list(values)
    equations: dict[str, str] = {}
    for n in range(dice.randint(1, 6)):
        name = f"y{n}"
        equations[name] = _formula(dice, names, dice.randint(1, 3))
        names.append(name)
    unused = [
        name for name in equations if not any(_uses(name, other) for other in equations.values())
    ]
    equations["out"] = " + ".join([*unused, "x0", _formula(dice, names, 1)])
    shuffled = list(equations.items())
    dice.shuffle(shuffled)
    return {"equations": dict(shuffled), "values": values, "ask": {"output": "out"}}


def _uses(name: str, formula: str) -> bool:
    return name in formula.replace("(", " ").replace(")", " ").replace("*", " ").split()


def _formula(dice: Random, names: list[str], depth: int) -> str:
    """A formula with a name in it; numbers stand beside names, never alone."""
    if depth == 0:
        number = dice.choice([str(dice.randint(2, 5)), "0.25"])
        return dice.choice(
            [
                dice.choice(names),
                f"({dice.choice(names)} + {number})",
                f"{number}*{dice.choice(names)}",
            ]
        )
    left, right = (_formula(dice, names, depth - 1) for _ in range(2))
    kind = dice.randrange(6)
    if kind < 2:
        return f"({left} {'+-'[kind]} {right})"
    if kind == 2:
        return f"({left})*({right})/3"
    if kind == 3:
        return f"({left})/(4 + ({right})^2)"
    if kind == 4:
        return f"-tanh({left})^{dice.choice([2, 3])}/9"
    name = dice.choice(sorted(FUNCTIONS))
    if name in SEVERAL:
        return f"{name}({left}, {right} + 0.1234)"
    return TAME.get(name, f"{name}({{}})").format(left)


@pytest.mark.parametrize("seed", range(MANY))
def test_random_graphs_agree_three_ways(seed: int) -> None:
    example = derive.work(derive.read(random_graph(Random(seed))))
    gaps = example.agreement.numpy_gap, example.agreement.differences_gap
    assert max(gap.relative for gap in gaps) <= 1e-9
    assert all(map(math.isfinite, example.gradients.values()))


def test_a_graph_is_written_and_read_back() -> None:
    for seed in range(20):
        problem = derive.read(random_graph(Random(seed)))
        assert write_problem(derive.read(write_problem(problem))) == write_problem(problem)
        assert as_data(derive.read(as_data(problem))) == as_data(problem)


# --- what is asked -------------------------------------------------------------------------------


def test_values_that_lead_to_the_output_are_asked_for() -> None:
    data = {"equations": {"f": "x*y", "g": "z + 1"}, "values": {"x": 1, "y": 2, "z": 3}}
    problem = derive.read({**data, "ask": {"output": "f"}})
    assert problem.equations is not None
    assert problem.equations.gradients == ("x", "y")


def test_the_data_has_values_and_gradients() -> None:
    data = derive.work(derive.read(CIRCUITS["mul"])).data()
    assert data["values"] == {"x": -2, "y": 5, "z": -4, "q": 3, "f": -12}
    assert data["gradients"] == {"x": -4, "y": -4, "z": 3, "q": -4}
    assert "updates" not in data
    assert [step["key"] for step in data["steps"]][:2] == ["q", "f"]


def test_a_formula_may_be_a_number() -> None:
    example = derive.work(derive.read({"equations": {"f": "a*x", "a": "2"}, "values": {"x": 3}}))
    assert example["f"] == 6 and example.gradients == {"x": 2}


WRONG: dict[str, str] = {
    "[equations]\nf = 'x + g'\ng = '2*f'\n[values]\nx = 1": "equations: these need each other: f → g → f "
    "(a graph has no cycle)",
    "[equations]\nf = 'x + u'\n[values]\nx = 1": "equations.f: at character 5: there is no 'u' here",
    "[equations]\nexp = 'x'\n[values]\nx = 1": "equations.exp: 'exp' is a function in formulas "
    "(choose another name)",
    "[equations]\nf = 'x'\n[values]\nf = 1\nx = 2": "equations.f: 'f' has a value already "
    "(keep its value or its equation)",
    "[equations]\nf = 'x'\n[values]\nx = 'one'": "values.x: 'one' is not a number",
    "[equations]\nf = 3\n[values]\nx = 1": "equations.f: 3 is not a formula (write it in quotes",
    "[equations]\nf = 'x'\ng = 'y'\n[values]\nx = 1\ny = 2": "ask.output: nothing says which is the output",
    "[equations]\nf = 'x'\n[values]\nx = 1\ny = 2\n[ask]\ngradients = ['y']": "ask.gradients[1]: 'y' has no "
    "part in f (leave it out)",
    "[equations]\nf = 'x'\n[values]\nx = 1\n[ask]\ngradients = ['z']": "ask.gradients[1]: 'z' is no name",
    "loss = 'huber'\n[equations]\nf = 'x'\n[values]\nx = 1": "loss: an expression graph has no such thing",
    "[equations]\nf = '__import__(\"os\")'\n[values]\nx = 1": "equations.f: at character 12: '\"' has no",
    "[equations]\nf = '2'\n[values]\nx = 1": "ask.gradients: f depends on none of the values",
    "[equations]\nf = 'w1 + w_1'\n[values]\nw1 = 1\nw_1 = 2": "values.w_1: 'w_1' is set like 'w1'",
    "[values]\nx = 1\n[equations]": "equations: there is no equation",
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), WRONG.items())
def test_what_cannot_be_used(text: str, message: str) -> None:
    with pytest.raises(derive.ProblemError) as error:
        derive.read(text)
    assert str(error.value).startswith(message)


def test_a_long_chain_of_equations() -> None:
    """Deeper than Python lets functions call each other, if each equation took a few calls."""
    chain = {f"y{n}": f"y{n - 1}*2 - x" if n else "x" for n in range(199)}
    example = derive.work(derive.read({"equations": chain, "values": {"x": 1}}))
    assert example["y198"] == 1 and b"y" in example.render("md").content


def test_every_mistake_is_named_at_once() -> None:
    text = "[equations]\nf = 'u'\nsin = 'x'\n[values]\nx = 'a'\n[show]\ndigit = 3"
    with pytest.raises(derive.ProblemError) as error:
        derive.read(text)
    places = [mistake.place for mistake in error.value.mistakes]
    assert {"show.digit", "values.x", "equations.sin", "equations.f"} <= set(places)


def test_a_root_of_a_negative_number_is_refused() -> None:
    with pytest.raises(derive.ProblemError, match="f"):
        derive.work(derive.read({"equations": {"f": "sqrt(x)"}, "values": {"x": -1}}))
