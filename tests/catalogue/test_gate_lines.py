"""Layers with gates: what their lines say, and numbers from a second pen."""

from __future__ import annotations

import cmath
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest

import derive
from derive.algebra.places import Place
from derive.catalogue.layers import gru, lstm
from derive.example import Example
from derive.numbers.rounding import Figures
from derive.writing.notation import Notation, notations
from derive.writing.printers import PRINTERS, plain
from derive.writing.scribe import Scribe
from tests.topologies import RANDOM

Matrix = Any  # lists of numbers, as a file has them


def example(kind: str, units: int = 1, steps: int = 3, **layer: Any) -> Example:
    """A layer alone, with one number at each time."""
    return derive.work(
        derive.read({"inputs": [steps, 1], "layers": [{"kind": kind, "units": units, **layer}]})
    )


def lines(worked: Example) -> dict[str, str]:
    """By key the name and the formula of every line, in the letters of `bracket`."""
    notation = Notation.load("bracket", worked.problem)
    scribe = Scribe(worked.worked, notation, Figures(worked.problem.show.digits))
    derivation = worked.worked.derivation
    found = {}
    for family in derivation.families:
        for quantity in family.targets.tolist():
            line = scribe.line(quantity)
            told = [plain(node) for node in (line.name, line.symbols) if node is not None]
            found[str(derivation.ledger.place(quantity))] = " = ".join(told)
    return found


# --- what the lines say --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "line"),
    {
        "net_f[1,2,1]": "z_2,1^f = w_1,1^f · x_2,1 + u_1,1^f · a_1,1 + b1^f",
        "out_g[1,1,1]": "a_1,1^g = tanh(z_1,1^g)",
        "c[1,1,1]": "c_1,1 = a_1,1^i · a_1,1^g",
        "c[1,2,1]": "c_2,1 = a_2,1^f · c_1,1 + a_2,1^i · a_2,1^g",
        "out_c[1,2,1]": "a_2,1^c = tanh(c_2,1)",
        "out[1,2,1]": "a_2,1 = a_2,1^o · a_2,1^c",
        "dE/dc[1,3,1]": "∂L/∂c_3,1 = ∂L/∂a_3,1^c · ∂a_3,1^c/∂c_3,1",
        "dE/dc[1,2,1]": "∂L/∂c_2,1 = ∂L/∂a_2,1^c · ∂a_2,1^c/∂c_2,1 + ∂L/∂c_3,1 · a_3,1^f",
        "dout_c/dc[1,2,1]": "∂a_2,1^c/∂c_2,1 = 1 − (a_2,1^c)²",
        "delta_o[1,2,1]": "δ_2,1^o = ∂L/∂a_2,1^o · ∂a_2,1^o/∂z_2,1^o",
        "dout_o/dnet_o[1,2,1]": "∂a_2,1^o/∂z_2,1^o = a_2,1^o (1 − a_2,1^o)",
        "dE/dw_i[1,1,1]": "∂L/∂w_1,1^i = δ_1,1^i · x_1,1 + δ_2,1^i · x_2,1 + δ_3,1^i · x_3,1",
        "dE/dw_f[1,1,1]": "∂L/∂w_1,1^f = δ_2,1^f · x_2,1 + δ_3,1^f · x_3,1",
        "dE/du_g[1,1,1]": "∂L/∂u_1,1^g = δ_2,1^g · a_1,1 + δ_3,1^g · a_2,1",
        "dE/db_o[1,1]": "∂L/∂b1^o = δ_1,1^o + δ_2,1^o + δ_3,1^o",
    }.items(),
)
def test_lstm_lines(key: str, line: str) -> None:
    assert line == lines(example("lstm", returns="last"))[key]


def test_what_reaches_an_output_comes_from_every_gate_of_the_next_time() -> None:
    line = lines(example("lstm", returns="last"))["dE/dout[1,2,1]"]

    assert line == "∂L/∂a_2,1 = " + " + ".join(f"δ_3,1^{k} · u_1,1^{k}" for k in "ifgo")


