"""Read the answers that somebody gives: TOML, CSV, JSON, or a filled-in Markdown sheet.

Whatever the form, an answer is a name and a text; names and numbers are understood later, so that one
that is not understood spoils nothing but itself.

>>> read_text("net_h1 = 0.3775\\n- w5+: 0,3589", "md")
[Answer(name='net_h1', text='0.3775', place='line 1'), Answer(name='w5+', text='0,3589', place='line 2')]
"""

from __future__ import annotations

import codecs
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import NamedTuple, NoReturn

from derive.checking.tables import KEYS, VALUES, columns
from derive.errors import Mistake, ProblemError
from derive.problem import syntax
from derive.problem.model import Given
from derive.problem.wrong import plain

MOST_BYTES = 5_000_000
MOST_ANSWERS = 20_000
LONGEST_LINE = 1_000  # of a sheet; no answer needs more
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

_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_RULE = re.compile(r"[-:| ]+")  # the line below the head of a table
_ITEM = re.compile(r"(?:[-*+]|\d{1,4}[.)])[ \t]+")
_SAYS_A_NUMBER = re.compile(r"[-+−(]?\s*[.,]?\d.*|[\s_.…?-]*")
_THOUSANDS = re.compile(r"[-+−]?[1-9]\d{0,2},\d{3}")
_TABLE = re.compile(r"\[[^\]]*\]|#.*|\ufeff?")


class Answer(NamedTuple):
    """What was written, as what, and where."""

    name: str
    text: str
    place: str


# --- files ---------------------------------------------------------------------------------------


def read_answers(path: Path) -> list[Answer]:
    """The answers of a file; ProblemError where there are none that could be read."""
    return read_text(decoded(content_of(path)), format_of(path), plain(str(path)))


