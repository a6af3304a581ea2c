"""A page in Typst becomes a PDF; the compiler and its fonts come inside the `typst` package."""

from __future__ import annotations

import tempfile
from collections.abc import Callable

# What to ask for, in order. PDF/UA-1 (tagged, with a title and a language, fit for a screen
# reader) wants a glyph for every letter: for a script that Typst's own fonts lack, the machine's
# fonts are tried, and if none has it either, the page is made without that promise.
_WISHES = (
    {"ignore_system_fonts": True, "pdf_standards": "ua-1"},
    {"ignore_system_fonts": False, "pdf_standards": "ua-1"},
    {"ignore_system_fonts": False},
)


_SHARP = 240  # dots per inch of a picture


def compile_png(source: str) -> bytes:
    """The picture of a drawing; the same source gives the same bytes."""
    import typst

    make: Callable[..., bytes] = typst.compile
    with tempfile.TemporaryDirectory() as nothing:
        return make(source.encode(), root=nothing, format="png", ppi=_SHARP)


def compile_typst(source: str) -> bytes:
    """The PDF of a page; the same source gives the same bytes, on any machine for Latin scripts."""
    import typst

    make: Callable[..., bytes] = typst.compile
    with tempfile.TemporaryDirectory() as nothing:  # so there is no file that a page could read
        for wish in _WISHES:
            try:
                return make(source.encode(), root=nothing, format="pdf", timestamp=0, **wish)
            except typst.TypstError as error:
                failure = error
    raise failure
