"""A problem as arrays, and its error as a function of them, for one batch of samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from derive.catalogue.chosen import activation, loss
from derive.catalogue.entries import Array, Parameter
from derive.catalogue.layers import LAYERS
from derive.catalogue.layers.kind import Arrays, LayerKind, Plan
from derive.problem import schedule
from derive.problem.model import Choice, Layer, Problem


class Pass(NamedTuple):
    """What a forward pass finds: the outputs of each layer, the inputs first; what each layer keeps for
    the way back; the samples' errors, shape (…, samples), and the batch's."""

    outputs: list[Array]
    kept: list[Any]
    errors: Array
    error: Array


@dataclass(frozen=True, eq=False)
class Network:
    """Layers with their arrays, the loss with its numeric half, and a batch of samples.

    `share` is 1, or 1/n where the loss is a mean over n outputs; `part` is what a sample's error
    counts for in the batch's. `sources` are the layers that each takes, 0 being the inputs. Shapes:
    x (samples, *inputs), t (samples, *outputs).
    """

    kinds: tuple[LayerKind, ...]
    layers: tuple[Arrays, ...]
    sources: tuple[tuple[int, ...], ...]
    value: partial[Array]
    derivative: partial[Array]
    kinked: bool
    share: float
    part: float
    x: Array
    t: Array
    axes: int = 1  # of one sample's targets

    @classmethod
    def of(cls, problem: Problem, batch: range | None = None) -> Network:
        """A problem with the samples of a batch (counting from 0), the first one unless said."""
        measure = loss(problem.loss.name, problem.loss.formula)
        kinked = measure.kinked or problem.loss.formula is not None
        layers = [_arrays(problem, layer, n) for n, layer in enumerate(problem.layers, 1)]
        kinks = kinked or any(
            layer.activation.kinked or LAYERS[asked.kind].kinked
            for layer, asked in zip(layers, problem.layers, strict=True)
        )
        given = _floats(problem.loss, measure.parameters)
        chosen = [problem.samples[n] for n in batch or schedule.batch(problem, 1)]
        return cls(
            tuple(LAYERS[layer.kind] for layer in problem.layers),
            tuple(layer._replace(kinks=kinks) for layer in layers),
            tuple(layer.sources or (n,) for n, layer in enumerate(problem.layers)),
            partial(measure.value, **given), partial(measure.derivative, **given),
            kinked,
            1 / problem.units[-1] if measure.mean else 1.0,
            1 / len(chosen) if problem.reduction == "mean" else 1.0,
            np.stack([sample.inputs.values for sample in chosen]),
            np.stack([sample.targets.values for sample in chosen]),
            chosen[0].targets.values.ndim,
        )  # fmt: skip

    def forward(
        self, layers: Sequence[Arrays] | None = None, start: int = 0,
        known: Sequence[Array] | None = None,
    ) -> Pass:  # fmt: skip
        """Run layers `start` and after; `known` are the inputs and the outputs of those before.

        Leading axes of any array are carried along.
        """
        chosen = self.layers if layers is None else layers
        outputs = [self.x] if known is None else list(known[: start + 1])
        kept: list[Any] = [None] * start
        for number in range(start, len(chosen)):
            taken = tuple(outputs[n] for n in self.sources[number])
            keeping, out = self.kinds[number].forward(chosen[number], taken)
            kept.append(keeping)
            outputs.append(out)
        axes = tuple(range(-self.axes, 0))
        errors = np.add.reduce(self.value(self.t, self.measured(outputs[-1])), axis=axes)
        if self.share != 1:
            errors = self.share * errors
        return Pass(outputs, kept, errors, self.part * np.add.reduce(errors, axis=-1))

    def measured(self, outputs: Array) -> Array:
        """The outputs as the loss sees them: where it has a kink at the target, residues are 0."""
        return on_target(self.t, outputs) if self.kinked else outputs


def on_target(t: Array, o: Array) -> Array:
    """The outputs, with the target itself where only rounding is between the two."""
    between = np.abs(np.real(o) - t)
    same = between < 8 * np.finfo(float).eps * (np.abs(t) + np.abs(np.real(o)))
    return np.where(same, t + 1j * np.imag(o) if np.iscomplexobj(o) else t, o)


def _arrays(problem: Problem, layer: Layer, number: int) -> Arrays:
    """The numbers of one layer, which counts from 1."""
    entry = activation(layer.activation.name, layer.activation.formula)
    kind = LAYERS[layer.kind]
    every = {part: numbers.values for part, numbers in layer.numbers.items()}
    trained = {part: array for part, array in every.items() if part not in kind.constants}
    fixed = {part: array for part, array in every.items() if part in kind.constants}
    shapes = [problem.shape or (problem.inputs,)]
    shapes += [other.shape or (other.units,) for other in problem.layers]
    plan = Plan(
        shapes[number],
        {part: array.shape for part, array in trained.items()},
        {part: array.shape for part, array in fixed.items()},
    )
    return Arrays(
        trained, entry, _floats(layer.activation, entry.parameters), plan,
        tuple(shapes[n] for n in layer.sources or (number - 1,)),
        layer.bias.form, layer.options, fixed,
    )  # fmt: skip


def _floats(choice: Choice, parameters: Mapping[str, Parameter]) -> dict[str, float]:
    typed = {name: given.value for name, given in choice.parameters.items()}
    return {name: typed.get(name, float(p.default)) for name, p in parameters.items()}
