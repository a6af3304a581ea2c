"""What makes the file of a document: its source as it is, or a program that reads the source.

An engine takes the walk over the document, and the document. A format names its engine in
`format.toml`; the modules that the engines need are imported only when one is used.
"""

from __future__ import annotations

from collections.abc import Callable

from derive.document.blocks import Document
from derive.registry import Registry
from derive.render.formats import Rendered
from derive.render.lines import language
from derive.render.walk import Walk


def _source(walk: Walk, document: Document) -> Rendered:
    return Rendered(walk.page(document).encode(), walk.files)


def _typst(walk: Walk, document: Document) -> Rendered:
    from derive.render.pdf import compile_typst

    return Rendered(compile_typst(walk.page(document)), walk.files)


def _notebook(walk: Walk, document: Document) -> Rendered:
    from derive.render.notebook import notebook

    return Rendered(notebook(walk, document), walk.files)


def _word(walk: Walk, document: Document) -> Rendered:
    from derive.render.word import word

    made = word(walk.page(document), walk.title(document), language(document.language))
    return Rendered(made, walk.files)


ENGINES: Registry[Callable[[Walk, Document], Rendered]] = Registry(
    "engine", {"": _source, "typst": _typst, "notebook": _notebook, "word": _word}
)
