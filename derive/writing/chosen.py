"""Which parameters somebody means who names them: "w5", or by key, "w[2,1,1]".

>>> from derive.graph.graph import build
>>> from derive.problem.reading import load
>>> problem = load("2-2-1")
>>> parameters(build(problem), Notation.load("net-out", problem), ["w5", "w[1,2,1]"])
array([ 6, 14])
"""

from __future__ import annotations

import numpy as np

from derive.algebra.ledger import Ids
from derive.algebra.places import Place
from derive.errors import Mistake, ProblemError
from derive.graph.graph import Graph
from derive.registry import nearest
from derive.writing.notation import Notation

MOST_NAMED = 200  # weights; of more, a message names only the first and the last


def parameters(graph: Graph, notation: Notation, names: list[str]) -> Ids:
    """The parameters of these names, in the network's order; ProblemError for others."""
    found: list[int] = []
    known = graph.parameters
    mistakes: list[Mistake] = []
    if not names:
        mistakes.append(Mistake("only", "no weight or bias is named", "for example w5,w1"))
    for name in names:
        try:
            place = notation.parameter(str(name)) or Place.read(str(name))
            found.append(graph.ledger.find(place))
            if found[-1] not in known:
                raise KeyError(name)
        except (KeyError, ValueError):
            noun = "weight or bias" if graph.problem.equations is None else "value asked for"
            fact = f"there is no {noun} '{name}' in this network"
            mistakes.append(Mistake("only", fact, _which(graph, notation, name)))
    if mistakes:
        raise ProblemError(mistakes)
    return np.array(sorted(set(found)))


def _which(graph: Graph, notation: Notation, name: str) -> str:
    """What could have been meant by a parameter's name."""
    weights = [q for q in graph.parameters.tolist() if graph.ledger.block(q).kind == "w"]
    if len(weights) > MOST_NAMED:
        first, last = (notation.written(graph.ledger.place(q)) for q in (weights[0], weights[-1]))
        return f"the weights are {first} … {last}"
    return nearest(name, [notation.written(graph.ledger.place(int(q))) for q in graph.parameters])
