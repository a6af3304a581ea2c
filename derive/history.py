"""What happens over many updates: the run in NumPy, its rows for a table, and the proof that it is right.

The first update is derived and printed in full; the run repeats it and goes on. At the weights of its
updates the symbolic equations are evaluated again, all of them at once, and must give the weights that
the run goes on with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from derive.algebra.places import Place
from derive.catalogue.entries import Array
from derive.catalogue.optimizers import STEP
from derive.comparison import TOLERANCE, Gap, gap
from derive.derivation.derivation import Derivation, derive
from derive.derivation.updates import optimizer_of
from derive.errors import Disagreement, ProblemError
from derive.numbers.carry import Carried
from derive.numbers.evaluate import Values, Worked, run
from derive.numbers.uncertainty import EPSILON, run_bounded
from derive.problem import schedule
from derive.problem.model import Problem
from derive.witness.network import Network
from derive.witness.training import Progress, Run, Snapshot, train

ALL_ROWS = 12  # rows of the table that are all shown; of more, the first and 10, 20, 50, 100, …
FIRST_ROWS = 6
MOST_POINTS = 2_000  # of the curve
MOST_VALUES = 4_000_000  # numbers that are computed at once
MOST_CARRIED = 300  # updates that are calculated with the numbers as printed


@dataclass(frozen=True, eq=False)
class Row:
    """After `made` updates: the error of all samples, and the parameters in the graph's order."""

    made: int
    error: float
    parameters: Array


