"""Read the answers that somebody gives: TOML, CSV, JSON, or a filled-in Markdown sheet.

Whatever the form, an answer is a name and a text; names and numbers are understood later, so that one
that is not understood spoils nothing but itself.

>>> read_text("net_h1 = 0.3775\\n- w5+: 0,3589", "md")
[Answer(name='net_h1', text='0.3775', place='line 1'), Answer(name='w5+', text='0,3589', place='line 2')]
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from derive.checking.contents import content_of, decoded, refuse, refuse_what_is_no_text
from derive.checking.markdown import on_line, why_none, written
from derive.checking.tables import KEYS, VALUES, columns
from derive.errors import Mistake, ProblemError
from derive.problem import syntax
from derive.problem.model import Given
from derive.problem.wrong import plain

MOST_ANSWERS = 20_000
DEEPEST = 20  # tables inside tables
FORMATS = {
    ".toml": "toml",
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".md": "md",
    ".txt": "md",
}
REMEDY = (
    'one answer on each line, such as net_h1 = 0.3775; or TOML: [answers], "net[1,1]" = "0.3775"'
)

_FORM = '[answers], and below it "net[1,1]" = "0.3775"'
_REMEDIES = {  # of what is wrong with a TOML file, where it is not a problem but answers
    "too many brackets inside each other": "an answer is a name and a value",
    "a key of too many parts": "an answer is a name and a value",
    "a whole number of thousands of digits": "write it with fewer digits, such as 1.5e20",
    "this is no plain quote": 'write names and values in straight quotes: "net[1,1]" = "0.3775"',
    "something follows the value": 'one name = value per line; arithmetic in quotes: "0.5*0.2"',
    "this table is given twice": "one table is enough: [answers]",
    "the brackets are not closed": "write [answers]",
    "no value begins here": 'arithmetic takes quotes: "0.5*0.2"; numbers look like 0.5',
}  # fmt: skip
_THOUSANDS = re.compile(r"[-+−–=≈~ ]*[1-9]\d{0,2},\d{3}(?:…|\.\.\.)?")
_POINT = re.compile(r"\d\.\d")
_COMMA = re.compile(r"(?<![\d,])\d+,\d+(?![\d,])")
_TABLE = re.compile(r"\[[^\]]*\]|#.*|\ufeff?")


class Answer(NamedTuple):
    """What was written, as what, and where."""

    name: str
    text: str
    place: str


# --- files ---------------------------------------------------------------------------------------


def read_answers(path: Path) -> list[Answer]:
    """The answers of a file; ProblemError where there are none that could be read."""
    return read_content(content_of(path), format_of(path), plain(str(path)))


def read_content(content: bytes, format: str, place: str) -> list[Answer]:
    """The answers in the bytes of a file; ProblemError where there are none, or it is no text."""
    refuse_what_is_no_text(content, place)
    return read_text(decoded(content), format, place)


def format_of(path: Path | str) -> str:
    """What kind of file this is by the end of its name; without a known one, a sheet."""
    return FORMATS.get(os.path.splitext(path)[1].lower(), "md")


def read_text(text: str, format: str, place: str = "answers") -> list[Answer]:
    """The answers in a text of this format: "toml", "csv", "json" or "md"."""
    try:
        found = list(islice(_READERS[format](text), MOST_ANSWERS + 1))
    except ProblemError as error:
        raise ProblemError(
            m._replace(place=f"{place}: {m.place}" if m.place else place) for m in error.mistakes
        ) from None
    if len(found) > MOST_ANSWERS:
        refuse(place, f"more than {MOST_ANSWERS:,} answers", "give one person's answers")
    if not found:
        reason, remedy = why_none(text) or ("", REMEDY)
        fact = "there are no answers in it" + (f": {reason}" if reason else "")
        refuse(place, fact, remedy)
    return consistent(found)


def consistent(answers: Sequence[Answer]) -> list[Answer]:
    """One person's answers: where decimal commas are written throughout, "1,106" is no thousand either.

    It stays as doubtful as it is where another answer has a decimal point, or none a decimal comma.
    """
    doubtful = [_THOUSANDS.fullmatch(a.text.strip()) is not None for a in answers]
    if not any(doubtful):
        return list(answers)
    others = [a.text for a, doubt in zip(answers, doubtful, strict=True) if not doubt]
    if any(map(_POINT.search, others)) or not any(map(_COMMA.search, others)):
        return list(answers)
    return [
        a._replace(text=a.text.replace(",", ".")) if doubt else a
        for a, doubt in zip(answers, doubtful, strict=True)
    ]


# --- tables of keys and values -------------------------------------------------------------------


def _toml(text: str) -> Iterator[Answer]:
    """TOML; where it is none, because names have no quotes or numbers commas, its lines."""
    try:
        data = syntax.data(text)
    except ProblemError as error:
        lines = [line for line in text.split("\n") if not _TABLE.fullmatch(line.strip())]
        found = [on_line(line) for line in lines if line.strip()]
        if not found or None in found or len(found) > MOST_ANSWERS:
            raise ProblemError(map(_about_answers, error.mistakes)) from None
        yield from (Answer(*pair, pair[0]) for pair in found if pair is not None)
        return
    yield from _pairs(_answers(data).items())


def _about_answers(mistake: Mistake) -> Mistake:
    """What is wrong with a TOML file, with a remedy for answers where the usual one is for problems."""
    remedy = _FORM if "derive new" in mistake.remedy else mistake.remedy
    return mistake._replace(remedy=_REMEDIES.get(mistake.fact, remedy))


def _json(text: str) -> Iterator[Answer]:
    try:
        data = json.loads(
            text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_Table
        )
    except RecursionError:
        refuse("", "too many brackets inside each other", '{ "answers": { "E": "0.298" } }')
    except json.JSONDecodeError as error:
        reason = (
            f"{error.msg[:1].lower()}{error.msg[1:]} at line {error.lineno}, column {error.colno}"
        )
        refuse("", f"this is no JSON: {plain(reason)}", '{ "answers": { "E": "0.298" } }')
    if isinstance(data, list) and all(isinstance(entry, _Table) for entry in data):
        rows = [dict(entry) for entry in data]
        named = [(_first_of(row, KEYS), _first_of(row, VALUES)) for row in rows]
        yield from _pairs((str(name), value) for name, value in named if name is not None)
        return
    if not isinstance(data, _Table):
        refuse("", "there is no table of answers", '{ "answers": { "E": "0.298" } }')
    inner = dict(data).get("answers")
    yield from _pairs(inner if isinstance(inner, _Table) else data)


class _Table(list[tuple[str, object]]):
    """A JSON object that keeps a name that stands there twice."""


def _first_of(row: Mapping[str, object], names: Iterable[str]) -> object:
    return next((row[name] for name in names if name in row), None)


def _answers(data: Mapping[str, object]) -> Mapping[str, object]:
    inner = data.get("answers", data)
    if not isinstance(inner, Mapping):
        refuse("answers", "this is no table", 'write [answers] and below it "E" = "0.298"')
    return inner


def _pairs(
    items: Iterable[tuple[str, object]], prefix: str = "", depth: int = 0
) -> Iterator[Answer]:
    if depth > DEEPEST:
        refuse("", "too many tables inside each other", "an answer is a name and a value")
    for name, value in items:
        if isinstance(value, Mapping | _Table):  # a dotted key without quotes
            inner = value.items() if isinstance(value, Mapping) else value
            yield from _pairs(inner, f"{prefix}{name}.", depth + 1)
        else:
            yield Answer(f"{prefix}{name}", _text(value), f"{prefix}{name}")


def _text(value: object) -> str:
    if isinstance(value, Given):
        return value.text
    if isinstance(value, str | int | float):
        return str(value)
    return "" if value is None else "a list" if isinstance(value, list) else "no number"


def _csv(text: str) -> Iterator[Answer]:
    for row, name, value in columns(text):
        yield Answer(name, value, f"row {row}")


def _markdown(text: str) -> Iterator[Answer]:
    for number, name, value in written(text):
        yield Answer(name, value, f"line {number}")


_READERS: Mapping[str, Callable[[str], Iterator[Answer]]] = {
    "toml": _toml, "csv": _csv, "json": _json, "md": _markdown,
}  # fmt: skip
