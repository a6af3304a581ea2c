"""Gates, of which a recurrent layer may have several: each has weights, net inputs and outputs of its own.

What belongs to a gate bears its letter: in a file behind the name, `weights_f`; on paper above the letter.

Symbolic half: net^f_{t,j} = Σᵢ w^f_ji · x_{t,i} + Σₖ u^f_jk · out_{t−1,k} + b^f_j, and out^f_{t,j} is a
sigmoid or tanh of it. Numeric half: the same with matrices, what comes in for all time steps at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from sympy import Function, Symbol, symbols

from derive.algebra.family import Family
from derive.algebra.ledger import Ids, Ledger
from derive.algebra.ordered import plus, times
from derive.algebra.rule import A, Z
from derive.catalogue.activations import ACTIVATIONS
from derive.catalogue.entries import Activation, Array
from derive.catalogue.layers.dense import unit_rule
from derive.catalogue.layers.kind import (
    Arrays,
    Asked,
    Formulas,
    Shape,
    Wiring,
    one,
    spread,
    stacked,
    summed,
)
from derive.catalogue.layers.recurrent import net_at, outer

SIGMOID, TANH = ACTIVATIONS["sigmoid"], ACTIVATIONS["tanh"]
PARTS = {"weights": "w", "recurrent": "u", "bias": "b"}  # a gate's arrays, and what they are called


def names(letters: Iterable[str]) -> tuple[str, ...]:
    """The names of the arrays of these gates.

    >>> names("z")
    ('weights_z', 'recurrent_z', 'bias_z')
    """
    return tuple(f"{part}_{letter}" for letter in letters for part in PARTS)


def trained(asked: Asked, letters: Iterable[str], units: int, features: int) -> dict[str, Shape]:
    """The shapes of the gates' arrays; biases are left out for a gate, or for all with `bias = false`."""
    found: dict[str, Shape] = {}
    for letter in letters:
        found[f"weights_{letter}"] = (units, features)
        found[f"recurrent_{letter}"] = (units, units)
        if biased(asked, f"bias_{letter}"):
            found[f"bias_{letter}"] = (units,)
    return found


def biased(asked: Asked, name: str) -> bool:
    """Whether a layer shall have the biases of this name."""
    return name not in asked.without and asked.options.get("bias", True)


def formulas(letter: str) -> Formulas:
    """For the reader: the net inputs of the gate with this letter, and its outputs."""
    weights, recurrent, bias = symbols(f"W^{letter} U^{letter} b^{letter}")
    x, before = symbols("x_t out_t−1")
    net = plus(times(weights, x), times(recurrent, before), bias)
    return (f"net_t^{letter}", net), (f"out_t^{letter}", Function("f")(Symbol(f"net_t^{letter}")))


# --- symbolic half -------------------------------------------------------------------------------


class Gate(NamedTuple):
    """One gate's quantities; `net` and `outputs` have the shape (times, units)."""

    letter: str
    activation: Activation
    arrays: dict[str, Ids]  # by part, "bias" only where there is one
    net: Ids
    outputs: Ids

    @classmethod
    def added(cls, ledger: Ledger, wiring: Wiring, letter: str, activation: Activation) -> Gate:
        """Register the quantities of a gate."""
        arrays = {
            part: ledger.add(f"{kind}_{letter}", wiring.number, shape)
            for part, kind in PARTS.items()
            if (shape := wiring.plan.trained.get(f"{part}_{letter}")) is not None
        }
        shape = len(one(wiring.sources)), len(arrays["weights"])
        net, outputs = (ledger.add(f"{k}_{letter}", wiring.number, shape) for k in ("net", "out"))
        return cls(letter, activation, arrays, net, outputs)

    def at(self, t: int, sources: Ids, before: Ids | None) -> Iterator[Family]:
        """Net inputs and outputs at one time; `before` is what is remembered, None at the first."""
        weights, recurrent = self.arrays["weights"], self.arrays["recurrent"]
        yield net_at(self.net[t], weights, sources, recurrent, before, self.arrays.get("bias"))
        yield self.opened(t)

    def opened(self, t: int) -> Family:
        """The outputs at one time, from the net inputs."""
        rule = unit_rule(self.activation, {}, f"dout_{self.letter}/dnet_{self.letter}")
        return Family(rule, self.outputs[t], {Z: self.net[t], A: self.outputs[t]})


def arrays_of(gates: Iterable[Gate]) -> dict[str, Ids]:
    """The parameters of all gates, by name."""
    return {f"{part}_{gate.letter}": ids for gate in gates for part, ids in gate.arrays.items()}


# --- numeric half --------------------------------------------------------------------------------


def coming_in(arrays: Arrays, letter: str, x: Array) -> Array:
    """W·x + b of every time step, shape (…, samples, times, units)."""
    net = x @ spread(arrays.trained[f"weights_{letter}"], 2).swapaxes(-1, -2)
    bias = arrays.trained.get(f"bias_{letter}")
    return net if bias is None else net + spread(bias, 1, over=2)


def remembered(arrays: Arrays, letter: str, before: Array) -> Array:
    """U·h for what was remembered, shape (…, samples, units)."""
    return (spread(arrays.trained[f"recurrent_{letter}"], 2) @ before[..., None])[..., 0]


def recalled(arrays: Arrays, deltas: Mapping[str, Array]) -> Array:
    """Σ Uᵀ·δ over some gates: what reaches the memory from them, shape (…, samples, units)."""
    back: Array = np.zeros(1)
    for letter, delta in deltas.items():
        recurrent = spread(arrays.trained[f"recurrent_{letter}"], 2)
        back = back + (delta[..., None, :] @ recurrent)[..., 0, :]
    return back


def delayed(steps: Array) -> Array:
    """The same one time step later, shape (…, times, units): zeros at the first.

    >>> delayed(np.array([[1.0], [2.0], [3.0]])).tolist()
    [[0.0], [1.0], [2.0]]
    """
    return np.concatenate([np.zeros_like(steps[..., :1, :]), steps[..., :-1, :]], axis=-2)


def in_time(steps: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    """What each time step has by name, as arrays by name, shape (…, times, units)."""
    return {name: stacked([step[name] for step in steps], -2) for name in steps[0]}


def collected(
    arrays: Arrays, x: Array, deltas: Mapping[str, Array], before: Mapping[str, Array]
) -> tuple[dict[str, Array], Array]:
    """The gradients of all gates' arrays, by name, and ∂E/∂x.

    By gate: `deltas`, and `before`, which its recurrent weights were multiplied with; shapes (…,
    samples, times, units).
    """
    trained: dict[str, Array] = {}
    back: Array = np.zeros(1)
    for letter, factor in before.items():
        delta = deltas[letter]
        trained[f"weights_{letter}"] = outer(delta, x)
        trained[f"recurrent_{letter}"] = outer(delta, factor)
        if f"bias_{letter}" in arrays.trained:
            trained[f"bias_{letter}"] = summed(delta, 1, over=2)
        back = back + delta @ spread(arrays.trained[f"weights_{letter}"], 2)
    return trained, back