class History:
    """The updates of a problem, of which `worked` is the first.

    `run` is NumPy's. `gap` is the largest difference between its weights and the symbolic ones, of
    `checked` updates.
    """

    def __init__(self, worked: Worked, progress: Progress | None = None) -> None:
        self.worked = worked
        self.problem: Problem = worked.derivation.graph.problem
        self.run: Run = train(self.problem, progress)
        self._derivations = {worked.derivation.samples: worked.truth.derivation}
        self.gap, self.checked = self._check()
        if self.is_carried:
            _ = self.later  # so that what cannot be calculated is told at once

    # --- what the page shows ------------------------------------------------------------------

    @property
    def made(self) -> int:
        """How many updates were made."""
        return self.run.made

    @property
    def epochs(self) -> int:
        """How many epochs were complete."""
        return self.made // schedule.per_epoch(self.problem)

    @property
    def is_carried(self) -> bool:
        """Whether all updates are calculated with the numbers as they are printed."""
        return self.worked.carried is not None and self.made <= MOST_CARRIED

    @cached_property
    def rows(self) -> list[Row]:
        """The rows of the table, the first before any update."""
        wanted = set(_rows(self.made))
        if self.is_carried:
            return [row for row in self._carried if row.made in wanted]
        chosen = [snapshot for snapshot in self.run.snapshots if snapshot.made in wanted]
        errors = self._errors(chosen)
        return [
            Row(snapshot.made, float(error), self._parameters(snapshot))
            for snapshot, error in zip(chosen, errors, strict=True)
        ]

    @cached_property
    def curve(self) -> list[tuple[float, float]]:
        """The error of all samples after so many updates, at the ends of epochs."""
        if self.is_carried:
            return [(row.made, row.error) for row in self._carried]
        every = schedule.per_epoch(self.problem)
        ends = [s for s in self.run.snapshots if s.made % every == 0 or s.made == self.made]
        picked = np.unique(np.linspace(0, len(ends) - 1, MOST_POINTS).astype(int)).tolist()
        chosen = [ends[n] for n in picked]
        return [(s.made, float(e)) for s, e in zip(chosen, self._errors(chosen), strict=True)]

    @property
    def final(self) -> float:
        """The error of all samples after the last update."""
        return self.rows[-1].error

    def _parameters(self, snapshot: Snapshot) -> Array:
        parts = [np.ravel(a) for arrays in snapshot.layers for a in arrays[:2] if a is not None]
        return np.concatenate(parts)

    def _errors(self, snapshots: Sequence[Snapshot]) -> Array:
        """The error of all samples with the parameters of each snapshot."""
        network = Network.of(self.problem, range(len(self.problem.samples)))
        width = max(1, MOST_VALUES // (len(network.x) * max(self.problem.units)))
        found = []
        for start in range(0, len(snapshots), width):
            part = snapshots[start : start + width]
            layers = [
                arrays._replace(
                    weights=np.stack([s.layers[n].weights for s in part]),
                    bias=None if arrays.bias is None
                    else np.stack([np.asarray(s.layers[n].bias) for s in part]),
                )
                for n, arrays in enumerate(network.layers)
            ]  # fmt: skip
            with np.errstate(all="ignore"):
                found.append(network.forward(layers).error)
        return np.concatenate(found)

    # --- the symbolic equations at the run's weights ------------------------------------------

    def values(self, updates: Sequence[int]) -> list[tuple[Derivation, Values]]:
        """Every quantity in each of these updates (which count from 1), in their order.

        The updates must follow a snapshot. Values have the shape of the derivation's ledger.
        """
        found: dict[int, tuple[Derivation, Values]] = {}
        for size, members in self._by_size(updates).items():
            derivation = self._derivation(size)
            values = self._given(derivation, members)
            run(derivation.families, values)
            found |= {u: (derivation, row) for u, row in zip(members, values, strict=True)}
        return [found[update] for update in updates]

    def _by_size(self, updates: Sequence[int]) -> dict[int, list[int]]:
        """The updates by the size of their batch: the last one of an epoch may be smaller."""
        found: dict[int, list[int]] = defaultdict(list)
        for update in updates:
            found[len(schedule.batch(self.problem, update))].append(update)
        return found

    def _derivation(self, samples: int) -> Derivation:
        if samples not in self._derivations:
            first = self.worked.derivation
            graph = first.one.graph
            self._derivations[samples] = derive(graph, first.one.wanted, first.sign, range(samples))
        return self._derivations[samples]

    @cached_property
    def _by_made(self) -> dict[int, Snapshot]:
        return {snapshot.made: snapshot for snapshot in self.run.snapshots}

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
        self._continue(derivation, [self._by_made[update - 1] for update in updates], values)
        if STEP in derivation.update.numbers:
            values[:, derivation.update.numbers[STEP]] = updates
        return values

    def _continue(
        self, derivation: Derivation, snapshots: Sequence[Snapshot], values: Values
    ) -> None:
        """Put the snapshots' parameters and the optimizer's states in their places."""
        self._place(derivation, snapshots, values)
        kinds = optimizer_of(self.problem).state
        for number, layer in enumerate(derivation.graph.layers):
            for part, ids in (("weights", layer.weights), ("bias", layer.bias)):
                states = [snapshot.states.get((number, part), ()) for snapshot in snapshots]
                for n, kind in enumerate(kinds if ids is not None and states[0] else ()):
                    old = derivation.update.before.get((kind, int(ids.flat[0])))  # type: ignore[union-attr]
                    if old is not None:
                        values[:, old] = np.stack([state[n] for state in states])

    def _place(self, derivation: Derivation, snapshots: Sequence[Snapshot], values: Values) -> None:
        """Put the snapshots' parameters in their places."""
        for number, layer in enumerate(derivation.graph.layers):
            values[:, layer.weights] = np.stack([s.layers[number].weights for s in snapshots])
            if layer.bias is not None:
                biases = [np.asarray(snapshot.layers[number].bias) for snapshot in snapshots]
                values[:, layer.bias] = np.stack(biases)

    def _check(self) -> tuple[Gap, int]:
        """Hold the run's weights against the symbolic ones."""
        pairs = [s.made + 1 for s in self.run.snapshots if s.made + 1 in self._by_made]
        most = max(2, MOST_VALUES // self.worked.derivation.ledger.size)
        if len(pairs) > most:
            pairs = [pairs[n] for n in np.unique(np.linspace(0, len(pairs) - 1, most).astype(int))]
        worst = Gap()
        for size, members in self._by_size(pairs).items():
            worst = worst.joined(self._gap(self._derivation(size), members))
        if not worst.relative <= TOLERANCE:
            raise Disagreement(
                "the updates by the symbolic equations and by NumPy differ by more than rounding "
                f"(relative {worst.relative:.1e}); please report this problem"
            )
        return worst, len(pairs)

    def _gap(self, derivation: Derivation, updates: Sequence[int]) -> Gap:
        """How far the run's new weights are from the symbolic ones.

        Where they are far apart, rounding may have been blown up: an optimizer divides what is left of
        a gradient that is 0 by its own size. Then its bounds are computed too.
        """
        values = self._given(derivation, updates)
        olds, news = np.array(list(derivation.new.items()), dtype=int).reshape(-1, 2).T
        theirs = self._theirs(derivation, updates)[:, olds]
        nothing = np.zeros_like(theirs)
        run(derivation.families, values)
        found = gap(values[:, news], theirs, nothing)
        size = np.maximum(np.abs(values[:, olds]), np.abs(theirs))
        relative = np.abs(values[:, news] - theirs) / np.maximum(size, np.finfo(float).tiny)
        if relative.size and relative.max() > TOLERANCE:
            units = np.abs(np.nan_to_num(values))
            run_bounded(derivation.families, values, units)
            return gap(values[:, news], theirs, EPSILON * units[:, news])
        return Gap(found.absolute, float(relative.max()) if relative.size else 0.0)

    def _theirs(self, derivation: Derivation, updates: Sequence[int]) -> Values:
        """The run's parameters after each of these updates."""
        values = np.full((len(updates), derivation.ledger.size), np.nan)
        self._place(derivation, [self._by_made[update] for update in updates], values)
        return values

    def follows(self, update: int) -> bool:
        """Whether the run's parameters before this update are known."""
        return update - 1 in self._by_made

    # --- with the numbers as printed ----------------------------------------------------------

    @cached_property
    def later(self) -> list[tuple[int, Carried]]:
        """The updates after the first, each calculated from the printed numbers of the one before."""
        last = self.worked.carried
        assert last is not None
        found = []
        for update in range(2, self.made + 1):
            last = self._next(last, update)
            try:
                last.run(last.derivation.families)
            except ProblemError as error:
                raise _of_update(error, update) from None
            found.append((update, last))
        return found

    @cached_property
    def _carried(self) -> list[Row]:
        """Every row, from the printed numbers."""
        first = self.worked.carried
        assert first is not None
        every = [first, *(carried for _, carried in self.later)]
        rows = [self._row(carried, made) for made, carried in enumerate(every)]
        return [*rows, self._row(self._next(every[-1], self.made + 1), self.made)]

    def _next(self, last: Carried, update: int) -> Carried:
        """The numbers with which an update begins: the parameters and states of the one before."""
        batch = schedule.batch(self.problem, update)
        now = Carried(self._derivation(len(batch)), last.figures)
        now.begin(self.problem, batch)
        now.give(now.derivation.new.keys(), last, last.derivation.new.values())
        for kind, pairs in now.derivation.update.state.items():
            for (old, _), (_, new) in zip(pairs, last.derivation.update.state[kind], strict=True):
                now.give(old.tolist(), last, new.tolist())
        if STEP in now.derivation.update.numbers:
            now.put(now.derivation.update.numbers[STEP], str(update))
        return now

    def _row(self, now: Carried, made: int) -> Row:
        """The error of all samples, and the parameters, before an update is made."""
        samples = len(self.problem.samples)
        whole = Carried(self._derivation(samples), now.figures)
        whole.begin(self.problem, range(samples))
        parameters = now.derivation.graph.parameters
        whole.give(whole.derivation.graph.parameters.tolist(), now, parameters.tolist())
        with suppress(ProblemError):  # the table says so
            whole.run(whole.derivation.errors)
        return Row(made, float(whole.values[whole.derivation.error]), now.values[parameters])


def _of_update(error: ProblemError, update: int) -> ProblemError:
    """The same mistakes in a later update than the one whose equations are used."""
    places = [(mistake, Place.read(mistake.place)) for mistake in error.mistakes]
    return ProblemError(
        mistake._replace(place=str(place._replace(update=update))) for mistake, place in places
    )


def _rows(made: int) -> list[int]:
    """Which rows the table has: all of a few, of many the first, then 10, 20, 50, 100 …, the last.

    >>> _rows(3), _rows(300)
    ([0, 1, 2, 3], [0, 1, 2, 3, 4, 5, 10, 20, 50, 100, 200, 300])
    """
    if made < ALL_ROWS:
        return list(range(made + 1))
    steps = [m * 10**e for e in range(1, 8) for m in (1, 2, 5)]
    return [*range(FIRST_ROWS), *(step for step in steps if step < made), made]
