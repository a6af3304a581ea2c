"""NumPy's backpropagation through every sheet at once: the errors and gradients must be those printed.

It shares no formula with what the sheets' values were computed from.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from derive.algebra.ledger import Ids
from derive.comparison import TOLERANCE, gap
from derive.derivation.derivation import Derivation
from derive.errors import Disagreement
from derive.numbers.evaluate import Values
from derive.problem.model import Equations
from derive.witness.backprop import backpropagate
from derive.witness.network import Network
from derive.witness.tape import Tape


def prove(derivation: Derivation, values: Values, bounds: Values) -> None:
    """Compare all sheets; `values` and bounds on their errors have the shape (sheets, quantities).

    Raises `Disagreement` where one differs by more than rounding can explain.
    """
    equations = derivation.graph.problem.equations
    if equations is not None:
        pairs = _traced(derivation, equations, values)
    else:
        pairs = _backpropagated(derivation, values)
    for ids, theirs in pairs:
        worst = gap(values[:, ids], theirs, bounds[:, ids]).relative
        if not worst <= TOLERANCE:
            raise Disagreement(
                "the gradients of a sheet and NumPy's differ by more than rounding "
                f"(relative {worst:.1e}); please report this problem"
            )


def _backpropagated(derivation: Derivation, values: Values) -> list[tuple[Ids, Values]]:
    """The errors and the gradients of a network's parameters: quantities, and what NumPy finds."""
    found = backpropagate(network_of(derivation, values))
    pairs = [(np.array([derivation.error]), found.error[:, None])]
    for layer, gradient in zip(derivation.graph.layers, found.gradients, strict=True):
        for part, ids in layer.parameters.items():
            theirs = gradient[part].reshape(len(values), -1)
            ours = derivation.gradient[ids.ravel()]
            pairs.append((ours[ours >= 0], theirs[:, ours >= 0]))
    return pairs


def _traced(
    derivation: Derivation, equations: Equations, values: Values
) -> list[tuple[Ids, Values]]:
    """The values and the gradients of an expression graph, sheet by sheet."""
    graph, place = derivation.graph, derivation.ledger.place
    made = np.concatenate([family.targets for family in graph.families])
    names = [place(q).kind for q in made.tolist()]
    asked = [place(q).kind for q in derivation.wanted.tolist()]
    forward, gradients = [], []
    for row in values:
        given = dict(zip(equations.values, row[graph.inputs].tolist(), strict=True))
        tape = Tape(equations.formulas, given, equations.output)
        forward.append([float(tape.values[name]) for name in names])
        found = tape.gradients()
        gradients.append([found[name] for name in asked])
    return [
        (made, np.array(forward)), (derivation.gradient[derivation.wanted], np.array(gradients))
    ]  # fmt: skip


def network_of(derivation: Derivation, values: Values) -> Network:
    """The problem's network with the numbers of every sheet, as leading axes of its arrays."""
    graph, one, lift = derivation.graph, derivation.one.graph, derivation.lift
    network = Network.of(graph.problem)
    layers = tuple(
        arrays.having({part: values[:, ids] for part, ids in layer.parameters.items()})
        for arrays, layer in zip(network.layers, graph.layers, strict=True)
    )
    x, t = (values[:, lift(ids)] for ids in (one.inputs, one.targets))
    return replace(network, layers=layers, x=x, t=t)
