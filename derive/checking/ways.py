"""What leads where: the lines without answers before an answer, and the answers behind a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from derive.algebra.family import Family
from derive.checking.judge import Judged, part_of

MOST_LINES = 400  # on the way to an answer, of which slips are tried
MOST_OPERANDS = 30_000  # in these lines


def on_the_way(
    judged: Judged, quantity: int, *, ignoring: bool = False, most: int = MOST_LINES
) -> dict[int, int]:
    """The answer's line and those before it back to the nearest answers, each with its distance.

    `ignoring` the answers, the way goes back to the given numbers.
    """
    given = judged.unrolled.given(judged.last)
    closed = given.copy()
    if not ignoring:
        closed[list(judged.answers)] = True
    found, queue, seen = {quantity: 0}, [quantity], 0
    for line in queue:
        operands = judged.unrolled.operands(line)
        seen += len(operands)
        for needed in operands:
            if not closed[needed] and needed not in found and len(found) < most:
                found[needed] = found[line] + 1
                queue.append(needed)
        if seen > MOST_OPERANDS:
            break
    return found


def answers_before(judged: Judged, quantity: int) -> list[int]:
    """The nearest answers that an answer rests on."""
    found = {
        needed
        for line in on_the_way(judged, quantity)
        for way in range(len(judged.unrolled.ways(line)))
        for needed in judged.unrolled.operands(line, way)
        if needed in judged.answers
    }
    return sorted(found)


class Behind(NamedTuple):
    """What rests on some lines, up to the next answers: equations in order, of quantities renumbered.

    `ids[n]` is the quantity that has the number n here, `numbers` the way back. `answered` are the
    answers at the ends, by the number that they have here.
    """

    families: tuple[Family, ...]
    ids: NDArray[np.int64]
    numbers: Mapping[int, int]
    answered: Mapping[int, int]


def behind(judged: Judged, lines: Iterable[int], plan: Iterable[Family]) -> Behind:
    """What rests on these lines, among the equations of a plan."""
    hit = np.zeros(judged.truth.size, dtype=bool)
    hit[list(lines)] = True
    is_answer = np.zeros(hit.size, dtype=bool)
    is_answer[list(judged.answers)] = True
    chosen: list[Family] = []
    for family in plan:
        touched = np.zeros(family.targets.size, dtype=bool)
        for ids in family.arguments.values():
            here = hit[ids]
            touched |= here if here.ndim == 1 else here.any(axis=1)
        if touched.any():
            chosen.append(family if touched.all() else part_of(family, np.flatnonzero(touched)))
            targets = family.targets[touched]
            hit[targets[~is_answer[targets]]] = True
    return _renumbered(judged, list(lines), chosen)


def _renumbered(judged: Judged, lines: list[int], families: list[Family]) -> Behind:
    used = [np.array(lines, dtype=int)]
    for family in families:
        used += [family.targets, *(ids.ravel() for ids in family.arguments.values())]
    ids = np.unique(np.concatenate(used))
    local = tuple(
        Family(
            family.rule, np.searchsorted(ids, family.targets),
            {name: np.searchsorted(ids, own) for name, own in family.arguments.items()},
        )
        for family in families
    )  # fmt: skip
    numbers = {quantity: n for n, quantity in enumerate(ids.tolist())}
    ends = np.concatenate([np.array([], dtype=int), *(family.targets for family in families)])
    answered = {numbers[q]: q for q in ends.tolist() if q in judged.answers}
    return Behind(local, ids, numbers, answered)
