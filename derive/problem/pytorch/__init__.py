"""A problem from a PyTorch module: its layers, its numbers, and samples for it.

PyTorch is not imported: a module is asked for the name of its class and for its attributes, a tensor for
its numbers, so that anything alike will do.

>>> class Linear: weight, bias = [[0.5, -0.25]], [0.1]
>>> class Tanh: pass
>>> problem = from_torch([Linear(), Tanh()], [0.1, 0.2], [1], learning_rate=0.1)
>>> problem.units, problem.layers[0].activation.name, problem.layers[0].weights.text(0, 1)
((2, 1), 'tanh', '-0.25')
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from derive.errors import Mistake, ProblemError
from derive.problem.model import Problem
from derive.problem.pytorch.entry import At, Entry, Table
from derive.problem.pytorch.layers import ENTRIES
from derive.problem.pytorch.numbers import Texts, nested, texts
from derive.problem.reading import read
from derive.problem.wrong import Wrong, plain

GROUPS = ("Sequential", "ModuleList", "list", "tuple")


def from_torch(module: Any, inputs: Any, targets: Any, **options: Any) -> Problem:
    """The problem that an `nn.Sequential` of known layers is, with its numbers; options as for `load`.

    Inputs and targets are one sample, or several along the first axis, in tensors, arrays or lists.
    Numbers get the shortest text that reads back to them. Of a recurrent layer the outputs of all time
    steps are taken. What is not trained (`requires_grad`) is frozen. `Dropout` of a module that trains
    gets a mask that is drawn, and is left out of one that evaluates. With `BatchNorm1d`, the batch is
    one sample whose rows are the batch's members. Tokens of an `Embedding` count from 0 there, from 1
    here. PyTorch's two biases of a recurrent layer become their sum, which has the gradient of each.

    Raises `ProblemError` for modules that are not known, and for all that a problem file is refused for.
    """
    mistakes: list[Mistake] = []
    known = list(_known(module, mistakes))
    try:
        samples, at = _samples(inputs, targets, known)
    except Wrong as error:
        raise ProblemError([*mistakes, *error.at("")]) from None
    layers: list[Table] = []
    for place, one, entry in known:
        try:
            for table in entry.tables(one, at):
                _add(layers, table)
            at = at._replace(axes=entry.after(at.axes))
        except Wrong as error:
            mistakes += error.at(place)
    if mistakes:
        raise ProblemError(mistakes)
    return read({"layers": layers, "samples": samples}, **options)


def _known(module: Any, mistakes: list[Mistake]) -> Iterator[tuple[str, Any, Entry]]:
    """The modules in their order, each with its place, counting from 0 as PyTorch does."""
    for place, one in _flat(module, "module"):
        name = type(one).__name__
        if name in ENTRIES:
            yield place, one, ENTRIES[name]
        else:
            fact = f"there is nothing here for a module of the class {plain(name)}"
            mistakes.append(Mistake(place, fact, f"known: {', '.join(ENTRIES)}"))


def _flat(module: Any, place: str) -> Iterator[tuple[str, Any]]:
    if type(module).__name__ in GROUPS:
        for number, one in enumerate(module):
            yield from _flat(one, f"{place}[{number}]")
    else:
        yield place, module


def _add(layers: list[Table], table: Table) -> None:
    """The next layer; an activation goes to the layer before, where that has none yet."""
    alone = table["kind"] == "activation"
    if alone and layers and layers[-1].get("activation") == "identity":
        layers[-1]["activation"] = table["activation"]
    else:
        layers.append(table)


# --- samples -------------------------------------------------------------------------------------


def _samples(
    inputs: Any, targets: Any, known: list[tuple[str, Any, Entry]]
) -> tuple[list[Table], At]:
    """The samples in a problem file's shape, and how many axes one of them has."""
    x, t = _read("inputs", inputs), _read("targets", targets)
    entries = [entry for _, _, entry in known]
    axes = next((entry.axes for entry in entries if entry.axes is not None), 1)
    if x.ndim < axes:
        fact = f"one sample has {axes} axes for the first module, and all of this has {x.ndim}"
        raise Wrong([Mistake("inputs", fact)])
    together = any(e.together and getattr(one, "training", False) for _, one, e in known)
    if x.ndim == axes or together:
        if t.ndim < 1 or (together and t.ndim < x.ndim):
            t = t[..., None]
        rows, at = [(x, t)], At(x.ndim, 0)
    else:
        if t.ndim < 1 or len(x) != len(t):
            fact = f"{len(x)} samples, but {len(t) if t.ndim else 'one number'} of targets"
            raise Wrong([Mistake("targets", fact, "targets for each sample")])
        rows, at = list(zip(x, t if t.ndim > 1 else t[:, None], strict=True)), At(x.ndim - 1, 1)
    first = 1 if any(entry.tokens for entry in entries) else 0
    return [{"inputs": nested(_counted(x, first)), "targets": nested(t)} for x, t in rows], at


def _read(what: str, tensor: Any) -> Texts:
    try:
        return texts(tensor)
    except Wrong as error:
        raise Wrong(error.at(what)) from None


def _counted(tokens: Texts, first: int) -> Texts:
    """The inputs, where tokens count from 1 instead of 0."""
    if not first:
        return tokens
    return texts(tokens.astype(np.float64) + first)
