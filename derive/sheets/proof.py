"""NumPy's backpropagation through every sheet at once: the errors and gradients must be those printed.

It shares no formula with what the sheets' values were computed from.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from derive.comparison import TOLERANCE, gap
from derive.derivation.derivation import Derivation
from derive.errors import Disagreement
from derive.numbers.evaluate import Values
from derive.witness.backprop import backpropagate
from derive.witness.network import Network


def prove(derivation: Derivation, values: Values, bounds: Values) -> None:
    """Compare all sheets; `values` and bounds on their errors have the shape (sheets, quantities).

    Raises `Disagreement` where one differs by more than rounding can explain.
    """
    found = backpropagate(network_of(derivation, values))
    pairs = [(np.array([derivation.error]), found.error[:, None])]
    for layer, gradient in zip(derivation.graph.layers, found.gradients, strict=True):
        for part, ids in layer.parameters.items():
            theirs = gradient[part].reshape(len(values), -1)
            ours = derivation.gradient[ids.ravel()]
            pairs.append((ours[ours >= 0], theirs[:, ours >= 0]))
    for ids, theirs in pairs:
        worst = gap(values[:, ids], theirs, bounds[:, ids]).relative
        if not worst <= TOLERANCE:
            raise Disagreement(
                "the gradients of a sheet and NumPy's differ by more than rounding "
                f"(relative {worst:.1e}); please report this problem"
            )


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
