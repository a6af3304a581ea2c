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

from derive.problem.model import Bias, Given, Layer, Numbers, Problem, Sample


def renumbered(problem: Problem, numbers: Mapping[str, Numbers]) -> Problem:
    """The problem with these numbers, which are no longer drawn; there must be as many as it has."""

    def at(place: str, own: Numbers) -> Numbers:
        return numbers[place].reshaped(own.shape) if place in numbers else own

    def layer(place: str, own: Layer) -> Layer:
        if own.kind != "dense":
            arrays = {name: at(f"{place}.{name}", array) for name, array in own.arrays.items()}
            return replace(own, arrays=arrays)
        bias = own.bias
        if bias.numbers is not None:
            bias = Bias(bias.form, at(f"{place}.bias", bias.numbers))
        return replace(own, weights=at(f"{place}.weights", own.weights), bias=bias)

    def sample(place: str, own: Sample) -> Sample:
        inputs = at(f"{place}.inputs", own.inputs)
        return Sample(inputs, at(f"{place}.targets", own.targets))

    if problem.equations is not None:
        return _graph(problem, numbers)
    return replace(
        problem,
        layers=tuple(layer(f"layers[{n}]", own) for n, own in enumerate(problem.layers, 1)),
        samples=tuple(sample(f"samples[{n}]", own) for n, own in enumerate(problem.samples, 1)),
        drawn=tuple(place for place in problem.drawn if place not in numbers),
    )


def numbers_at(problem: Problem, place: str) -> Numbers:
    """The numbers that a problem has at a place.

    >>> from derive.problem.reading import load
    >>> numbers_at(load("2-1", seed=1), "layers[1].weights").shape
    (1, 2)
    """
    where, _, part = place.rpartition(".")
    number = int(where.partition("[")[2].rstrip("]") or 0)
    if where.startswith("layers"):
        return problem.layers[number - 1].numbers[part]
    if where.startswith("samples"):
        sample = problem.samples[number - 1]
        return sample.inputs if part == "inputs" else sample.targets
    assert problem.equations is not None
    return Numbers.typed(problem.equations.values[part].text)


def _graph(problem: Problem, numbers: Mapping[str, Numbers]) -> Problem:
    """An expression graph with other values."""
    assert problem.equations is not None
    values = dict(problem.equations.values)
    for name in values:
        place = f"values.{name}"
        if place in numbers:
            text = numbers[place].reshaped(()).text()
            values[name] = Given(float(numbers[place].values.ravel()[0]), text)
    sample = Sample(Numbers.typed([given.text for given in values.values()]), Numbers.typed([]))
    drawn = tuple(place for place in problem.drawn if place not in numbers)
    graph = replace(problem.equations, values=values)
    return replace(problem, equations=graph, samples=(sample,), drawn=drawn)