def content_of(path: Path | str) -> bytes:
    """The bytes of a file of answers; ProblemError where it cannot be read or is too large."""
    try:
        with open(path, "rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size  # reading more at once takes room for it
            content = file.read(min(size, MOST_BYTES) + 1) if size else _piped(file)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        remedy = "name a TOML, CSV, JSON or Markdown file with answers"
        _refuse(plain(str(path)), reason[:1].lower() + reason[1:], remedy)
    if len(content) > MOST_BYTES:
        fact = f"the file is larger than {MOST_BYTES // 1_000_000} MB"
        _refuse(plain(str(path)), fact, "answers are short; is this another file?")
    return content


def _piped(file: io.FileIO) -> bytes:
    """What comes out of a pipe, bit by bit."""
    content = b""
    while len(content) <= MOST_BYTES and (more := file.read(MOST_BYTES + 1 - len(content))):
        content += more
    return content


def decoded(content: bytes) -> str:
    """The text of a file in whatever encoding it was saved.

    Answers are digits and letters that all encodings have in common, so a strange letter in a comment
    is no reason to refuse them.
    """
    for mark, encoding in _ENCODINGS:
        if content.startswith(mark):
            text = content[len(mark) if encoding == "utf-8" else 0 :].decode(encoding, "replace")
            break
    else:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            text = content.decode("cp1252", "replace")
    return text.replace("\x00", "\ufffd").replace("\r\n", "\n").replace("\r", "\n")


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
        _refuse(place, f"more than {MOST_ANSWERS:,} answers", "give one person's answers")
    if not found:
        _refuse(place, "there are no answers in it", REMEDY)
    return _with_points(found)


def _refuse(place: str, fact: str, remedy: str) -> NoReturn:
    raise ProblemError([Mistake(place, fact, remedy)])


def _with_points(answers: list[Answer]) -> list[Answer]:
    """Where somebody writes decimal commas throughout, "1,106" is no thousand either."""
    doubtful = [_THOUSANDS.fullmatch(a.text.strip()) is not None for a in answers]
    if not any(doubtful):
        return answers
    others = [a.text for a, doubt in zip(answers, doubtful, strict=True) if not doubt]
    if any("." in text for text in others) or not any("," in text for text in others):
        return answers
    return [
        a._replace(text=a.text.replace(",", ".")) if doubt else a
        for a, doubt in zip(answers, doubtful, strict=True)
    ]


# --- tables of keys and values -------------------------------------------------------------------


def _toml(text: str) -> Iterator[Answer]:
    """TOML; where it is none, because names have no quotes or numbers commas, its lines."""
    try:
        data = syntax.data(text)
    except ProblemError:
        lines = [line for line in text.split("\n") if not _TABLE.fullmatch(line.strip())]
        found = [_on_line(line, number) for number, line in enumerate(lines, 1) if line.strip()]
        if not found or None in found or len(found) > MOST_ANSWERS:
            raise
        yield from (a._replace(place=a.name) for a in found if a is not None)
        return
    yield from _pairs(_answers(data).items())


def _json(text: str) -> Iterator[Answer]:
    try:
        data = json.loads(
            text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_Table
        )
    except RecursionError:
        _refuse("", "too many brackets inside each other", '{ "answers": { "E": "0.298" } }')
    except ValueError as error:
        _refuse("", f"this is no JSON: {plain(str(error))}", '{ "answers": { "E": "0.298" } }')
    if isinstance(data, list) and all(isinstance(entry, _Table) for entry in data):
        rows = [dict(entry) for entry in data]
        named = [(_first_of(row, KEYS), _first_of(row, VALUES)) for row in rows]
        yield from _pairs((str(name), value) for name, value in named if name is not None)
        return
    if not isinstance(data, _Table):
        _refuse("", "there is no table of answers", '{ "answers": { "E": "0.298" } }')
    inner = dict(data).get("answers")
    yield from _pairs(inner if isinstance(inner, _Table) else data)


class _Table(list[tuple[str, object]]):
    """A JSON object that keeps a name that stands there twice."""


def _first_of(row: Mapping[str, object], names: Iterable[str]) -> object:
    return next((row[name] for name in names if name in row), None)


def _answers(data: Mapping[str, object]) -> Mapping[str, object]:
    inner = data.get("answers", data)
    if not isinstance(inner, Mapping):
        _refuse("answers", "this is no table", 'write [answers] and below it "E" = "0.298"')
    return inner


def _pairs(
    items: Iterable[tuple[str, object]], prefix: str = "", depth: int = 0
) -> Iterator[Answer]:
    if depth > DEEPEST:
        _refuse("", "too many tables inside each other", "an answer is a name and a value")
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
    for row, (name, value) in enumerate(columns(text), 1):
        yield Answer(name, value, f"row {row}")


# --- sheets --------------------------------------------------------------------------------------


def _markdown(text: str) -> Iterator[Answer]:
    """Lines "name = value" and rows of tables "| name | … | value |"; other lines are words."""
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        below = lines[number] if number < len(lines) else ""
        is_head = "|" in below and len(below) < LONGEST_LINE and _RULE.fullmatch(below)
        if not is_head:
            answer = _on_line(line, number)
            if answer is not None:
                yield answer


def _on_line(line: str, number: int) -> Answer | None:
    """The answer on a line, its value behind the last sign of equality; None where there is none."""
    if len(line) > LONGEST_LINE:
        return None
    line = line.replace("`", "").replace("$", "").replace("**", "").strip()
    if line.startswith("|"):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) < 2 or not cells[0] or _RULE.fullmatch(line):
            return None
        return Answer(cells[0], _last(cells[-1]), f"line {number}")
    line = _ITEM.sub("", line, count=1)
    name, sign, text = line.replace("≈", "=").partition("=")
    if not sign:
        name, sign, text = line.rpartition(":")
        if not sign or not _SAYS_A_NUMBER.fullmatch(text.strip()):
            return None
    name = name.strip().strip('"').strip("'").strip(" :")
    if not name or name.startswith(("#", ">", "//", "<")):
        return None
    return Answer(name, _last(text), f"line {number}")


def _last(text: str) -> str:
    """What stands behind the last sign of equality, without quotes and comments."""
    text = text.replace("≈", "=").rpartition("=")[2].strip()
    if text[:1] in ('"', "'"):
        return text[1:].partition(text[0])[0].strip()
    return text.partition(" #")[0].strip()


_READERS: Mapping[str, Callable[[str], Iterator[Answer]]] = {
    "toml": _toml, "csv": _csv, "json": _json, "md": _markdown,
}  # fmt: skip
