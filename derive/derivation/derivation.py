"""Graph → Derivation: everything that one update needs, from the samples' errors to the new weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from derive.algebra.family import Family
from derive.algebra.ledger import Ids, Ledger
from derive.catalogue.optimizers import STEP
from derive.derivation.batch import Lift, combine
from derive.derivation.sweep import Backward, sweep
from derive.derivation.updates import Updates
from derive.graph.graph import Given, Graph
from derive.problem import schedule
from derive.problem.model import Numbers


@dataclass(frozen=True, eq=False)
class Derivation:
    """One update: the samples of a batch forwards and backwards, how they combine, the new parameters.

    `graph` is the first sample's, `one` the same as it was derived, before the other samples were put
    beside it, and `lift` the way from the one's quantities to these. `gradient[q]` is the quantity
    ∂E/∂q, or −1 where q's derivative was not asked for or has no name of its own; of a parameter it is
    the one that the update uses. `error` is the batch's. `together` says how the samples combine, and
    is empty where there is one.
    """

    one: Backward
    lift: Lift
    graph: Graph
    ledger: Ledger
    wanted: Ids
    backward: tuple[Family, ...]
    together: tuple[Family, ...]
    update: Updates
    gradient: Ids
    error: int

    @property
    def samples(self) -> int:
        """How many samples the update uses."""
        return self.lift.samples

    @property
    def sign(self) -> int:
        """1 where delta is ∂E/∂net, −1 where it is −∂E/∂net."""
        return self.one.sign

    @property
    def updates(self) -> tuple[Family, ...]:
        """The equations of the update."""
        return tuple(self.update.families)

    @property
    def families(self) -> tuple[Family, ...]:
        """All equations, each after those that it needs."""
        return (*self.graph.families, *self.backward, *self.together, *self.updates)

    @property
    def sections(self) -> dict[str, tuple[Family, ...]]:
        """The equations by section, in the order of the calculation."""
        return {
            "forward": self.graph.forward, "error": self.graph.measures, "backward": self.backward,
            "together": self.together, "update": self.updates,
        }  # fmt: skip

    @property
    def errors(self) -> tuple[Family, ...]:
        """The equations from the given numbers to the batch's error."""
        return (*self.graph.families, *self.together[:1])

    @property
    def terms(self) -> int:
        """How many quantities stand in all formulas together, each time they do."""
        return sum(ids.size for family in self.families for ids in family.arguments.values())

    def given(self, batch: range, update: int) -> Given:
        """The numbers that the problem gives for an update of these samples, which count from 0.

        Parameters, and what an optimizer keeps, are as they are at the start.
        """
        pairs = [*self.lift.given(self.one.graph, batch), *self.update.given]
        if STEP in self.update.numbers:
            step = np.array([self.update.numbers[STEP]])
            pairs.append((step, Numbers.typed([str(update)])))
        return Given(pairs)

    @cached_property
    def new(self) -> Mapping[int, int]:
        """By parameter the quantity that holds its new value."""
        olds, news = self.moved
        return dict(zip(olds.tolist(), news.tolist(), strict=True))

    @cached_property
    def moved(self) -> tuple[Ids, Ids]:
        """The parameters that the update changes, and the quantities that hold their new values."""
        pairs = [(np.array([], dtype=int),) * 2, *self.update.parameters]
        olds, news = map(np.concatenate, zip(*pairs, strict=True))
        return olds, news

    # --- samples ------------------------------------------------------------------------------

    def sample(self, number: int) -> tuple[Graph, Ids]:
        """One sample's graph, and ∂E/∂q for its own error; samples count from 0."""
        if self.samples == 1:
            return self.graph, self.gradient
        graph = self.lift.graph(self.one.graph, number, self.graph.families, self.graph.given)
        gradient = self.gradient.copy()
        known = self.one.graph.parameters[self.one.gradient[self.one.graph.parameters] >= 0]
        gradient[self.lift.of(known, number)] = self.lift.of(self.one.gradient[known], number)
        return graph, gradient

    def resized(self, samples: int) -> Derivation:
        """The same for a batch of another size."""
        if samples not in self._sizes:
            one = self.one
            self._sizes[samples] = derive(one.graph, one.wanted, one.sign, range(samples))
        return self._sizes[samples]

    @cached_property
    def _sizes(self) -> dict[int, Derivation]:
        return {self.samples: self}

    def repeats(self, family: Family) -> bool:
        """Whether these lines only repeat others; a derivative in an expression graph is one all the same."""
        is_found = family.rule.code.startswith(("local.", "gradient."))
        return family.rule.is_copy and not (self.graph.problem.equations and is_found)

    # --- who makes what -----------------------------------------------------------------------

    @cached_property
    def _makers(self) -> tuple[tuple[Family, ...], Ids, Ids]:
        """The equations, and by quantity which of them makes it, −1 for none, and as which member."""
        families = self.families
        which, member = (np.full(self.ledger.size, -1) for _ in range(2))
        for number, family in enumerate(families):
            which[family.targets], member[family.targets] = number, np.arange(family.targets.size)
        return families, which, member

    def made(self, quantity: int) -> tuple[Family, int]:
        """The family that makes a quantity, and which of its members it is; KeyError where none does."""
        families, which, member = self._makers
        if which[quantity] < 0:
            raise KeyError(str(self.ledger.place(quantity)))
        return families[which[quantity]], int(member[quantity])


def derive(
    graph: Graph, wanted: Ids | None = None, sign: int = 1, batch: range | None = None
) -> Derivation:
    """The gradients by the wanted parameters (all unless said) and their update, for the first batch.

    With `sign` −1, deltas are −∂E/∂net. `batch` are the samples to use instead, from 0.
    """
    problem = graph.problem
    one = sweep(graph, graph.parameters if wanted is None else wanted, sign)
    batch = schedule.batch(problem, 1) if batch is None else batch
    update = 1 if schedule.updates(problem) > 1 else None
    lift = Lift(one, len(batch), update)
    together: tuple[Family, ...] = ()
    gradient, error = lift.gradient(one), int(lift.of(np.array(graph.error), 0))
    if len(batch) > 1:
        together, error, gradient = combine(one, lift, update)
    given = lift.given(graph, batch)
    first = lift.graph(graph, 0, lift.families(graph.families), Given(given))
    backward = lift.families(one.families)
    makers = backward if sign < 0 and not together else ()
    updates = Updates(first, lift.ledger, gradient, update, makers).make()
    first = lift.graph(graph, 0, first.families, Given([*given, *updates.given]))
    return Derivation(
        one, lift, first, lift.ledger, lift.of(one.wanted, 0), backward, together, updates,
        gradient, error,
    )  # fmt: skip
