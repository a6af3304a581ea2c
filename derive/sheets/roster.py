"""The names on the sheets: a CSV with a column of names, or a list of them, one a line.

>>> names_of("name,group\\nAda,1\\nBen,2\\n")
['Ada', 'Ben']
>>> names_of("Ada Lovelace\\nBen\\n")
['Ada Lovelace', 'Ben']
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from derive.checking.contents import content_of, decoded, refuse_what_is_no_text
from derive.checking.submissions import STUDENTS, cleaned
from derive.checking.tables import separator_of
from derive.errors import Mistake, ProblemError
from derive.problem.wrong import plain


def roster(path: Path) -> list[str]:
    """The names in a file; ProblemError where there are none."""
    content = content_of(str(path))
    refuse_what_is_no_text(content, plain(str(path)))
    found = names_of(decoded(content))
    if not found:
        fact, remedy = "there are no names in it", "a column called name, or one name on each line"
        raise ProblemError([Mistake(plain(str(path)), fact, remedy)])
    return found


def names_of(text: str) -> list[str]:
    """The names in a text."""
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return []
    try:
        rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=separator_of(lines[0])))
    except csv.Error as error:
        fact = f"this is no CSV: {plain(str(error))}"
        raise ProblemError([Mistake("", fact, "one name on each line")]) from None
    head = [cell.strip().lower() for cell in rows[0]]
    known = [name for name in STUDENTS if name in head]
    column = head.index(known[0]) if known else 0
    rows = rows[1:] if known else rows
    return [cleaned(row[column]) for row in rows if len(row) > column and row[column].strip()]
