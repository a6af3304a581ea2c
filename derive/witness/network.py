"""A problem as arrays, and its error as a function of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from derive.catalogue.chosen import activation, loss
from derive.catalogue.entries import Array, Parameter
from derive.catalogue.layers import LAYERS
from derive.catalogue.layers.kind import Arrays, LayerKind
from derive.problem.model import Choice, Problem


class Pass(NamedTuple):
    """What a forward pass finds: per layer its input, net input and output, and the error."""

    inputs: list[Array]
    nets: list[Array]
    outputs: list[Array]
    error: Array


@dataclass(frozen=True, eq=False)
class Network:
    """Layers with their arrays, and the loss with its numeric half."""

    kinds: tuple[LayerKind, ...]
    layers: tuple[Arrays, ...]
    value: partial[Array]
    derivative: partial[Array]
    kinked: bool
    share: float  # 1, or 1/n where the loss is a mean
    x: Array
    t: Array

    @classmethod
    def of(cls, problem: Problem) -> Network:
        """The first sample of a problem."""
        kinds, layers = [], []
        for layer in problem.layers:
            entry = activation(layer.activation.name, layer.activation.formula)
            bias = layer.bias.numbers.values if layer.bias.numbers is not None else None
            parameters = _floats(layer.activation, entry.parameters)
            kinds.append(LAYERS[layer.kind])
            layers.append(Arrays(layer.weights.values, bias, layer.bias.form, entry, parameters))
        measure = loss(problem.loss.name, problem.loss.formula)
        given = _floats(problem.loss, measure.parameters)
        sample = problem.samples[0]
        return cls(
            tuple(kinds), tuple(layers),
            partial(measure.value, **given), partial(measure.derivative, **given),
            measure.kinked or problem.loss.formula is not None,
            1 / problem.units[-1] if measure.mean else 1.0,
            sample.inputs.values, sample.targets.values,
        )  # fmt: skip

    def forward(
        self, layers: Sequence[Arrays] | None = None, start: int = 0, x: Array | None = None
    ) -> Pass:
        """Run layers `start` and after on x; leading axes of any array are carried along."""
        chosen = self.layers if layers is None else layers
        x = self.x if x is None else x
        found = Pass([], [], [], np.array(0.0))
        for kind, arrays in zip(self.kinds[start:], chosen[start:], strict=True):
            net, out = kind.forward(arrays, x)
            found.inputs.append(x)
            found.nets.append(net)
            found.outputs.append(out)
            x = out
        terms = self.value(self.t, self.measured(x))
        return found._replace(error=self.share * terms.sum(axis=-1))

    def measured(self, outputs: Array) -> Array:
        """The outputs as the loss sees them: where it has a kink at the target, residues are 0."""
        return on_target(self.t, outputs) if self.kinked else outputs


def on_target(t: Array, o: Array) -> Array:
    """The outputs, with the target itself where only rounding is between the two."""
    between = np.abs(np.real(o) - t)
    same = between < 8 * np.finfo(float).eps * (np.abs(t) + np.abs(np.real(o)))
    return np.where(same, t + 1j * np.imag(o) if np.iscomplexobj(o) else t, o)


def _floats(choice: Choice, parameters: Mapping[str, Parameter]) -> dict[str, float]:
    typed = {name: given.value for name, given in choice.parameters.items()}
    return {name: typed.get(name, float(p.default)) for name, p in parameters.items()}