@pytest.mark.parametrize(
    ("reset", "key", "line"),
    [
        ("before", "m[1,2,1]", "m_2,1 = a_2,1^r · a_1,1"),
        ("before", "net_n[1,2,1]", "z_2,1ⁿ = w_1,1ⁿ · x_2,1 + u_1,1ⁿ · m_2,1 + b1ⁿ"),
        ("before", "dE/dm[1,2,1]", "∂L/∂m_2,1 = δ_2,1ⁿ · u_1,1ⁿ"),
        ("before", "dE/dout_r[1,2,1]", "∂L/∂a_2,1^r = ∂L/∂m_2,1 · a_1,1"),
        ("before", "dE/du_n[1,1,1]", "∂L/∂u_1,1ⁿ = δ_2,1ⁿ · m_2,1 + δ_3,1ⁿ · m_3,1"),
        ("after", "net_h[1,1,1]", "z_1,1^h = b1^h"),
        ("after", "net_h[1,2,1]", "z_2,1^h = u_1,1ⁿ · a_1,1 + b1^h"),
        ("after", "net_n[1,2,1]", "z_2,1ⁿ = w_1,1ⁿ · x_2,1 + a_2,1^r · z_2,1^h + b1ⁿ"),
        ("after", "delta_h[1,2,1]", "δ_2,1^h = δ_2,1ⁿ · a_2,1^r"),
        ("after", "dE/dout_r[1,2,1]", "∂L/∂a_2,1^r = δ_2,1ⁿ · z_2,1^h"),
        ("after", "dE/du_n[1,1,1]", "∂L/∂u_1,1ⁿ = δ_2,1^h · a_1,1 + δ_3,1^h · a_2,1"),
        ("after", "dE/db_h[1,1]", "∂L/∂b1^h = δ_1,1^h + δ_2,1^h + δ_3,1^h"),
        ("after", "out[1,1,1]", "a_1,1 = (1 − a_1,1^z) · a_1,1ⁿ"),
        ("after", "out[1,2,1]", "a_2,1 = (1 − a_2,1^z) · a_2,1ⁿ + a_2,1^z · a_1,1"),
        ("after", "dE/dout_n[1,2,1]", "∂L/∂a_2,1ⁿ = ∂L/∂a_2,1 (1 − a_2,1^z)"),
        ("after", "dE/dout_z[1,2,1]", "∂L/∂a_2,1^z = ∂L/∂a_2,1 (a_1,1 − a_2,1ⁿ)"),
    ],
)
def test_gru_lines(reset: str, key: str, line: str) -> None:
    assert line == lines(example("gru", returns="last", reset=reset))[key]


def test_the_first_step_has_nothing_to_forget_or_to_reset() -> None:
    for kind, left_out in (("lstm", ["net_f", "out_f"]), ("gru", ["net_r", "out_r", "m"])):
        keys = lines(example(kind))
        for name in left_out:
            assert f"{name}[1,1,1]" not in keys
            assert f"{name}[1,2,1]" in keys


@pytest.mark.parametrize(
    ("kind", "options", "unused"),
    [
        ("lstm", {}, {"weights_f", "bias_f", *(f"recurrent_{k}" for k in "ifgo")}),
        ("gru", {}, {"weights_r", "bias_r", *(f"recurrent_{k}" for k in "zrn")}),
        ("gru", {"reset": "after"}, {f"recurrent_{k}" for k in "zrn"}),
    ],
)
def test_what_one_step_does_not_use_has_no_gradient(
    kind: str, options: dict[str, str], unused: set[str]
) -> None:
    worked = example(kind, steps=1, **options)
    (layer,) = worked.worked.derivation.graph.layers

    gradient = worked.worked.derivation.gradient
    still = {
        name
        for name, ids in layer.parameters.items()
        if not worked.worked.values[gradient[ids]].any()
    }

    assert unused == still


@pytest.mark.parametrize("kind", ["lstm", "gru"])
@pytest.mark.parametrize("name", notations())
def test_no_two_quantities_print_alike(kind: str, name: str) -> None:
    for seed in range(6):
        worked = derive.work(derive.read({**RANDOM[kind](Random(seed)), "optimizer": "adam"}))
        derivation = worked.worked.derivation
        notation = Notation.load(name, worked.problem)
        places = [
            derivation.ledger.place(q) for q in np.flatnonzero(~np.isnan(worked.worked.values))
        ]
        typed = [notation.written(place) for place in places]
        assert len(set(typed)) == len(typed), seed
        for printer in PRINTERS.values():
            printed = [printer().print(notation.node(place)) for place in places]
            assert len(set(printed)) == len(printed), seed


def test_taught_derivatives_are_those_of_sympy() -> None:
    rules = [
        gru.output_rule(first=True), gru.output_rule(first=False),
        lstm.cell_rule(first=False), lstm.OUTPUT, gru.RESETTING,
    ]  # fmt: skip
    for rule in rules:
        for partial in rule.partials():
            assert (partial.found - partial.taught).expand() == 0, rule.code


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_deltas_that_are_added(kind: str) -> None:
    worked = derive.work(derive.read(RANDOM[kind](Random(3))), delta="add")

    assert worked.agreement.agree


# --- numbers from a second pen -------------------------------------------------------------------


def sigmoid(z: complex) -> complex:
    return 1 / (1 + cmath.exp(-z))


