"""Tables of keys and values as CSV, with whatever separator, and with commas where they do not part.

>>> list(columns("key;value\\nnet[1,1];0,3775"))
[('net[1,1]', '0,3775')]
>>> list(columns("net[1,1],0,3775"))
[('net[1,1]', '0,3775')]
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from derive.errors import Mistake, ProblemError
from derive.problem.wrong import plain

KEYS = ("key", "name", "quantity", "line")
VALUES = ("value", "answer", "result")


def columns(text: str) -> Iterator[tuple[str, str]]:
    """Key and value of each row; a head says which columns they are in."""
    keys, values = 0, 1
    rows = csv_rows(text)
    for number, row in enumerate(rows):
        heads = [cell.lower() for cell in row]
        if number == 0 and any(name in heads for name in KEYS):
            keys = next(n for n, head in enumerate(heads) if head in KEYS)
            values = next((n for n, head in enumerate(heads) if head in VALUES), keys + 1)
        elif len(row) > keys and row[keys]:
            yield row[keys], row[values] if len(row) > values else ""


def csv_rows(text: str) -> Iterator[list[str]]:
    """The rows of a CSV text, its cells without spaces about them; a comma, semicolon or tab between.

    A key's own commas, and those of a number in the last column, do not part it.
    """
    separator = separator_of(text.lstrip().partition("\n")[0])
    width = 0
    try:
        for row in csv.reader(io.StringIO(text), delimiter=separator):
            cells = whole_keys([cell.strip() for cell in row], separator)
            width = width or (len(cells) if any(c.lower() in KEYS for c in cells) else 2)
            if separator == "," and len(cells) == width + 1 and cells[-1].isdecimal():
                cells[-2:] = [",".join(cells[-2:])]
            if any(cells):
                yield cells
    except csv.Error as error:
        fact = f"this is no CSV: {plain(str(error))}"
        raise ProblemError([Mistake("", fact, "two columns: key,value")]) from None


def separator_of(head: str) -> str:
    """What parts the cells of a table, by its first line."""
    return ";" if ";" in head else "\t" if "\t" in head else ","


def whole_keys(cells: list[str], separator: str) -> list[str]:
    """The cells, put together where a key's own commas have parted it: net[1,2]."""
    found: list[str] = []
    for cell in cells:
        if found and found[-1].count("[") > found[-1].count("]") and len(found[-1]) < 80:
            found[-1] += separator + cell
        else:
            found.append(cell)
    return found
