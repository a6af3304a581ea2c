"""The names on the sheets: a CSV with a column of names, or a list of them, one a line.

>>> names_of("name,group\\nAda,1\\nBen,2\\n")
['Ada', 'Ben']
>>> names_of("Ada Lovelace\\nBen\\n")
['Ada Lovelace', 'Ben']
>>> names_of("Lovelace, Ada\\nCurie, Marie\\n")
['Lovelace, Ada', 'Curie, Marie']
"""

from __future__ import annotations

from pathlib import Path

from derive.checking.contents import content_of, decoded, refuse_what_is_no_text
from derive.checking.submissions import STUDENTS, cleaned
from derive.checking.tables import parted, separator_of
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
    """The names in a text; ProblemError for a table whose quotes are not closed."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return []
    separator = separator_of(lines[0])
    head = [cell.strip(' "').lower() for cell in lines[0].split(separator)]
    column = next((head.index(name) for name in STUDENTS if name in head), None)
    if column is None:  # no table: a comma may stand in a name
        return [cleaned(line.strip()) for line in lines]
    rows = (row for _, row in parted(lines[1:], separator))
    return [cleaned(row[column]) for row in rows if len(row) > column and row[column]]