class Pen:
    """A layer with its arrays as lists, worked unit by unit."""

    def __init__(self, arrays: dict[str, Matrix], units: int, options: dict[str, Any]) -> None:
        self.arrays, self.units, self.options = arrays, units, options

    def taken(self, name: str, unit: int, numbers: list[complex]) -> complex:
        return sum(self.arrays[name][unit][i] * number for i, number in enumerate(numbers))

    def bias(self, gate: str, unit: int) -> complex:
        return self.arrays[f"bias_{gate}"][unit] if f"bias_{gate}" in self.arrays else 0

    def net(self, gate: str, unit: int, x: list[complex], before: list[complex]) -> complex:
        into = self.taken(f"weights_{gate}", unit, x) + self.bias(gate, unit)
        return into + self.taken(f"recurrent_{gate}", unit, before)

    def lstm(self, x: list[list[complex]]) -> list[list[complex]]:
        h, c, every = [0j] * self.units, [0j] * self.units, []
        for now in x:
            new = []
            for j in range(self.units):
                i, f, o = (sigmoid(self.net(gate, j, now, h)) for gate in "ifo")
                c[j] = f * c[j] + i * cmath.tanh(self.net("g", j, now, h))
                new.append(o * cmath.tanh(c[j]))
            h = new
            every.append(h)
        return every

    def gru(self, x: list[list[complex]]) -> list[list[complex]]:
        h, every = [0j] * self.units, []
        for now in x:
            r = [sigmoid(self.net("r", j, now, h)) for j in range(self.units)]
            new = []
            for j in range(self.units):
                z = sigmoid(self.net("z", j, now, h))
                if self.options["reset"] == "after":
                    inside = self.taken("recurrent_n", j, h) + self.bias("h", j)
                    total = self.taken("weights_n", j, now) + self.bias("n", j) + r[j] * inside
                else:
                    total = self.net("n", j, now, [a * b for a, b in zip(r, h, strict=True)])
                new.append((1 - z) * cmath.tanh(total) + z * h[j])
            h = new
            every.append(h)
        return every


@pytest.mark.parametrize(
    ("kind", "options"), [("lstm", {}), ("gru", {"reset": "before"}), ("gru", {"reset": "after"})]
)
def test_gradients_are_those_of_a_second_pen(kind: str, options: dict[str, str]) -> None:
    """The layer worked unit by unit in plain Python; each number is moved by i · 10⁻²⁰."""
    for seed in range(8):
        dice = Random(seed)
        units, returns = dice.randint(1, 3), dice.choice(["all", "last"])
        layer = {"kind": kind, "units": units, "returns": returns, **options}
        asked = derive.read({
            "inputs": [dice.randint(1, 4), dice.randint(1, 3)], "layers": [layer], "seed": seed,
        })  # fmt: skip
        worked = derive.work(asked)
        (quantities,) = worked.worked.derivation.graph.layers
        arrays = {name: n.values.tolist() for name, n in asked.layers[0].numbers.items()}
        run: Callable[..., Any] = getattr(Pen(arrays, units, options), kind)

        def error(asked: Any = asked, run: Any = run, returns: str = returns) -> complex:
            outputs = run(asked.samples[0].inputs.values.tolist())
            targets = np.atleast_2d(asked.samples[0].targets.values)
            reached = outputs if returns == "all" else outputs[-1:]
            return complex(((targets - np.array(reached)) ** 2).sum() / 2)

        assert worked.worked.error == pytest.approx(error().real, rel=1e-12)
        for name, ids in quantities.parameters.items():
            for index, quantity in np.ndenumerate(ids):
                row = arrays[name]
                for position in index[:-1]:
                    row = row[position]
                row[index[-1]] += 1e-20j
                measured = error().imag / 1e-20
                row[index[-1]] = row[index[-1]].real
                ours = worked.worked.values[worked.worked.derivation.gradient[quantity]]
                assert ours == pytest.approx(measured, rel=1e-9, abs=1e-15), (seed, name, index)


def test_a_cell_worked_by_hand() -> None:
    """All nets are 0 but those of g, so that gates are half open: c = ½ c + ½ g, h = ½ tanh(c)."""
    nothing = {
        f"{part}_{k}": value
        for k in "ifo"
        for part, value in (("weights", [[0]]), ("recurrent", [[0]]), ("bias", [0]))
    }
    data = {
        "layers": [{
            "kind": "lstm", "units": 1, "returns": "last", **nothing,
            "weights_g": [[1]], "recurrent_g": [[0]], "bias_g": [0],
        }],
        "samples": [{"inputs": [[0.5], [0.25]], "targets": [0]}],
    }  # fmt: skip
    worked = derive.work(derive.read(data))
    first, second = np.tanh(0.5), np.tanh(0.25)
    cell = first / 4 + second / 2
    out = np.tanh(cell) / 2
    by_cell = out * (1 - np.tanh(cell) ** 2) / 2
    by_weight = by_cell * (0.25 * (1 - first**2) * 0.5 + 0.5 * (1 - second**2) * 0.25)

    assert worked["c[1,2,1]"] == pytest.approx(cell)
    assert worked["out[1,2,1]"] == pytest.approx(out)
    assert worked["dE/dc[1,2,1]"] == pytest.approx(by_cell)
    assert worked["dE/dc[1,1,1]"] == pytest.approx(by_cell / 2)
    assert worked["dE/dw_g[1,1,1]"] == pytest.approx(by_weight)
    assert worked["delta_f[1,2,1]"] == pytest.approx(by_cell * first / 2 * 0.25)


def test_places_are_read_back() -> None:
    for text in ("net_i[1,2,1]", "dout_c/dc[1,2,1]", "w_f_new[1,1,1]", "delta_h[1,2,1]"):
        assert str(Place.read(text)) == text
