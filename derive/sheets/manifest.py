"""manifest.json: what was ordered, and which numbers each sheet took; any sheet can be made from it again.

>>> order = Order.of("2-1", variants=2, seed=3, fade=1, students=["Ada", "Ben"])
>>> again = read(json.loads(manifest(order, [])), "manifest.json")
>>> again.names, again.fading == order.fading, again.numbers
({1: 'Ada', 2: 'Ben'}, True, (1, 2))
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derive import __version__
from derive.errors import Mistake, ProblemError
from derive.problem.saving import as_data
from derive.problem.wrong import plain
from derive.sheets.order import LAST, Order

if TYPE_CHECKING:
    from derive.sheets.workshop import Lot

SCHEMA = 1
KIND = "derive sheets"
LARGEST = 500_000_000  # bytes
REMEDY = "name the manifest.json that derive sheet has written"


def entries(lot: Lot) -> list[dict[str, Any]]:
    """A row for each sheet: its number, the candidate that it took, and a digest of its numbers."""
    drawn = lot.drawn
    rows = zip(drawn.numbers.tolist(), drawn.attempts.tolist(), drawn.digests.tolist(), strict=True)
    return [{"sheet": n, "attempt": attempt, "digest": f"{d:016x}"} for n, attempt, d in rows]


def alike(rows: Sequence[Mapping[str, Any]]) -> list[list[int]]:
    """Sheets that have the same numbers, by chance."""
    counts = Counter(row["digest"] for row in rows)
    twice = {digest: [] for digest, count in counts.items() if count > 1}  # type: dict[str, list[int]]
    for row in rows:
        if row["digest"] in twice:
            twice[row["digest"]].append(row["sheet"])
    return list(twice.values())


def manifest(order: Order, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The file's content; `rows` are the `entries` of all sheets."""
    data = {
        "kind": KIND, "schema": SCHEMA, "derive": __version__,
        "problem": as_data(order.problem, drawn=False),
        "recipe": order.recipe.name, "recipe_text": order.recipe_text, "seed": order.seed,
        "fade": LAST if order.fading.level < 0 else order.fading.level,
        "first": order.fading.first, "blank": order.fading.blank, "points": dict(order.points),
        "certified": order.certified, "mistake": order.mistake,
        "students": list(order.names.values()),
        "variants": order.variants,
    }  # fmt: skip
    if len(order.numbers) < order.variants:
        data["numbers"] = list(order.numbers)
    head = json.dumps(data, ensure_ascii=False, indent=1, default=float).removesuffix("\n}")
    line = '{"sheet": %(sheet)d, "attempt": %(attempt)d, "digest": "%(digest)s"}'
    listed = ",\n".join([line % row for row in rows])
    return f'{head},\n "sheets": [\n{listed}\n]}}\n'.encode()


def load(path: Path) -> Order:
    """The order of a manifest; ProblemError for a file that is none."""
    place = plain(str(path))
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST)
        data = json.loads(content)
    except OSError as error:
        fact = f"it cannot be read: {error.strerror}"
        raise ProblemError([Mistake(place, fact, REMEDY)]) from None
    except (ValueError, RecursionError):
        raise ProblemError([Mistake(place, "this is no JSON", REMEDY)]) from None
    return read(data, place)


def read(data: Any, place: str) -> Order:
    """The order in a manifest's data."""
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise ProblemError([Mistake(place, "this is no manifest of exercise sheets", REMEDY)])
    said: dict[str, Any] = {key: data.get(key) for key in _WORDS}
    if not all(isinstance(said[key], kind) for key, kind in _WORDS.items()):
        raise ProblemError([Mistake(place, "something is missing from this manifest", REMEDY)])
    students, points = said.pop("students"), said.pop("points")
    worths = {k: float(worth) for k, worth in points.items() if isinstance(worth, int | float)}
    order = Order.of(
        said.pop("problem"), students=[str(name) for name in students], points=worths, **said
    )
    numbers = data.get("numbers", order.numbers)
    if not isinstance(numbers, list | tuple) or not all(isinstance(n, int) for n in numbers):
        raise ProblemError([Mistake(place, "its numbers are none", REMEDY)])
    return order.only(numbers)


_WORDS: dict[str, Any] = {
    "variants": int, "seed": int, "recipe": str, "recipe_text": str, "fade": (int, str),
    "first": bool, "blank": str, "certified": bool, "mistake": bool, "problem": dict, "students": list,
    "points": dict,
}  # fmt: skip
