"""A document becomes a file: Markdown, LaTeX, PDF, HTML, a notebook or Word, from folders of templates.

`formats()` lists what there is, `render` makes one of them. To add a format, add a folder to
`templates/` with a `format.toml`, a page shell and a macro per block; to restyle one, copy its
folder and give the copy's parent as `templates`.

>>> from derive.document.blocks import Document, Paragraph, Text
>>> page = Document("Short", (), (Paragraph((Text("Two * two"),)),))
>>> print(render(page, "md").content.decode())
# Short
<BLANKLINE>
Two \\* two
<BLANKLINE>
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from derive.document.blocks import Document
from derive.errors import Mistake, ProblemError
from derive.render.formats import Format, Rendered, formats


def render(
    document: Document,
    format: str,
    *,
    name: str = "page",
    templates: Path | None = None,
    reveal: bool = True,
) -> Rendered:
    """The document in a format of `formats()`; `name` is the file's name without its ending.

    With `reveal` the page shows what belongs in its blanks; without, rules to write it on.
    Templates in the folder `templates` go before the program's own. The same document always
    gives the same bytes. Raises `ProblemError` for an unknown format.
    """
    from jinja2 import TemplateError  # imported only where something is rendered

    from derive.render.engines import ENGINES
    from derive.render.walk import Walk

    chosen = formats(templates)[format]
    try:
        return ENGINES[chosen.engine](Walk(chosen, name, templates, reveal), document)
    except TemplateError as error:
        raise ProblemError([_broken(error)]) from error


def _broken(error: Any) -> Mistake:
    """What is wrong with a template, for whoever wrote it."""
    place = getattr(error, "name", None) or "a template"
    line = f", line {error.lineno}" if getattr(error, "lineno", None) else ""
    return Mistake(
        f"{place}{line}", str(error.message or error), "mend the template given with --templates"
    )


__all__ = ["Format", "Rendered", "formats", "render"]
