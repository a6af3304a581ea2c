"""From one sample to a batch: every sample has its own copy of the equations, and they combine.

The calculus is done for one sample; the others differ from it in their numbers alone. So each block
of quantities gets the samples as its first axis, and the index arrays of the families are repeated
with those offsets. What the samples share (weights, biases, the learning rate) stays as it is.

>>> from derive.derivation.sweep import sweep
>>> from derive.graph.graph import build
>>> from derive.problem.reading import read
>>> data = {"inputs": 2, "layers": [{"units": 1}], "samples": [{}] * 3}
>>> graph = build(read(data))
>>> lift = Lift(sweep(graph, graph.parameters), samples=3, update=None)
>>> for ids in lift(graph.layers[0].net), lift(graph.layers[0].weights)[:, 0, 0]:
...     print([str(lift.ledger.place(int(q))) for q in ids.ravel()])
['net[1,1]@1', 'net[1,1]@2', 'net[1,1]@3']
['w[1,1,1]', 'w[1,1,1]', 'w[1,1,1]']
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from sympy import Integer

from derive.algebra.family import Family
from derive.algebra.ledger import Ids, Ledger
from derive.algebra.ordered import over
from derive.algebra.places import derivative_of
from derive.algebra.rule import TOTAL, Rule
from derive.derivation.sweep import NONE, Backward
from derive.graph.graph import PART, Given, Graph
from derive.problem.model import Numbers, Problem


class Lift:
    """The numbers of one sample's quantities → those of every sample in a batch.

    `ledger` is the new register. `lift(ids)` has the shape (samples, …); what the samples share has the
    same number for all of them. Where the problem has several samples, quantities are `marked` with
    theirs, also in a batch of one.
    """

    def __init__(self, one: Backward, samples: int, update: int | None) -> None:
        self.samples = samples
        self.marked = len(one.graph.problem.samples) > 1
        self.ledger = Ledger()
        self._first = np.empty(one.ledger.size, dtype=np.int64)
        self._stride = np.zeros(one.ledger.size, dtype=np.int64)
        given = {int(ids.flat[0]) for ids, _ in one.graph.given}
        own = _own(one.graph)
        for block in one.ledger.blocks:
            shared = not self.marked or (block.start in given and block.start not in own)
            ids = self.ledger.add(
                block.kind, block.layer, block.shape, 0 if shared else samples,
                None if block.start in given else update,
            )  # fmt: skip
            olds = slice(block.start, block.start + block.size)
            self._first[olds] = ids.ravel()[: block.size]
            self._stride[olds] = 0 if shared else block.size

    def __call__(self, ids: Ids) -> Ids:
        """The quantities of every sample; shape (samples, …)."""
        if self.samples == 1:  # the new register is the old one
            return np.asarray(ids)[None]
        return self.of(ids, np.arange(self.samples).reshape(-1, *(1 for _ in np.shape(ids))))

    def of(self, ids: Ids, sample: int | Ids) -> Ids:
        """The quantities of one sample, which counts from 0, or of several along the first axis."""
        if self.samples == 1:
            return ids
        lifted: Ids = self._first[ids] + self._stride[ids] * sample
        return lifted

    def families(self, families: Iterable[Family]) -> tuple[Family, ...]:
        """The same rules for all samples, one sample after the other."""
        if self.samples == 1:
            return tuple(families)
        return tuple(
            Family(
                family.rule, self(family.targets).ravel(),
                {slot: self(ids).reshape(-1, *ids.shape[1:]) for slot, ids in family.arguments.items()},
            )
            for family in families
        )  # fmt: skip

    def given(self, graph: Graph, batch: range) -> list[tuple[Ids, Numbers]]:
        """The given quantities with their numbers, for the problem's samples in `batch`."""
        found: list[tuple[Ids, Numbers]] = []
        own = _own(graph)
        for ids, numbers in graph.given:
            if int(ids.flat[0]) not in own:
                found.append((self.of(ids, 0), numbers))
        for position, sample in enumerate(batch):
            asked = graph.problem.samples[sample]
            found.append((self.of(graph.inputs, position), asked.inputs))
            if graph.targets.size:
                found.append((self.of(graph.targets, position), asked.targets))
        return found

    def graph(self, graph: Graph, sample: int, families: tuple[Family, ...], given: Given) -> Graph:
        """The graph in the new numbers, with the quantities of one sample in the places of old ones."""
        layers = tuple(layer.renamed(lambda ids: self.of(ids, sample)) for layer in graph.layers)
        return replace(
            graph, ledger=self.ledger, families=families, given=given, layers=layers,
            inputs=self.of(graph.inputs, sample), targets=self.of(graph.targets, sample),
            rate=self._of_one(graph.rate, sample), error=self._of_one(graph.error, sample),
            parts=self.of(graph.parts, sample),
        )  # fmt: skip

    def _of_one(self, quantity: int, sample: int) -> int:
        return int(self.of(np.array(quantity), sample))

    def gradient(self, one: Backward) -> Ids:
        """∂E/∂q by quantity, each sample's of its own error."""
        known = np.flatnonzero(one.gradient >= 0)
        gradient: Ids = np.full(self.ledger.size, NONE)
        gradient[self(known).ravel()] = self(one.gradient[known]).ravel()
        return gradient


def _own(graph: Graph) -> set[int]:
    """The first quantities of what each sample has its own numbers for."""
    return {int(ids.flat[0]) for ids in (graph.inputs, graph.targets) if ids.size}


def combine(one: Backward, lift: Lift, update: int | None) -> tuple[tuple[Family, ...], int, Ids]:
    """The batch's error and gradients: families, the error, and ∂E/∂q by quantity.

    Each is the mean of the samples' own, or their sum, as the problem says. What is no parameter has
    its derivative of its own sample's error.
    """
    gradient = lift.gradient(one)
    rule = _rule(one.graph.problem, lift.samples)
    errors = lift(np.array([one.graph.error])).reshape(1, -1)
    whole = lift.ledger.add("E", None, (), 0, update)
    families = [Family(rule, whole.reshape(1), {PART: errors})]
    for layer in one.graph.layers:
        for ids in layer.parameters.values():
            chosen = ids.ravel()[one.gradient[ids.ravel()] >= 0]
            if not chosen.size:
                continue
            block = one.ledger.block(int(ids.flat[0]))
            kind = derivative_of(block.kind)
            every = lift.ledger.add(kind, block.layer, block.shape, 0, update).ravel()
            targets = every[chosen - block.start]
            gradient[lift.of(chosen, 0)] = targets
            families.append(Family(rule, targets, {PART: lift(one.gradient[chosen]).T.copy()}))
    return tuple(families), int(whole), gradient


def _rule(problem: Problem, samples: int) -> Rule:
    formula = over(TOTAL, Integer(samples)) if problem.reduction == "mean" else TOTAL
    return Rule(f"batch.{problem.reduction}", formula, {TOTAL: PART})
