"""A problem with other numbers in some of its places: "layers[1].weights", "samples[1].inputs", …

>>> from derive.problem.reading import load
>>> problem = load("1-1", seed=1)
>>> numbers = Numbers.typed(["0.5"])
>>> renumbered(problem, {"layers[1].weights": numbers}).layers[0].weights.text(0, 0)
'0.5'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from derive.problem.model import Bias, Layer, Numbers, Problem, Sample


def renumbered(problem: Problem, numbers: Mapping[str, Numbers]) -> Problem:
    """The problem with these numbers, which are no longer drawn; there must be as many as it has."""

    def at(place: str, own: Numbers) -> Numbers:
        return numbers[place].reshaped(own.shape) if place in numbers else own

    def layer(place: str, own: Layer) -> Layer:
        bias = own.bias
        if bias.numbers is not None:
            bias = Bias(bias.form, at(f"{place}.bias", bias.numbers))
        return replace(own, weights=at(f"{place}.weights", own.weights), bias=bias)

    def sample(place: str, own: Sample) -> Sample:
        inputs = at(f"{place}.inputs", own.inputs)
        return Sample(inputs, at(f"{place}.targets", own.targets))

    return replace(
        problem,
        layers=tuple(layer(f"layers[{n}]", own) for n, own in enumerate(problem.layers, 1)),
        samples=tuple(sample(f"samples[{n}]", own) for n, own in enumerate(problem.samples, 1)),
        drawn=tuple(place for place in problem.drawn if place not in numbers),
    )
