"""The update: every new parameter from the old one and its gradient, all at once."""

from __future__ import annotations

import numpy as np

from derive.algebra.family import Family
from derive.algebra.ledger import Ids, Ledger
from derive.algebra.rule import GRADIENT, RATE, Rule, W
from derive.catalogue.optimizers import OPTIMIZERS
from derive.graph.graph import Graph


def update(graph: Graph, ledger: Ledger, gradient: Ids) -> tuple[Family, ...]:
    """The equations of w_new and b_new, for each parameter that is not frozen and has a gradient."""
    optimizer = OPTIMIZERS[graph.problem.optimizer.name]
    rule = Rule(f"update.{optimizer.name}", optimizer.formula)
    movable = np.zeros(graph.ledger.size, dtype=bool)
    movable[graph.updated] = True
    families = []
    for layer in graph.layers:
        for ids in (layer.weights, layer.bias):
            if ids is None:
                continue
            chosen = ids.ravel()[movable[ids.ravel()] & (gradient[ids.ravel()] >= 0)]
            if chosen.size:
                block = graph.ledger.block(int(ids.flat[0]))
                new = ledger.add(f"{block.kind}_new", block.layer, block.shape).ravel()
                arguments = {
                    W: chosen,
                    RATE: np.full(chosen.size, graph.rate),
                    GRADIENT: gradient[chosen],
                }
                families.append(Family(rule, new[chosen - block.start], arguments))
    return tuple(families)
