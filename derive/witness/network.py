"""A problem as arrays, and its error as a function of them, for one batch of samples."""

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
from derive.problem import schedule
from derive.problem.model import Choice, Problem


class Pass(NamedTuple):
    """What a forward pass finds: per layer its input, net input and output; the samples' errors, shape
    (…, samples), and the batch's."""

    inputs: list[Array]
    nets: list[Array]
    outputs: list[Array]
    errors: Array
    error: Array


@dataclass(frozen=True, eq=False)
class Network:
    """Layers with their arrays, the loss with its numeric half, and a batch of samples.

    `share` is 1, or 1/n where the loss is a mean over n outputs; `part` is what a sample's error
    counts for in the batch's. Shapes: x (samples, inputs), t (samples, outputs).
    """

    kinds: tuple[LayerKind, ...]
    layers: tuple[Arrays, ...]
    value: partial[Array]
    derivative: partial[Array]
    kinked: bool
    share: float
    part: float
    x: Array
    t: Array

    @classmethod
    def of(cls, problem: Problem, batch: range | None = None) -> Network:
        """A problem with the samples of a batch (counting from 0), the first one unless said."""
        kinds, layers = [], []
        for layer in problem.layers:
            entry = activation(layer.activation.name, layer.activation.formula)
            bias = layer.bias.numbers.values if layer.bias.numbers is not None else None
            parameters = _floats(layer.activation, entry.parameters)
            kinds.append(LAYERS[layer.kind])
            layers.append(Arrays(layer.weights.values, bias, layer.bias.form, entry, parameters))
        measure = loss(problem.loss.name, problem.loss.formula)
        given = _floats(problem.loss, measure.parameters)
        chosen = [problem.samples[n] for n in batch or schedule.batch(problem, 1)]
        return cls(
            tuple(kinds), tuple(layers),
            partial(measure.value, **given), partial(measure.derivative, **given),
            measure.kinked or problem.loss.formula is not None,
            1 / problem.units[-1] if measure.mean else 1.0,
            1 / len(chosen) if problem.reduction == "mean" else 1.0,
            np.stack([sample.inputs.values for sample in chosen]),
            np.stack([sample.targets.values for sample in chosen]),
        )  # fmt: skip

    def forward(
        self, layers: Sequence[Arrays] | None = None, start: int = 0, x: Array | None = None
    ) -> Pass:
        """Run layers `start` and after on x; leading axes of any array are carried along."""
        chosen = self.layers if layers is None else layers
        x = self.x if x is None else x
        inputs, nets, outputs = [], [], []
        for kind, arrays in zip(self.kinds[start:], chosen[start:], strict=True):
            net, out = kind.forward(arrays, x)
            inputs.append(x)
            nets.append(net)
            outputs.append(out)
            x = out
        errors = np.add.reduce(self.value(self.t, self.measured(x)), axis=-1)
        if self.share != 1:
            errors = self.share * errors
        return Pass(inputs, nets, outputs, errors, self.part * np.add.reduce(errors, axis=-1))

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
