"""The comment with its problem, at the end of every Markdown sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derive.exercises.draw_open import Opening
from derive.press.form import Form
from derive.press.pattern import Tokens
from derive.problem.embedded import commented
from derive.problem.model import Bias, Layer, Numbers, Problem, Sample
from derive.problem.saving import write_problem


def problem_form(problem: Problem, openings: Iterable[Opening], tokens: Tokens) -> Form:
    """The comment of every sheet: `problem` is that of one of them, the openings are what is drawn."""
    places = {opening.place: opening for opening in openings}

    def numbers(place: str, own: Numbers) -> Numbers:
        if place not in places:
            return own
        texts = [tokens.of(q) for q in places[place].ids.ravel().tolist()]
        return Numbers.typed(_shaped(texts, own.shape))

    def layer(place: str, own: Layer) -> Layer:
        bias = own.bias
        if bias.numbers is not None:
            bias = Bias(bias.form, numbers(f"{place}.bias", bias.numbers))
        return replace(own, weights=numbers(f"{place}.weights", own.weights), bias=bias)

    def sample(place: str, own: Sample) -> Sample:
        inputs = numbers(f"{place}.inputs", own.inputs)
        return Sample(inputs, numbers(f"{place}.targets", own.targets))

    pattern = replace(
        problem,
        layers=tuple(layer(f"layers[{n}]", own) for n, own in enumerate(problem.layers, 1)),
        samples=tuple(sample(f"samples[{n}]", own) for n, own in enumerate(problem.samples, 1)),
    )
    (*texts, last), slots = tokens.split(f"\n{commented(write_problem(pattern))}\n")
    signed = [(text, f"{text}-", text, f"{text}-") for text in texts]
    return Form(tuple(slots), (*signed, (last,) * 4))


def _shaped(texts: list[str], shape: tuple[int, ...]) -> object:
    """The texts in nested lists."""
    if len(shape) < 2:
        return texts if shape else texts[0]
    width = shape[1]
    return [texts[n : n + width] for n in range(0, len(texts), width)]
