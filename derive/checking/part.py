"""One of several updates: its equations, in the quantities of all updates.

>>> import numpy as np
>>> from derive.graph.graph import build
>>> from derive.derivation.derivation import derive
>>> from derive.problem.reading import load
>>> derivation = derive(build(load("1-1", seed=1)))
>>> second = np.arange(derivation.ledger.size) + derivation.ledger.size
>>> part = Part.of(2, derivation, range(1), second, whole=False)
>>> len(part.families) == len(derivation.errors) < len(derivation.families)
True
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from derive.algebra.family import Family
from derive.algebra.ledger import Ids
from derive.algebra.places import Place
from derive.algebra.rule import GRADIENT, RATE, UP, Rule, W
from derive.derivation.derivation import Derivation
from derive.derivation.updates import DESCENT


class Part(NamedTuple):
    """One update: `mapped[q]` is what quantity q of its derivation is among those of all updates.

    `batch` are its samples, which count from 0. `positions` tell which of the families one of the
    derivation's is, by its id. `others` are other ways to calculate a family, by its position.
    """

    update: int
    derivation: Derivation
    batch: range
    mapped: Ids
    families: tuple[Family, ...]
    positions: Mapping[int, int]
    others: Mapping[int, Family]

    @classmethod
    def of(
        cls, update: int, derivation: Derivation, batch: range, mapped: Ids, whole: bool
    ) -> Part:
        """The equations of an update, or where it is not made as a `whole`, its forward pass."""
        chosen = derivation.families if whole else derivation.errors
        families = chosen if update == 1 else tuple(_moved(family, mapped) for family in chosen)
        positions = {id(family): n for n, family in enumerate(chosen)}
        others = {
            positions[id(family)]: _moved(other, mapped)
            for family, other in _by_gradients(derivation)
            if id(family) in positions
        }
        return cls(update, derivation, batch, mapped, families, positions, others)

    @property
    def walked(self) -> Iterator[Family]:
        """The equations through the most lines."""
        return (self.others.get(n, family) for n, family in enumerate(self.families))

    def numbered(self, place: Place) -> Place:
        """A place of the derivation with the sample's own number for its place in the batch."""
        sample = place.sample
        return place if sample is None else place._replace(sample=self.batch[sample - 1] + 1)

    def find(self, place: Place) -> int:
        """The derivation's quantity at a place, by its sample's own number; KeyError where there is none."""
        if place.sample is not None:
            if place.sample - 1 not in self.batch:
                raise KeyError(place)
            place = place._replace(sample=self.batch.index(place.sample - 1) + 1)
        return self.derivation.ledger.find(place._replace(update=None))


def _by_gradients(derivation: Derivation) -> Iterator[tuple[Family, Family]]:
    """The equations of the update that name δ and no gradient, each with one that does: w − η · ∂E/∂w."""
    for family in derivation.updates:
        if UP in family.arguments:
            held = {name: family.arguments[name] for name in (W, RATE)}
            held[GRADIENT] = derivation.gradient[held[W]]
            yield family, Family(Rule(family.rule.code, DESCENT), family.targets, held)


def _moved(family: Family, mapped: Ids) -> Family:
    arguments = {slot: mapped[ids] for slot, ids in family.arguments.items()}
    return Family(family.rule, mapped[family.targets], arguments)
