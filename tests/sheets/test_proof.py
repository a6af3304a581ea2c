"""Every sheet is proved by NumPy's backpropagation, which finds an error planted in any of them."""

from __future__ import annotations

import numpy as np
import pytest

from derive.errors import Disagreement
from derive.sheets.order import Order
from derive.sheets.proof import network_of, prove
from derive.sheets.workshop import Workshop
from derive.witness.backprop import backpropagate
from derive.witness.network import Network
from tests.sheets.test_press import ORDERS, lot


@pytest.mark.parametrize("name", [name for name in ORDERS if name != "an expression"])
def test_the_network_of_all_sheets_is_that_of_each(name: str, tmp_path):
    made = lot(name, tmp_path)
    derivation = made.workshop.example.worked.derivation

    every = backpropagate(network_of(derivation, made.drawn.values))

    for n in range(len(made.columns)):
        alone = backpropagate(Network.of(made.workshop.problem(made.drawn, n)))
        np.testing.assert_allclose(every.error[n], alone.error, rtol=1e-13)
        layers = derivation.graph.layers
        for one, two, layer in zip(every.gradients, alone.gradients, layers, strict=True):
            assert set(one) == set(two) == set(layer.parameters)
            for part, gradient in two.items():
                np.testing.assert_allclose(one[part][n], gradient, rtol=1e-11, atol=1e-15)


EXPRESSION = {
    "equations": {"f": "q*z + tanh(x)", "q": "x + y"}, "values": dict.fromkeys("xyz", "draw"),
}  # fmt: skip


@pytest.mark.parametrize("problem", ["2-2-2", EXPRESSION], ids=["a network", "an expression"])
def test_an_error_in_one_gradient_of_one_sheet_is_found(problem):
    workshop = Workshop(Order.of(problem, variants=50, seed=1, certified=False))
    drawn = workshop.lot(range(1, 51)).drawn
    derivation = workshop.example.worked.derivation
    bounds = 1e-16 * np.abs(drawn.values)
    prove(derivation, drawn.values, bounds)

    for ids in (derivation.gradient[derivation.graph.parameters], np.array([derivation.error])):
        for quantity in ids.tolist():
            values = drawn.values.copy()
            values[33, quantity] *= 1 + 1e-6
            with pytest.raises(Disagreement):
                prove(derivation, values, bounds)
