"""Problem → Graph: every quantity of the forward pass, and how each is made from earlier ones."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sympy import Integer

from derive.algebra.family import Family
from derive.algebra.ledger import Ids, Ledger
from derive.algebra.ordered import Constant, over
from derive.algebra.places import derivative_of
from derive.algebra.rule import TOTAL, O, Rule, T, slot
from derive.catalogue import chosen
from derive.catalogue.entries import Activation, Loss
from derive.catalogue.layers import LAYERS
from derive.catalogue.layers.kind import Connected, Plan, Wiring
from derive.problem.model import Choice, Numbers, Problem

PART = slot("part")
NONE_ASKED: Ids = np.array([], dtype=np.int64)


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
    """The quantities of one layer; `net` and `outputs` of a dense one have shape (units,).

    `parameters` are its arrays of what is learned, by the names that a `Layer` gives them. `net` is
    empty where there is no net input for each output.
    """

    activation: Activation
    constants: Mapping[str, Constant]
    parameters: Mapping[str, Ids]
    net: Ids
    outputs: Ids
    fixed: Mapping[str, Ids]  # arrays that are given with it and never updated

    @property
    def weights(self) -> Ids:
        """The weights of a dense layer, shape (units, sources)."""
        return self.parameters["weights"]

    @property
    def bias(self) -> Ids | None:
        """Its biases, shape (units,) or () where it is shared; None where there are none."""
        return self.parameters.get("bias")

    def renamed(self, new: Callable[[Ids], Ids]) -> LayerQuantities:
        """The same layer with other numbers for its quantities."""
        parameters, fixed = (
            {part: new(ids) for part, ids in arrays.items()} for arrays in (self.parameters, self.fixed)
        )
        return LayerQuantities(
            self.activation, self.constants, parameters, new(self.net), new(self.outputs), fixed
        )


@dataclass(frozen=True, eq=False)
class Graph:
    """One sample's way to its error: equations in an order in which each uses only earlier quantities.

    In an expression graph, `error` is its output, whatever that means, `inputs` are its values, and
    `asked` are those whose gradients are wanted; it has no layers, targets or loss.
    """

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
    asked: Ids = field(default_factory=lambda: NONE_ASKED)

    @property
    def parameters(self) -> Ids:
        """All weights and biases, layer by layer."""
        arrays = (ids for layer in self.layers for ids in layer.parameters.values())
        return np.concatenate([self.asked, *(ids.ravel() for ids in arrays)])

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

    @property
    def forward(self) -> tuple[Family, ...]:
        """The equations up to the outputs."""
        return self.families[:-2] if self.layers else self.families

    @property
    def measures(self) -> tuple[Family, ...]:
        """The equations of the error: of each output, and of all."""
        return self.families[-2:] if self.layers else ()

    def part(self, parameter: int) -> str:
        """The name of the array that a parameter belongs to: "weights", "bias"."""
        start = self.ledger.block(parameter).start
        for layer in self.layers:
            for part, ids in layer.parameters.items():
                if int(ids.flat[0]) == start:
                    return part
        raise KeyError(str(self.ledger.place(parameter)))

    def derivative(self, kind: str) -> str:
        """The kind of the quantities that hold ∂E/∂q, for quantities q of a kind."""
        equations = self.problem.equations
        return derivative_of(kind) if equations is None else f"d{equations.output}/d{kind}"

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
    if problem.equations is not None:
        from derive.graph.equations import build_equations  # formulas need a reader of their own

        return build_equations(problem, problem.equations)
    ledger = Ledger()
    sample = problem.samples[0]
    inputs = ledger.add("out", 0, problem.shape or (problem.inputs,))
    targets = ledger.add("t", None, problem.layers[-1].shape or (problem.units[-1],))
    rate = ledger.add("rate", None, ())
    given = [(inputs, sample.inputs), (targets, sample.targets),
             (rate, Numbers.typed(problem.learning_rate.text))]  # fmt: skip
    families: list[Family] = []
    layers: list[LayerQuantities] = []
    outputs = [inputs]
    for number, layer in enumerate(problem.layers, start=1):
        made, quantities = _connect(ledger, problem, number, outputs)
        families += made.families
        for part, ids in {**made.trained, **made.fixed}.items():
            given.append((ids, layer.numbers[part]))
        layers.append(quantities)
        outputs.append(made.outputs)
    loss, constants = choose_loss(problem.loss)
    measured = _measure(ledger, loss, constants, targets, outputs[-1])
    return Graph(
        problem, ledger, (*families, *measured), Given(given), tuple(layers), loss, constants,
        inputs, targets, int(rate), int(measured[1].targets[0]), measured[0].targets,
    )  # fmt: skip


def _connect(
    ledger: Ledger, problem: Problem, number: int, outputs: list[Ids]
) -> tuple[Connected, LayerQuantities]:
    """One layer, connected to what it takes of the layers before."""
    layer = problem.layers[number - 1]
    kind = LAYERS[layer.kind]
    activation, constants = choose_activation(layer.activation)
    shapes = {part: numbers.shape for part, numbers in layer.numbers.items()}
    plan = Plan(
        layer.shape or (layer.units,),
        {part: shape for part, shape in shapes.items() if part not in kind.constants},
        {part: shape for part, shape in shapes.items() if part in kind.constants},
    )
    sources = tuple(outputs[n] for n in layer.sources or (number - 1,))

    def numbers(ids: Ids) -> NDArray[np.float64]:
        return problem.samples[0].inputs.values.ravel()[ids - int(outputs[0].flat[0])]

    wiring = Wiring(
        number, plan, layer.bias.form, activation, constants, layer.options, sources, numbers
    )
    made = kind.connect(ledger, wiring)
    net = NONE_ASKED if made.net is None else made.net
    return made, LayerQuantities(
        activation, constants, made.trained, net, made.outputs, made.fixed
    )


def _measure(
    ledger: Ledger, loss: Loss, constants: Mapping[str, Constant], targets: Ids, outputs: Ids
) -> tuple[Family, Family]:
    """The error of each output, and their sum or mean."""
    parts = ledger.add("E", None, targets.shape).ravel()
    whole = ledger.add("E", None, ())
    taught = {} if loss.slope is None else {O: loss.slope(T, O, **constants)}
    each = Rule(f"loss.{loss.name}", loss.term(T, O, **constants), taught=taught)
    formula = over(TOTAL, Integer(targets.size)) if loss.mean and targets.size > 1 else TOTAL
    every = Rule("loss.mean" if loss.mean else "loss.sum", formula, {TOTAL: PART})
    return (
        Family(each, parts, {T: targets.ravel(), O: outputs.ravel()}),
        Family(every, whole.reshape(1), {PART: parts.reshape(1, -1)}),
    )
