"""Read the answers that somebody gives: TOML, CSV, JSON, or a filled-in Markdown sheet.

Whatever the form, an answer is a name and a text; names and numbers are understood later, so that one
that is not understood spoils nothing but itself.

>>> read_text("net_h1 = 0.3775\\n- w5+: 0,3589", "md")
[Answer(name='net_h1', text='0.3775', place='line 1'), Answer(name='w5+', text='0,3589', place='line 2')]
"""

from __future__ import annotations

import codecs
import json
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import NamedTuple, NoReturn

from derive.checking.tables import KEYS, VALUES, columns
from derive.errors import Mistake, ProblemError
from derive.problem import syntax
from derive.problem.embedded import problems_in
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
OTHERWISE = "derive.cp1252"  # how bytes are decoded that are not UTF-8
SAMPLE = 4_096  # bytes of a file that tell whether it is text
MOST_STRANGE = 8  # control characters among them, or a fiftieth
_CONTROLS = bytes(n for n in range(32) if n not in b"\t\n\v\f\r")
_NO_TEXT = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "an Excel or Word file"),
    (b"\xd0\xcf\x11\xe0", "an Excel or Word file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ROOM = re.compile(r"\| *[=≈]")  # a cell that begins so: working, or a value
_RULE = re.compile(r"[-:| ]+")  # the line below the head of a table
_ITEM = re.compile(r"(?:[-*+]|\d{1,4}[.)])[ \t]+")
_SAYS_A_NUMBER = re.compile(r"[-+−(]?\s*[.,]?\d.*|[\s_.…?-]*")
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


def content_of(path: Path | str) -> bytes:
    """The bytes of a file of answers; ProblemError where it cannot be read or is too large."""
    try:
        with open(path, "rb", buffering=0, opener=_opened) as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                _refuse(plain(str(path)), "this is no file", "- reads what is piped in")
            # reading more at once takes room for it
            content = file.read(min(about.st_size, MOST_BYTES) + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        remedy = "name a TOML, CSV, JSON or Markdown file with answers"
        _refuse(plain(str(path)), reason[:1].lower() + reason[1:], remedy)
    if len(content) > MOST_BYTES:
        fact = f"the file is larger than {MOST_BYTES // 1_000_000} MB"
        _refuse(plain(str(path)), fact, "answers are short; is this another file?")
    return content


def _opened(path: str, flags: int) -> int:
    """Opens what may be a pipe that nobody writes to, and does not wait for it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def refuse_what_is_no_text(content: bytes, place: str) -> None:
    """ProblemError for a PDF, a picture or other bytes; only the beginning is looked at."""
    kind = next((kind for start, kind in _NO_TEXT if content.startswith(start)), "")
    start = content[:SAMPLE]
    if not kind and not start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        strange = len(start) - len(start.translate(None, _CONTROLS))
        kind = "no text" if strange > MOST_STRANGE and strange * 50 > len(start) else ""
    if kind:
        _refuse(place, f"this is {kind}", "save it as CSV or text")


def decoded(content: bytes) -> str:
    """The text of a file in whatever encoding it was saved.

    Answers are digits and letters that all encodings have in common, so a strange letter in a comment
    is no reason to refuse them; what is not UTF-8 is what a spreadsheet saves instead.
    """
    text = content.decode(encoding_of(content), OTHERWISE)
    return text.replace("\x00", "\ufffd").replace("\r\n", "\n").replace("\r", "\n")


def encoding_of(start: bytes) -> str:
    """The encoding that a file's first bytes tell."""
    is_utf16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return "utf-16" if is_utf16 else "utf-8-sig"


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """What bytes stand for that are not UTF-8."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    letters = "\ufffd" if "16" in error.encoding else wrong.decode("cp1252", "replace")
    return letters, error.end


codecs.register_error(OTHERWISE, _as_cp1252)


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
    return consistent(found)


def _refuse(place: str, fact: str, remedy: str) -> NoReturn:
    raise ProblemError([Mistake(place, fact, remedy)])


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
        found = [_on_line(line, number) for number, line in enumerate(lines, 1) if line.strip()]
        if not found or None in found or len(found) > MOST_ANSWERS:
            raise ProblemError(map(_about_answers, error.mistakes)) from None
        yield from (a._replace(place=a.name) for a in found if a is not None)
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
        _refuse("", "too many brackets inside each other", '{ "answers": { "E": "0.298" } }')
    except json.JSONDecodeError as error:
        reason = (
            f"{error.msg[:1].lower()}{error.msg[1:]} at line {error.lineno}, column {error.colno}"
        )
        _refuse("", f"this is no JSON: {plain(reason)}", '{ "answers": { "E": "0.298" } }')
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
    for row, name, value in columns(text):
        yield Answer(name, value, f"row {row}")


# --- sheets --------------------------------------------------------------------------------------


def _markdown(text: str) -> Iterator[Answer]:
    """Lines "name = value" and rows of tables "| name | … | value |"; other lines are words.

    A sheet that brings its problem along has answers only in tables that leave room for them.
    """
    is_sheet = bool(problems_in(text))
    lines = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text).split("\n")
    room = _with_room(lines) if is_sheet else frozenset()
    for number, line in enumerate(lines, 1):
        below = lines[number] if number < len(lines) else ""
        is_head = "|" in below and len(below) < LONGEST_LINE and _RULE.fullmatch(below)
        if not is_head and (not is_sheet or number in room):
            answer = _on_line(line, number)
            if answer is not None:
                yield answer


def _with_room(lines: Sequence[str]) -> frozenset[int]:
    """The lines, from 1, of tables in which some cell begins with = or ≈."""
    found: list[int] = []
    numbered = enumerate(lines, 1)
    for is_row, group in groupby(numbered, key=lambda entry: entry[1].startswith("|")):
        rows = list(group)
        if is_row and any(_ROOM.search(line[:LONGEST_LINE]) for _, line in rows):
            found += [number for number, _ in rows]
    return frozenset(found)


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
