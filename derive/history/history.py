"""The updates of a problem: what the page tells of them, and whether they are right."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from derive.history.carried import MOST_CARRIED, CarriedRun
from derive.history.replay import Replay
from derive.history.rows import Row, selected
from derive.numbers.evaluate import Worked
from derive.problem import schedule
from derive.problem.model import Problem
from derive.witness.training import Progress, Run, errors, train

MOST_POINTS = 2_000  # of the curve


class History:
    """The updates of a problem, of which `worked` is the first.

    `run` is NumPy's, `replay` the symbolic equations at its parameters, `gap` the largest difference
    between the two, of `checked` updates. Where few enough updates are calculated with the numbers as
    they are printed, `carried` has them, and the table and the curve show those.
    """

    def __init__(self, worked: Worked, progress: Progress | None = None) -> None:
        self.problem: Problem = worked.derivation.graph.problem
        self.run: Run = train(self.problem, progress)
        self.replay = Replay(worked.derivation, self.run)
        self.gap, self.checked = self.replay.check()
        self.carried: CarriedRun | None = None
        if worked.carried is not None and self.made <= MOST_CARRIED:
            self.carried = CarriedRun(worked.carried, self.made)

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
        return self.carried is not None

    @cached_property
    def rows(self) -> list[Row]:
        """The rows of the table, the first before any update."""
        wanted = set(selected(self.made))
        if self.carried is not None:
            return [row for row in self.carried.rows if row.made in wanted]
        chosen = [snapshot for snapshot in self.run.snapshots if snapshot.made in wanted]
        return [
            Row(snapshot.made, error, snapshot.parameters)
            for snapshot, error in zip(chosen, errors(self.problem, chosen).tolist(), strict=True)
        ]

    @cached_property
    def curve(self) -> list[tuple[float, float]]:
        """The error of all samples after so many updates, at the ends of epochs."""
        if self.carried is not None:
            return [(row.made, row.error) for row in self.carried.rows]
        every = schedule.per_epoch(self.problem)
        ends = [s for s in self.run.snapshots if s.made % every == 0 or s.made == self.made]
        picked = np.unique(np.linspace(0, len(ends) - 1, MOST_POINTS).astype(int)).tolist()
        chosen = [ends[n] for n in picked]
        points = zip(chosen, errors(self.problem, chosen).tolist(), strict=True)
        return [(snapshot.made, error) for snapshot, error in points]

    @property
    def final(self) -> float:
        """The error of all samples after the last update."""
        return self.rows[-1].error
