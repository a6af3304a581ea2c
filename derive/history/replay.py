"""The symbolic equations at the parameters of a run, many updates at once.

They must give the parameters that the run goes on with: that proves the run, and the equations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from derive.catalogue.optimizers import STEP
from derive.comparison import TOLERANCE, Gap, gap
from derive.derivation.derivation import Derivation
from derive.errors import Disagreement
from derive.numbers.evaluate import Values, run
from derive.numbers.uncertainty import EPSILON, run_bounded
from derive.problem import schedule
from derive.problem.optimizing import optimizer_of
from derive.witness.training import MOST_AT_ONCE, Run, Snapshot, stacked


class Replay:
    """Updates of a run, calculated again; they count from 1, and the first is that of `derivation`."""

    def __init__(self, derivation: Derivation, run: Run) -> None:
        self.derivation = derivation
        self.problem = derivation.graph.problem
        self.snapshots = {snapshot.made: snapshot for snapshot in run.snapshots}

    def follows(self, update: int) -> bool:
        """Whether the run's parameters before this update are known."""
        return update - 1 in self.snapshots

    def values(self, updates: Sequence[int]) -> list[tuple[Derivation, Values]]:
        """Every quantity in each of these updates, in their order.

        The updates must follow a snapshot. Values have the shape of the derivation's ledger.
        """
        found: dict[int, tuple[Derivation, Values]] = {}
        for derivation, members in self._by_size(updates):
            values = self._given(derivation, members)
            run(derivation.families, values)
            found |= {u: (derivation, row) for u, row in zip(members, values, strict=True)}
        return [found[update] for update in updates]

    def check(self) -> tuple[Gap, int]:
        """Hold the run's parameters against the symbolic ones: the largest gap, in how many updates.

        Raises `Disagreement` where it is more than rounding can explain.
        """
        updates = [made + 1 for made in self.snapshots if made + 1 in self.snapshots]
        most = max(2, MOST_AT_ONCE // self.derivation.ledger.size)
        if len(updates) > most:
            chosen = np.unique(np.linspace(0, len(updates) - 1, most).astype(int))
            updates = [updates[n] for n in chosen]
        worst = Gap()
        for derivation, members in self._by_size(updates):
            worst = worst.joined(self._gap(derivation, members))
        if not worst.relative <= TOLERANCE:
            raise Disagreement(
                "the updates by the symbolic equations and by NumPy differ by more than rounding "
                f"(relative {worst.relative:.1e}); please report this problem"
            )
        return worst, len(updates)

    # --- the numbers that are given -----------------------------------------------------------

    def _by_size(self, updates: Sequence[int]) -> list[tuple[Derivation, list[int]]]:
        """The updates by the size of their batch: the last one of an epoch may be smaller."""
        found: dict[int, list[int]] = defaultdict(list)
        for update in updates:
            found[len(schedule.batch(self.problem, update))].append(update)
        return [(self.derivation.resized(size), members) for size, members in found.items()]

    def _given(self, derivation: Derivation, updates: Sequence[int]) -> Values:
        """The numbers that are given in each of these updates; shape (updates, quantities)."""
        values = np.full((len(updates), derivation.ledger.size), np.nan)
        for ids, numbers in derivation.graph.given:
            values[:, ids] = numbers.values
        starts = np.array([schedule.batch(self.problem, update).start for update in updates])
        chosen = starts[:, None] + np.arange(derivation.samples)
        one, lift = derivation.one.graph, derivation.lift
        for ids, part in ((one.inputs, "inputs"), (one.targets, "targets")):
            every = np.stack([getattr(sample, part).values for sample in self.problem.samples])
            values[:, lift(ids)] = every[chosen]
        before = [self.snapshots[update - 1] for update in updates]
        _put_parameters(derivation, before, values)
        self._put_states(derivation, before, values)
        if STEP in derivation.update.numbers:
            values[:, derivation.update.numbers[STEP]] = updates
        return values

    def _put_states(
        self, derivation: Derivation, snapshots: Sequence[Snapshot], values: Values
    ) -> None:
        for number, layer in enumerate(derivation.graph.layers):
            for part, ids in layer.parameters.items():
                for n, kind in enumerate(optimizer_of(self.problem).state):
                    old = derivation.update.before.get((kind, int(ids.flat[0])))
                    if old is not None:
                        states = [snapshot.states[number, part][n] for snapshot in snapshots]
                        values[:, old] = np.stack(states)

    # --- the proof ----------------------------------------------------------------------------

    def _gap(self, derivation: Derivation, updates: Sequence[int]) -> Gap:
        """How far the run's new parameters are from the symbolic ones.

        Where they are far apart, rounding may have been blown up: an optimizer divides what is left of
        a gradient that is 0 by its own size. Then its bounds are computed too.
        """
        olds, news = derivation.moved
        if not olds.size:
            return Gap()
        values, after = self._given(derivation, updates), self._after(derivation, updates)
        theirs = after[:, olds]
        run(derivation.families, values)
        ours = values[:, news]
        size = np.maximum(np.abs(values[:, olds]), np.abs(theirs))
        relative = np.abs(ours - theirs) / np.maximum(size, np.finfo(float).tiny)
        if relative.max() > TOLERANCE:
            units = np.abs(np.nan_to_num(values))
            run_bounded(derivation.families, values, units)
            return gap(values[:, news], theirs, EPSILON * units[:, news])
        return Gap(gap(ours, theirs, np.zeros_like(theirs)).absolute, float(relative.max()))

    def _after(self, derivation: Derivation, updates: Sequence[int]) -> Values:
        """The run's parameters after each of these updates."""
        values = np.full((len(updates), derivation.ledger.size), np.nan)
        _put_parameters(derivation, [self.snapshots[update] for update in updates], values)
        return values


def _put_parameters(derivation: Derivation, snapshots: Sequence[Snapshot], values: Values) -> None:
    for layer, arrays in zip(derivation.graph.layers, stacked(snapshots), strict=True):
        for part, ids in layer.parameters.items():
            values[:, ids] = arrays.trained[part]
