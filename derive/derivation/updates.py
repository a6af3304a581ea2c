"""The update: every new parameter from the old one and its gradient, all at once, line by line."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from sympy import Expr, Symbol

from derive.algebra.family import Family
from derive.algebra.ledger import Ids, Ledger
from derive.algebra.ordered import plus, times
from derive.algebra.places import UNLAYERED, kept_for
from derive.algebra.rule import GRADIENT, RATE, Rule, W
from derive.catalogue.optimizers import NEW, OPTIMIZERS, STEP, Line, Optimizer
from derive.graph.graph import Graph
from derive.problem.model import Numbers
from derive.problem.optimizing import optimizer_of

DESCENT = OPTIMIZERS["gradient_descent"].lines[0].formula


@dataclass
class Updates:
    """What an update adds to a derivation: equations, and numbers that are given with them.

    `parameters` and `states` pair, array by array, the quantities before the update with those after
    it. `before` has those of a state for a whole array of parameters, by the state's kind and the
    array's first parameter.
    """

    graph: Graph
    ledger: Ledger
    gradient: Ids
    update: int | None
    makers: tuple[Family, ...] = ()  # of gradients that hold what is to be added with a minus
    families: list[Family] = field(default_factory=list)
    given: list[tuple[Ids, Numbers]] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)  # of the optimizer: β₁, ε, …
    parameters: list[tuple[Ids, Ids]] = field(default_factory=list)
    states: list[tuple[Ids, Ids]] = field(default_factory=list)
    before: dict[tuple[str, int], Ids] = field(default_factory=dict)

    @property
    def lasting(self) -> list[tuple[Ids, Ids]]:
        """Everything that the next update begins with, before and after this one."""
        return [*self.parameters, *self.states]

    def make(self) -> Updates:
        """Fill in everything, for each parameter that is not frozen and has a gradient."""
        movable = np.zeros(self.ledger.size, dtype=bool)
        movable[self.graph.updated] = True
        for layer in self.graph.layers:
            for part, ids in layer.parameters.items():
                every = ids.ravel()
                chosen = every[movable[every] & (self.gradient[every] >= 0)]
                if chosen.size:
                    self._array(optimizer_of(self.graph.problem, part), ids, chosen)
        return self

    def _array(self, optimizer: Optimizer, ids: Ids, chosen: Ids) -> None:
        """The lines of the chosen parameters of one array."""
        block = self.ledger.block(int(ids.flat[0]))
        known: dict[str, Ids] = {str(W): chosen, str(GRADIENT): self.gradient[chosen]}

        def new(kind: str, update: int | None) -> Ids:
            every = self.ledger.add(kind, block.layer, block.shape, 0, update)
            return every.ravel()[chosen - block.start]

        for kind in optimizer.state:
            old = self.ledger.add(kept_for(kind, block.kind), block.layer, block.shape)
            self.given.append((old, Numbers(np.zeros(old.shape), decimals=0)))
            self.before[kind, block.start] = old
            known[kind] = old.ravel()[chosen - block.start]
        for line in optimizer.lines:
            kind = f"{block.kind}_new" if line.kind == NEW else kept_for(line.kind, block.kind)
            known[line.kind] = new(kind, self.update)
            self._line(optimizer, line, known)
        self.parameters.append((chosen, known[NEW]))
        self.states += [(known[kind], known[f"{kind}_new"]) for kind in optimizer.state]

    def _line(self, optimizer: Optimizer, line: Line, known: dict[str, Ids]) -> None:
        targets = known[line.kind]
        if line.formula == DESCENT and self._added(targets, known):
            return
        arguments: dict[Symbol, Ids] = {}
        for symbol in _slots(line.formula):
            name = str(symbol)
            one = self.graph.rate if symbol == RATE else self._number(name)
            arguments[symbol] = known[name] if one is None else np.full(targets.size, one)
        rule = Rule(f"update.{optimizer.name}.{line.kind}", line.formula)
        self.families.append(Family(rule, targets, arguments))

    def _added(self, targets: Ids, known: dict[str, Ids]) -> bool:
        """w + η · δ · x, where the gradient is −δ · x: what those add whose δ is −∂E/∂net."""
        gradients = known[str(GRADIENT)]
        for family in self.makers:
            chosen = np.searchsorted(family.targets, gradients) % family.targets.size
            formula = family.rule.formula
            negative = formula.is_Mul and formula.args[0] == -1 and not family.rule.sums
            if not negative or not (family.targets[chosen] == gradients).all():
                continue
            factors = formula.args[1].args if formula.args[1].is_Mul else formula.args[1:]
            rule = Rule("update.gradient_descent.new", plus(W, times(RATE, *factors)))
            arguments = {slot: ids[chosen] for slot, ids in family.arguments.items()}
            arguments |= {W: known[str(W)], RATE: np.full(targets.size, self.graph.rate)}
            self.families.append(Family(rule, targets, arguments))
            return True
        return False

    def _number(self, name: str) -> int | None:
        """The quantity that holds one of the optimizer's own numbers; None where it is no such name."""
        if name not in UNLAYERED:
            return None
        if name not in self.numbers:
            typed = self.graph.problem.optimizer.parameters
            text = "1" if name == STEP else typed[name].text
            ids = self.ledger.add(name, None, ())
            self.given.append((ids, Numbers.typed(text)))
            self.numbers[name] = int(ids)
        return self.numbers[name]


def _slots(formula: Expr) -> list[Symbol]:
    return sorted(formula.free_symbols, key=str)
