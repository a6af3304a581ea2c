"""An expression graph → Graph: each of its formulas is one equation, with names of the user's own.

>>> from derive.problem.reading import read
>>> problem = read({"equations": {"f": "q*z", "q": "x + y"}, "values": {"x": -2, "y": 5, "z": -4}})
>>> graph = build_equations(problem, problem.equations)
>>> [str(graph.ledger.place(int(family.targets[0]))) for family in graph.families]
['q', 'f']
"""

from __future__ import annotations

import numpy as np

from derive.algebra.family import Family
from derive.algebra.formula import fold, parse, variables
from derive.algebra.ledger import Ids, Ledger
from derive.algebra.rule import Rule, slot
from derive.catalogue.entries import Loss
from derive.catalogue.user import SYMBOLS
from derive.graph.graph import NONE_ASKED, Given, Graph
from derive.problem.model import Equations, Problem

NO_LOSS = Loss("none", lambda t, o: o, None, lambda t, o: o, lambda t, o: np.ones_like(o))


def build_equations(problem: Problem, equations: Equations) -> Graph:
    """The equations in their order, from the given values to the output."""
    ledger = Ledger()
    known: dict[str, Ids] = {name: ledger.add(name, None, ()) for name in equations.values}
    inputs = np.array([int(ids) for ids in known.values()])
    families = []
    for name, formula in equations.formulas.items():
        family = _family(ledger, name, formula, known)
        known[name] = family.targets
        families.append(family)
    asked = np.array([int(known[name].reshape(())) for name in equations.gradients])
    given = Given([(inputs, problem.samples[0].inputs)])
    return Graph(
        problem, ledger, tuple(families), given, (), NO_LOSS, {}, inputs, NONE_ASKED, -1,
        int(known[equations.output].reshape(())), NONE_ASKED, asked,
    )  # fmt: skip


def _family(ledger: Ledger, name: str, formula: str, known: dict[str, Ids]) -> Family:
    """One equation, whose local derivatives are called by name: ∂q/∂x."""
    tree = parse(formula, known)
    used = [other for other in known if other in variables(tree)]
    slots = {other: slot(f"v{n:02}") for n, other in enumerate(used)}
    expression = fold(tree, slots, SYMBOLS)
    names = {slots[other]: f"d{name}/d{other}" for other in used}
    rule = Rule(f"equation.{name}", expression, names=names, spelled=True)
    arguments = {slots[other]: known[other].reshape(1) for other in used}
    return Family(rule, ledger.add(name, None, ()).reshape(1), arguments)
