"""The problem that a Markdown sheet brings along, so that a filled-in sheet needs nothing else.

It stands in a comment, which pages do not show, as the text of a problem file.

>>> text = commented('title = "2 > 1"\\ninputs = 2\\n')
>>> print(text)
<!-- derive problem
title = "2 \\u003E 1"
inputs = 2
-->
>>> problems_in(f"# Sheet\\n{text}\\n")
['title = "2 \\\\u003E 1"\\ninputs = 2\\n']
"""

from __future__ import annotations

import re
from pathlib import Path

from derive.errors import Mistake, ProblemError
from derive.problem import syntax
from derive.problem.wrong import plain

PAGES = (".md", ".markdown")
_COMMENT = re.compile(r"<!-- derive problem\n(.*?)-->", re.DOTALL)
_ENDS_A_COMMENT = ">"  # the text of a problem has it inside of quotes only


def commented(text: str) -> str:
    """A problem's text as a comment, which nothing in it can end."""
    escaped = text.replace(_ENDS_A_COMMENT, f"\\u{ord(_ENDS_A_COMMENT):04X}")
    return f"<!-- derive problem\n{escaped}-->"


def problems_in(text: str) -> list[str]:
    """The texts of the problems that a page brings along."""
    return _COMMENT.findall(text.replace("\r\n", "\n"))


def is_sheet(path: Path) -> bool:
    """Whether this is a page that brings a problem along; ProblemError where it cannot be read."""
    return _may_bring(path) and bool(problems_in(syntax.text_of(path)))


def text_at(path: Path) -> str:
    """The text of a problem file, or of the problem that a filled-in sheet brings along.

    Raises `ProblemError` for a file of several sheets, for a page without a problem, and for a file that
    cannot be read.
    """
    text = syntax.text_of(path)
    texts = problems_in(text) if _may_bring(path) else []
    if len(texts) > 1:
        remedy = "keep one sheet in the file, or make them with --singly"
        raise ProblemError([Mistake(plain(str(path)), f"it has {len(texts)} sheets", remedy)])
    if not texts and path.suffix.lower() in PAGES:
        remedy = "name a problem file, or a shorthand such as 2-2-2"
        fact = "this page brings no problem along"
        raise ProblemError([Mistake(plain(str(path)), fact, remedy)])
    return texts[0] if texts else text


def _may_bring(path: Path) -> bool:
    return path.suffix.lower() in (*PAGES, ".txt")
