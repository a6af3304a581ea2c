"""Which formats there are: each folder of `templates/` that holds a `format.toml` is one.

>>> sorted(formats())
['docx', 'html', 'ipynb', 'md', 'pdf', 'tex']
>>> formats()["pdf"].extension
'pdf'
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from derive import resources
from derive.registry import Registry


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a format draws a scene."""

    template: str  # the file of macros for strokes, discs and labels, from the templates' folder
    labels: str  # the printer for what labels say
    escape: str  # how text is escaped in a drawing
    place: str  # "inline"; "file" for a format that cannot hold a drawing; "data" for an address
    picture: str = "svg"  # of a file or an address; "png" where the template is in Typst


@dataclass(frozen=True, slots=True)
class Format:
    """What a format's folder says of itself in `format.toml`."""

    name: str
    title: str
    extension: str  # of the file that comes out
    source: str  # of the templates: <folder>/page.<source>.j2 and <folder>/blocks.<source>.j2
    maths: str  # the printer in `derive.writing.printers`
    escape: str  # how text is made harmless: one of `derive.render.templates.ESCAPES`
    drawing: Drawing
    folder: str
    engine: str = ""  # what makes the file of the source: one of `derive.render.engines.ENGINES`


class Rendered(NamedTuple):
    """A file's content, and the files that belong beside it by their path from its folder."""

    content: bytes
    files: dict[str, bytes]


def folders(templates: Path | None = None) -> list[Path]:
    """Where templates are looked for, in order: the user's folder, then the program's own."""
    return [*([templates] if templates else []), resources.templates()]


@lru_cache(maxsize=4)
def formats(templates: Path | None = None) -> Registry[Format]:
    """Every format by its name; a folder of the user's stands in for one of the same name."""
    found = {entry.name: entry for place in reversed(folders(templates)) for entry in _read(place)}
    return Registry("format", {name: found[name] for name in sorted(found)})


def _read(place: Path) -> Iterator[Format]:
    for file in sorted(place.glob("*/format.toml")):
        fields = tomllib.loads(file.read_text(encoding="utf-8"))
        drawing = Drawing(**fields.pop("drawing"))
        yield Format(**fields, drawing=drawing, folder=file.parent.name)
