"""The door for files: each table's keys and types, checked by pydantic, reported in plain words.

What cannot be used is reported and left out, so that one mistake does not hide the next ones.

>>> found: list[Mistake] = []
>>> draft({"layers": [{"units": 2.0, "bias": True}]}, found).layers[0].units
>>> print(*found, sep="\\n")
layers[1].units: 2.0 is not a whole number (a whole number from 1 to 10,000)
layers[1].bias: true does not say which numbers (leave bias out to have them drawn)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError, create_model

from derive.errors import Mistake
from derive.problem import keys, kinds, known
from derive.problem.draft import (
    MOST_LAYERS,
    MOST_MISTAKES,
    MOST_SAMPLES,
    Draft,
    LayerDraft,
    SampleDraft,
)
from derive.problem.model import Show
from derive.problem.numerals import few
from derive.problem.wrong import Wrong, inside, plain, shown
from derive.registry import nearest

Record = TypeVar("Record", LayerDraft, SampleDraft)


class Table(BaseModel):
    """A table of the file: no other keys, and no silent conversions."""

    model_config = ConfigDict(strict=True, extra="forbid")


def _table(name: str, readers: Mapping[str, keys.Reader], **tables: Any) -> type[Table]:
    """A table whose keys are read by these readers, with the tables inside it."""
    fields: dict[str, Any] = {
        key: (Annotated[Any, PlainValidator(reader)], None) for key, reader in readers.items()
    }
    return create_model(name, __base__=Table, **fields, **tables)


# The tables inside the file, still unread; a description is the remedy in messages.
Layers = Annotated[
    list[Any], Field(max_length=MOST_LAYERS, description="begin each layer with [[layers]]")
]
Samples = Annotated[
    list[Any], Field(max_length=MOST_SAMPLES, description="begin each sample with [[samples]]")
]
Shows = Annotated[dict[str, Any], Field(description="write a table: [show]")]

ShowTable = _table("ShowTable", keys.SHOW)
SampleTable = _table("SampleTable", keys.SAMPLE)
LayerTable = _table("LayerTable", kinds.keys("dense"))
ProblemTable = _table(
    "ProblemTable", keys.PROBLEM, layers=(Layers, []), samples=(Samples, []), show=(Shows, {})
)

_HEADS: Mapping[str, type[Table]] = {
    "[[layers]]": LayerTable,
    "[[samples]]": SampleTable,
    "[show]": ShowTable,
}


def draft(data: Mapping[str, Any], mistakes: list[Mistake]) -> Draft:
    """The problem that a file's data describes; what is wrong is added to `mistakes`."""
    fields, unreadable = _fields(ProblemTable, data, "", mistakes)
    if isinstance(fields.get("inputs"), tuple):
        fields["shape"] = fields.pop("inputs")
    fields["layers"] = [
        _layer(item, f"layers[{number}]", mistakes)
        for number, item in enumerate(fields.get("layers", ()), 1)
    ]
    fields["samples"] = [
        _record(SampleDraft, SampleTable, item, f"samples[{number}]", mistakes)
        for number, item in enumerate(fields.get("samples", ()), 1)
    ]
    show, _ = _fields(ShowTable, fields.get("show", {}), "show", mistakes)
    fields["show"] = Show(**show)
    return Draft(**fields, unreadable=unreadable)


def _layer(item: object, place: str, mistakes: list[Mistake]) -> LayerDraft:
    """A layer, read by the keys of its kind; of an unknown kind, by those of a dense one."""
    said = item.get("kind") if isinstance(item, Mapping) else None
    kind = said if isinstance(said, str) and said in known.names("layer kind") else "dense"
    return _record(partial(_made, kind), _layer_table(kind), item, place, mistakes)


def _made(known_kind: str, /, **fields: Any) -> LayerDraft:
    return LayerDraft(**kinds.sorted_out(known_kind, fields))


@cache
def _layer_table(kind: str) -> type[Table]:
    return _table(f"{kind.title()}Table", kinds.keys(kind))


def _record(
    record: Callable[..., Record],
    table: type[Table],
    item: object,
    place: str,
    mistakes: list[Mistake],
) -> Record:
    if not isinstance(item, Mapping):
        double = f"[[{place.partition('[')[0]}]]"
        mistakes.append(Mistake(place, f"{shown(item)} is not a table", f"begin it with {double}"))
        return record(unreadable=frozenset(table.model_fields))
    fields, unreadable = _fields(table, item, place, mistakes)
    return record(**fields, unreadable=unreadable)


def _fields(
    table: type[Table], data: Mapping[str, Any], place: str, mistakes: list[Mistake]
) -> tuple[dict[str, Any], frozenset[str]]:
    """The values that could be read, and the keys of those that could not; None is left out."""
    data = {key: value for key, value in data.items() if value is not None}
    try:
        read = table.model_validate(data)
    except ValidationError as error:
        usable: dict[str, Any] = {}
        broken: set[str] = set()
        for problem in error.errors(include_url=False):
            key = str(problem["loc"][0])
            broken.add(key)
            if len(mistakes) > MOST_MISTAKES:
                continue
            mistakes += _in_words(table, problem, inside(place, plain(key)))
            cause = problem.get("ctx", {}).get("error")
            if isinstance(cause, Wrong) and cause.usable is not None:
                usable[key] = cause.usable
        rest = {key: value for key, value in data.items() if key not in broken}
        fields, _ = _fields(table, rest, place, mistakes)
        return fields | usable, frozenset(broken - usable.keys())
    return {key: getattr(read, key) for key in read.model_fields_set}, frozenset()


_FACTS = {
    "list_type": "{} is not a list of tables",
    "dict_type": "{} is not a table",
}


def _in_words(table: type[Table], problem: Any, place: str) -> list[Mistake]:
    """What pydantic found, as one or more mistakes."""
    kind, value, key = problem["type"], problem["input"], str(problem["loc"][0])
    if kind == "value_error":
        return few(problem["ctx"]["error"].at(place), place)
    if kind == "extra_forbidden":
        return [Mistake(place, "unknown key", _elsewhere(table, key))]
    if kind == "too_long":
        most = problem["ctx"]["max_length"]
        return [Mistake(place, f"{len(value):,} {key}", f"at most {most:,}")]
    remedy = table.model_fields[key].description or ""
    fact = _FACTS.get(kind, "{} does not fit")
    return [Mistake(place, fact.format(shown(value)), remedy)]


def _elsewhere(table: type[Table], key: str) -> str:
    """The remedy for an unknown key: another table's key is often only in the wrong place."""
    if key in ProblemTable.model_fields:
        return "it belongs at the top of the file, before the first [ ]"
    for head, other in _HEADS.items():
        here = other is LayerTable and "kind" in table.model_fields  # a layer of another kind
        if key in other.model_fields and not here:
            return f"it belongs under {head}"
    return nearest(plain(key), list(table.model_fields))
