"""The bytes and the text of a file that somebody hands in, in whatever encoding it was saved.

>>> decoded("Müller;0,5".encode("cp1252")), decoded(b"\\xef\\xbb\\xbfa\\r\\nb")
('Müller;0,5', 'a\\nb')
"""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path
from typing import NoReturn

from derive.errors import Mistake, ProblemError
from derive.problem.wrong import plain

MOST_BYTES = 5_000_000
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


def content_of(path: Path | str) -> bytes:
    """The bytes of a file of answers; ProblemError where it cannot be read or is too large."""
    try:
        with open(path, "rb", buffering=0, opener=_opened) as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                refuse(plain(str(path)), "this is no file", "- reads what is piped in")
            # reading more at once takes room for it
            content = file.read(min(about.st_size, MOST_BYTES) + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        remedy = "name a TOML, CSV, JSON or Markdown file with answers"
        refuse(plain(str(path)), reason[:1].lower() + reason[1:], remedy)
    if len(content) > MOST_BYTES:
        fact = f"the file is larger than {MOST_BYTES // 1_000_000} MB"
        refuse(plain(str(path)), fact, "answers are short; is this another file?")
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
        refuse(place, f"this is {kind}", "save it as CSV or text")


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


def refuse(place: str, fact: str, remedy: str) -> NoReturn:
    """What was handed in cannot be used."""
    raise ProblemError([Mistake(place, fact, remedy)])
