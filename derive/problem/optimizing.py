"""Which optimizer a problem asks for, as the catalogue's entry.

>>> from derive.problem.reading import load
>>> problem = load("2-1", optimizer={"name": "momentum", "weight_decay": 0.1})
>>> [len(optimizer_of(problem, part).lines) for part in ("weights", "bias")]
[3, 2]
"""

from __future__ import annotations

from derive.catalogue.optimizers import DECAY, OPTIMIZERS, Optimizer, decays, with_decay
from derive.problem.model import Problem


def optimizer_of(problem: Problem, part: str = "bias") -> Optimizer:
    """The optimizer; for weights with the line of weight decay, where there is one."""
    optimizer = OPTIMIZERS[problem.optimizer.name]
    decaying = decays(part) and DECAY in problem.optimizer.parameters
    return with_decay(optimizer) if decaying else optimizer
