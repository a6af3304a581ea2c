"""Points for lines, by kind or by name: what may be asked for, and what it comes to.

>>> one("2"), one("0.5"), one("-1"), one("nan")
(2.0, 0.5, None, None)
"""

from __future__ import annotations

from collections.abc import Mapping

from derive.algebra.places import DELTA, TURNED, is_delta
from derive.checking.names import Lookup
from derive.checking.unrolled import Unrolled
from derive.errors import Mistake, ProblemError
from derive.problem.wrong import plain

MOST = 1e6


def one(text: object) -> float | None:
    """The points that a text or a number stands for; None where it stands for none."""
    try:
        value = float(str(text).strip())
    except ValueError:
        return None
    return value if 0 <= value <= MOST else None


def by_key(points: Mapping[str, float], lookup: Lookup, unrolled: Unrolled) -> dict[str, float]:
    """The points by kind or key; ProblemError for a name that is neither."""
    kinds = {block.kind for block in unrolled.derivation.ledger.blocks}
    found: dict[str, float] = {}
    mistakes: list[Mistake] = []
    for name, worth in points.items():
        key = name.strip()
        if is_delta(key) and (turned := key.replace(DELTA, TURNED, 1)) in kinds:
            key = turned
        if key in kinds:
            found[key] = worth
        elif lookup.find(key) is not None:
            found[lookup.key(key)] = worth
        else:
            fact = f"there is no line and no kind of line '{plain(key)}'"
            mistakes.append(Mistake("points", fact, lookup.suggestion(key)))
    if mistakes:
        raise ProblemError(mistakes)
    return found
