"""Problem → Graph: every quantity of the forward pass, and how each is made from earlier ones."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sympy import Integer

from derive.algebra.family import Family
from derive.algebra.ledger import Ids, Ledger
from derive.algebra.ordered import Constant, over
from derive.algebra.rule import TOTAL, O, Rule, T, slot
from derive.catalogue import chosen
from derive.catalogue.entries import Activation, Loss
from derive.catalogue.layers import LAYERS
from derive.catalogue.layers.kind import Wiring
from derive.problem.model import Choice, Numbers, Problem

PART = slot("part")


class Given:
    """Quantities with the numbers that the problem gives them."""

    def __init__(self, pairs: Iterable[tuple[Ids, Numbers]] = ()) -> None:
        self._pairs = sorted(pairs, key=lambda pair: int(pair[0].flat[0]))
        self._starts = [int(ids.flat[0]) for ids, _ in self._pairs]

    def __iter__(self) -> Iterator[tuple[Ids, Numbers]]:
        return iter(self._pairs)

    def text(self, quantity: int) -> str | None:
        """The digits of a given quantity as they were typed, or None where it is computed."""
        if quantity < self._starts[0]:
            return None
        ids, numbers = self._pairs[bisect.bisect_right(self._starts, quantity) - 1]
        offset = quantity - int(ids.flat[0])
        if offset >= ids.size:
            return None
        return numbers.text(*map(int, np.unravel_index(offset, ids.shape)))


class LayerQuantities(NamedTuple):
    """The quantities of one layer; `net` and `outputs` have shape (units,)."""

    activation: Activation
    constants: Mapping[str, Constant]
    weights: Ids
    bias: Ids | None
    net: Ids
    outputs: Ids

    @property
    def parameters(self) -> dict[str, Ids]:
        """Its arrays of parameters that there are, by the names that a `Layer` gives them."""
        arrays = {"weights": self.weights, "bias": self.bias}
        return {part: ids for part, ids in arrays.items() if ids is not None}


@dataclass(frozen=True, eq=False)
class Graph:
    """One sample's way to its error: equations in an order in which each uses only earlier quantities."""

    problem: Problem
    ledger: Ledger
    families: tuple[Family, ...]
    given: Given
    layers: tuple[LayerQuantities, ...]
    loss: Loss
    loss_constants: Mapping[str, Constant]
    inputs: Ids
    targets: Ids
    rate: int
    error: int
    parts: Ids  # the error of each output

    @property
    def parameters(self) -> Ids:
        """All weights and biases, layer by layer."""
        arrays = (ids for layer in self.layers for ids in layer.parameters.values())
        return np.concatenate([ids.ravel() for ids in arrays])

    @property
    def updated(self) -> Ids:
        """The parameters that the update changes: all but the frozen ones."""
        arrays = [
            ids.ravel()
            for layer, asked in zip(self.layers, self.problem.layers, strict=True)
            for part, ids in layer.parameters.items()
            if part not in asked.frozen
        ]
        return np.concatenate([np.array([], dtype=int), *arrays])

    def text(self, quantity: int) -> str | None:
        """The digits of a given quantity as they were typed, or None where it is computed."""
        return self.given.text(quantity)


def choose_activation(choice: Choice) -> tuple[Activation, Mapping[str, Constant]]:
    """The catalogue entry, or the user's own formula as one, with its parameters."""
    entry = chosen.activation(choice.name, choice.formula)
    return entry, _constants(choice, entry)


def choose_loss(choice: Choice) -> tuple[Loss, Mapping[str, Constant]]:
    """As `choose_activation`, for losses."""
    entry = chosen.loss(choice.name, choice.formula)
    return entry, _constants(choice, entry)


def _constants(choice: Choice, entry: Activation | Loss) -> dict[str, Constant]:
    typed = {name: given.text for name, given in choice.parameters.items()}
    return {name: Constant(typed.get(name, p.default)) for name, p in entry.parameters.items()}


def build(problem: Problem) -> Graph:
    """The forward pass of a problem's first sample, from its inputs to its error."""
    ledger = Ledger()
    sample = problem.samples[0]
    inputs = ledger.add("out", 0, (problem.inputs,))
    targets = ledger.add("t", None, (problem.units[-1],))
    rate = ledger.add("rate", None, ())
    given = [(inputs, sample.inputs), (targets, sample.targets),
             (rate, Numbers.typed(problem.learning_rate.text))]  # fmt: skip
    families: list[Family] = []
    layers: list[LayerQuantities] = []
    sources = inputs
    for number, layer in enumerate(problem.layers, start=1):
        activation, constants = choose_activation(layer.activation)
        wiring = Wiring(number, layer.units, layer.bias.form, activation, constants, sources)
        made = LAYERS[layer.kind].connect(ledger, wiring)
        families += made.families
        given.append((made.weights, layer.weights))
        if made.bias is not None and layer.bias.numbers is not None:
            given.append((made.bias, layer.bias.numbers))
        net = made.families[0].targets
        layers.append(
            LayerQuantities(activation, constants, made.weights, made.bias, net, made.outputs)
        )
        sources = made.outputs
    loss, constants = choose_loss(problem.loss)
    measured = _measure(ledger, loss, constants, targets, sources)
    return Graph(
        problem, ledger, (*families, *measured), Given(given), tuple(layers), loss, constants,
        inputs, targets, int(rate), int(measured[1].targets[0]), measured[0].targets,
    )  # fmt: skip


def _measure(
    ledger: Ledger, loss: Loss, constants: Mapping[str, Constant], targets: Ids, outputs: Ids
) -> tuple[Family, Family]:
    """The error of each output, and their sum or mean."""
    parts = ledger.add("E", None, targets.shape)
    whole = ledger.add("E", None, ())
    taught = {} if loss.slope is None else {O: loss.slope(T, O, **constants)}
    each = Rule(f"loss.{loss.name}", loss.term(T, O, **constants), taught=taught)
    formula = over(TOTAL, Integer(targets.size)) if loss.mean and targets.size > 1 else TOTAL
    every = Rule("loss.mean" if loss.mean else "loss.sum", formula, {TOTAL: PART})
    return (
        Family(each, parts, {T: targets, O: outputs}),
        Family(every, whole.reshape(1), {PART: parts.reshape(1, -1)}),
    )
