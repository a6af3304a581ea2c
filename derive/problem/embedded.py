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
from typing import Any

from derive.errors import Mistake, ProblemError
from derive.problem import syntax
from derive.problem.model import Problem
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


def problem_of(sheet: Path, **options: Any) -> Problem | None:
    """The problem of a filled-in sheet, options as for a file; None for a file that brings none.

    Raises `ProblemError` for a file of several sheets, and for one that cannot be read.
    """
    from derive.problem.reading import read  # which asks here for the text of every file

    text = _brought(sheet, syntax.text_of(sheet)) if _may_bring(sheet) else None
    return None if text is None else read(text, **options)


def text_at(path: Path) -> str:
    """The text of a problem file, or of the problem that a filled-in sheet brings along."""
    text = syntax.text_of(path)
    brought = _brought(path, text) if _may_bring(path) else None
    if brought is None and path.suffix.lower() in PAGES:
        fact, remedy = (
            "this page brings no problem along",
            "name a problem file, or a shorthand such as 2-2-2",
        )
        raise ProblemError([Mistake(plain(str(path)), fact, remedy)])
    return text if brought is None else brought


def _may_bring(path: Path) -> bool:
    return path.suffix.lower() in (*PAGES, ".txt")


def _brought(sheet: Path, text: str) -> str | None:
    texts = problems_in(text)
    if len(texts) > 1:
        remedy = "keep one sheet in the file, or make them with --singly"
        raise ProblemError([Mistake(plain(str(sheet)), f"it has {len(texts)} sheets", remedy)])
    return texts[0] if texts else None
