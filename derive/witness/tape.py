"""The witnesses of an expression graph: backpropagation over its formulas, and measured differences.

>>> tape = Tape({"q": "x + y", "f": "q*z"}, {"x": -2.0, "y": 5.0, "z": -4.0}, "f")
>>> tape.gradients()["x"], tape.measured("x"), tape.measured("q")
(-4.0, -4.0, -4.0)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derive.catalogue.operations import Numeric
from derive.problem.model import Equations

STEP = 1e-20


class Tape:
    """Formulas in an order in which each uses what is known, the given values, and the output."""

    def __init__(
        self, formulas: Mapping[str, str], given: Mapping[str, float], output: str
    ) -> None:
        names = [*given, *formulas]
        self._formulas = {name: Numeric(text, names) for name, text in formulas.items()}
        self._given, self._output = given, output
        self.values = self._run(self._formulas, given)

    @classmethod
    def of(cls, equations: Equations) -> Tape:
        """The tape of a problem's expression graph."""
        given = {name: number.value for name, number in equations.values.items()}
        return cls(equations.formulas, given, equations.output)

    @staticmethod
    def _run(formulas: Mapping[str, Numeric], given: Mapping[str, Any]) -> dict[str, Any]:
        known = dict(given)
        with np.errstate(all="ignore"):
            for name, formula in formulas.items():
                known[name] = formula.value(known)
        return known

    def gradients(self) -> dict[str, float]:
        """∂output/∂q for every quantity q, operation by operation from the output back."""
        found: dict[str, float] = dict.fromkeys(self.values, 0.0)
        found[self._output] = 1.0
        with np.errstate(all="ignore"):
            for name, formula in reversed(self._formulas.items()):
                for other, gradient in formula.backward(self.values, found[name]).items():
                    found[other] += gradient
        return found

    def measured(self, name: str) -> float:
        """∂output/∂name by an imaginary step: of a given value, or of a quantity in its formula's place."""
        if name == self._output:
            return 1.0
        formulas = {other: form for other, form in self._formulas.items() if other != name}
        moved = {**self._given, name: self.values[name] + 1j * STEP}
        return float(np.imag(self._run(formulas, moved)[self._output]) / STEP)
