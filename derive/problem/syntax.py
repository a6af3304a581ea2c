"""A file's bytes as TOML data, with decimal numbers kept as they were typed.

>>> data("rate = 0.20")
{'rate': Given(value=0.2, text='0.20')}
>>> data('loss = hinge')
Traceback (most recent call last):
derive.errors.ProblemError: line 1, column 8: 'hinge' has no quotes (write text in quotes: "hinge")
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from derive.errors import Mistake, ProblemError
from derive.problem.numerals import MOST_AXES, typed
from derive.problem.wrong import plain

MOST_BYTES = 20_000_000
TOO_DEEP = ("too many brackets inside each other", f"numbers need {MOST_AXES} levels, no more")

_ODD_QUOTES = "\u201c\u201d\u201e\u2018\u2019`"
_WHERE = re.compile(r"^(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)$", re.DOTALL)
_LONG_KEY = re.compile(  # TOML would take a time that grows with the square of its length
    r"""(?<![\w"'-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){20}"""
)


def text_of(path: Path) -> str:
    """The text of a problem file; whatever prevents reading it is a `ProblemError`."""
    place = plain(str(path))
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        remedy = "check its name, or give a shorthand such as 2-2-2"
        raise ProblemError([Mistake(place, "there is no such file", remedy)]) from None
    except IsADirectoryError:
        raise ProblemError([Mistake(place, "this is a folder", "name a file in it")]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        fact = f"it cannot be read: {reason[:1].lower()}{reason[1:]}"
        raise ProblemError([Mistake(place, fact, "check its name and permissions")]) from None
    if len(content) > MOST_BYTES:
        remedy = "leave weights out and they are drawn from the seed"
        raise ProblemError([Mistake(place, "the file is larger than 20 MB", remedy)])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fact = f"byte {error.start + 1:,} is not UTF-8 text"
        raise ProblemError([Mistake(place, fact, "save the file as UTF-8")]) from None


def data(text: str) -> dict[str, Any]:
    """The data of a TOML text; a mistake in its syntax names line and column."""
    text = text.removeprefix("\ufeff")
    long = _LONG_KEY.search(text)
    if long is not None:
        fact, remedy = "a key of too many parts", "fewer than 20 dots in a name"
        raise ProblemError([Mistake(_place(text, long.start()), fact, remedy)])
    try:
        return tomllib.loads(text, parse_float=typed)
    except tomllib.TOMLDecodeError as error:
        raise ProblemError([_in_words(text, str(error))]) from None
    except RecursionError:
        fact, remedy = TOO_DEEP
    except ValueError:  # more digits than Python turns into a number
        fact, remedy = "a whole number of thousands of digits", "numbers go up to 1e12"
    raise ProblemError([Mistake("file", fact, remedy)])


def _place(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    return f"line {line}, column {position - text.rfind(chr(10), 0, position)}"


def _in_words(text: str, message: str) -> Mistake:
    found = _WHERE.match(message)
    if found is None:
        return Mistake("file", f"this is not TOML: {plain(message)}", _FORM)
    reason, line, column = found.groups()
    if line is None:
        last = text.rstrip().count("\n") + 1
        return Mistake(f"line {last}, at its end", *_explained(reason, ""))
    lines = text.replace("\r\n", "\n").split("\n")
    rest = lines[int(line) - 1][int(column) - 1 :] if int(line) <= len(lines) else ""
    return Mistake(f"line {line}, column {column}", *_explained(reason, rest))


def _explained(reason: str, rest: str) -> tuple[str, str]:
    """Fact and remedy for tomllib's reason; `rest` is the line from the mistake on."""
    word = re.match(r"[A-Za-z_][\w-]*", rest)
    if reason == "Invalid value" and word:
        shown = plain(word[0])
        return f"'{shown}' has no quotes", f'write text in quotes: "{shown}"'
    if re.match(r"[+-]?\.[0-9]", rest):
        return "a number begins with a digit", "write 0.5, not .5"
    if rest[:1] in tuple(_ODD_QUOTES):
        return "this is no plain quote", 'write text in straight quotes: "sigmoid"'
    for pattern, fact, remedy in _REASONS:
        if re.match(pattern, reason):
            return fact, remedy
    return f"this is not TOML: {plain(reason[:1].lower() + reason[1:])}", _FORM


_FORM = "`derive new` writes a file in the right form"
_REASONS = (
    (r"Invalid value", "no value begins here", "text needs quotes, numbers look like 0.5"),
    (r"Expected newline or end", "something follows the value",
     "one key = value per line; decimals take a point, as in 0.5"),
    (r"Cannot overwrite a value", "this key is given twice", "keep one of them"),
    (r"Cannot declare .* twice", "this table is given twice",
     "each layer begins with [[layers]], in double brackets"),
    (r"Duplicate inline table key", "this key is given twice", "keep one of them"),
    (r"Expected '=' after a key", "no = after the key", "write key = value"),
    (r"Unclosed array", "a comma or ] is missing", "write lists like [0.1, 0.2]"),
    (r"Unclosed inline table", "a comma or } is missing", "write tables like { decimals = 4 }"),
    (r"Expected '\]", "the brackets are not closed", "write [show] or [[layers]]"),
    (r"Invalid statement|Invalid initial", "no key begins here",
     "write key = value, # comment or [table]"),
    (r"Unescaped", "a backslash that means nothing", "double it, or use 'single quotes'"),
    (r"Unterminated string|Expected \"|Expected '", "the text is not closed",
     "end it with a quote"),
    (r"Illegal character", "a character that text cannot hold",
     "remove it; write \\n for a new line"),
)  # fmt: skip
