"""A page in Typst becomes a PDF; the compiler and its fonts come inside the `typst` package."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any

# What to ask for, in order. PDF/UA-1 (tagged, with a title and a language, fit for a screen
# reader) wants a glyph for every letter: for a script that Typst's own fonts lack, the machine's
# fonts are tried, and if none has it either, the page is made without that promise.
_WISHES: tuple[tuple[bool, dict[str, str]], ...] = (  # whether with the machine's fonts
    (False, {"pdf_standards": "ua-1"}),
    (True, {"pdf_standards": "ua-1"}),
    (True, {}),
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
    with Typesetter() as typesetter:
        return typesetter.set(source)


class Typesetter:
    """Sets one page after the other; what pages have in common is set once.

    A page has the same bytes in whatever company. The compiler keeps what it has laid out, so a page
    like one before it takes a fraction of the time. Use one in each process, and close it at the end.
    """

    def __init__(self) -> None:
        self._nothing = tempfile.TemporaryDirectory()  # so there is no file that a page could read
        self.folder = self._nothing.name
        self._compilers: dict[bool, Any] = {}

    def set(self, source: str) -> bytes:
        """The PDF of a page."""
        import typst

        page = source.encode()
        for system_fonts, wish in _WISHES:
            compiler = self._compiler(system_fonts)
            try:
                made: bytes = compiler.compile(input=page, format="pdf", timestamp=0, **wish)
                return made
            except typst.TypstError as error:
                failure = error
        raise failure

    def _compiler(self, system_fonts: bool) -> Any:
        import typst

        if system_fonts not in self._compilers:
            self._compilers[system_fonts] = typst.Compiler(
                root=self.folder, ignore_system_fonts=not system_fonts
            )
        return self._compilers[system_fonts]

    def close(self) -> None:
        """Forget everything."""
        self._compilers.clear()
        self._nothing.cleanup()

    def __enter__(self) -> Typesetter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
