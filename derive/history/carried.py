"""Further updates with the numbers as printed: each begins with those that the one before has printed."""

from __future__ import annotations

from contextlib import suppress

from derive.algebra.places import Place
from derive.errors import ProblemError
from derive.history.rows import Row
from derive.numbers.carry import Carried
from derive.problem import schedule

MOST_CARRIED = 300  # updates that are calculated so


class CarriedRun:
    """All updates of a problem, of which `first` is worked out; ProblemError where one cannot be.

    `updates[n]` is update n + 1; `rows[n]` tells what there is after n of them.
    """

    def __init__(self, first: Carried, made: int) -> None:
        self.problem = first.derivation.graph.problem
        self.updates = [first]
        for update in range(2, made + 1):
            now = self._begin(update)
            try:
                now.run(now.derivation.families)
            except ProblemError as error:
                raise _of_update(error, update) from None
            self.updates.append(now)
        begun = [*self.updates, self._begin(made + 1)]
        self.rows = [self._row(now, number) for number, now in enumerate(begun)]

    def _begin(self, update: int) -> Carried:
        """The numbers with which an update begins: the parameters and states of the one before."""
        last = self.updates[-1]
        batch = schedule.batch(self.problem, update)
        derivation = last.derivation.resized(len(batch))
        now = Carried(derivation, last.figures, derivation.given(batch, update))
        for mine, its in zip(
            derivation.update.lasting, last.derivation.update.lasting, strict=True
        ):
            now.give(mine[0], its[1], last)
        return now

    def _row(self, now: Carried, made: int) -> Row:
        """The error of all samples, and the parameters, before an update is made."""
        samples = len(self.problem.samples)
        every = now.derivation.resized(samples)
        whole = Carried(every, now.figures, every.given(range(samples), 1))
        parameters = now.derivation.graph.parameters
        whole.give(whole.derivation.graph.parameters, parameters, now)
        with suppress(ProblemError):  # the table says so
            whole.run(whole.derivation.errors)
        return Row(made, float(whole.values[whole.derivation.error]), now.values[parameters])


def _of_update(error: ProblemError, update: int) -> ProblemError:
    """The same mistakes in a later update than the one whose equations are used."""
    places = [(mistake, Place.read(mistake.place)) for mistake in error.mistakes]
    return ProblemError(
        mistake._replace(place=str(place._replace(update=update))) for mistake, place in places
    )
