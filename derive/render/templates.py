"""The templates' language: Jinja with `<< >>`, `<% %>` and `<# #>`, and escaping that is always on.

Whatever a template prints is escaped for its language unless it is `Raw`: what a macro or a
printer has made already. A template has no way to forget it; and what a template itself says in
its language stands outside `<< >>`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, cast
from urllib.parse import quote

from jinja2 import (
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
    Undefined,
)  # fmt: skip
from jinja2.bccache import Bucket

from derive.render.formats import folders
from derive.writing.printers import escapes


class Raw(str):
    """Text that is in the format's language already."""

    __slots__ = ()


ESCAPES: dict[str, Callable[[str], str]] = {
    "html": escapes.html,
    "latex": escapes.latex,
    "jupyter": escapes.jupyter,
    "markdown": escapes.markdown,
    "pandoc": escapes.pandoc,
    "typst": escapes.typst,
}


def finalizer(escape: Callable[[str], str]) -> Callable[[Any], Any]:
    """What Jinja does to every value that a template prints."""

    def finalize(value: Any) -> Any:
        if isinstance(value, (Raw, Undefined)):
            return value
        if isinstance(value, float):
            return f"{value:.6g}"
        return value if isinstance(value, int) else escape(str(value))

    return finalize


@lru_cache(maxsize=8)
def environment(escape: str, templates: Path | None) -> Environment:
    """Jinja for one language."""
    made = Environment(
        loader=FileSystemLoader(folders(templates)),
        undefined=StrictUndefined,
        finalize=finalizer(ESCAPES[escape]),
        variable_start_string="<<", variable_end_string=">>",
        block_start_string="<%", block_end_string="%>",
        comment_start_string="<#", comment_end_string="#>",
        trim_blocks=True, lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_compiled_before(),
    )  # fmt: skip
    made.filters |= FILTERS
    return made


class _Cache(FileSystemBytecodeCache):
    """Compiled templates in a folder that only this user can write to; a full disk is no reason to stop."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _compiled_before() -> _Cache | None:
    """Where templates stay compiled between runs: it halves the time of a short page."""
    try:
        return _Cache(pattern="derive_%s.cache")
    except (RuntimeError, OSError):  # there is no folder that is safe from other users
        return None


def macros(template: str, escape: str, templates: Path | None) -> ModuleType:
    """The macros of a template file as functions."""
    loaded = environment(escape, templates).get_template(template)
    return cast(ModuleType, loaded.module)


def call(macros: ModuleType, name: str, **values: object) -> Raw:
    """What a macro makes of those of the values that it asks for."""
    macro = getattr(macros, name)
    return Raw(macro(**{key: values[key] for key in macro.arguments if key in values}))


# --- filters: text in places that a language reads differently from its running text -------------


def quoted(text: str) -> Raw:
    """A string in Typst's code."""
    return Raw(escapes.typst_string(text))


def code_span(text: str) -> Raw:
    """Code in Markdown: between backticks, or as HTML where backticks would not hold it."""
    text = escapes.clean(text)
    if re.search(r"[`|\\$<]", text) or text != text.strip() or not text:
        held = "".join(f"&#{ord(c)};" if c in "`|\\$*_[]~" else escapes.html(c) for c in text)
        return Raw(f"<code>{held}</code>")
    return Raw(f"`{text}`")


def fence(lines: list[str]) -> Raw:
    """What stands above and below source code in Markdown: backticks, more than are in the code."""
    runs = (len(run) for line in lines for run in re.findall("`+", line))
    return Raw("`" * max(3, 1 + max(runs, default=0)))


def code_line(line: str) -> Raw:
    """A line of source code in LaTeX."""
    code = line.lstrip(" ")
    indent = min(len(line) - len(code), 60)  # there is something left of the page, whatever comes
    return Raw(rf"\codeline{{{indent}}}{{{escapes.latex_code(code)}}}")


def code_string(line: str) -> Raw:
    """A line of source code as a Typst string; a word longer than the page may break here and there."""
    pieces = re.sub(r"\S{60}", "\\g<0>\0", escapes.clean(line)).split("\0")
    inside = r"\u{200b}".join(escapes.typst_string(piece)[1:-1] for piece in pieces)
    return Raw(f'"{inside}"')


def source_string(source: str) -> Raw:
    """Typst's own source as a Typst string, with its lines."""
    return Raw('"' + r"\n".join(escapes.typst_string(line)[1:-1] for line in source.split("\n")) + '"')


def attribute(text: str) -> Raw:
    """A quoted attribute of HTML within Markdown, where dollars and backslashes begin formulas."""
    return Raw(escapes.html(text).replace("$", "&#36;").replace("\\", "&#92;"))


def latex_address(address: str) -> Raw:
    """An address inside LaTeX's href."""
    return Raw(re.sub(r"([%#&_])", r"\\\1", address).replace("~", r"\%7E"))


FILTERS: dict[str, Callable[[Any], str]] = {
    "raw": Raw, "quoted": quoted, "code_span": code_span, "address": latex_address,
    "fence": fence, "code_line": code_line, "code_string": code_string,
    "attribute": attribute, "source_string": source_string,
}  # fmt: skip

_ADDRESS = re.compile(r"https?://[^\s/]", re.IGNORECASE)


def safe_address(address: str) -> str | None:
    """A web address with nothing in it that a language would read; None for any other kind."""
    address = escapes.clean(address).strip()
    if not _ADDRESS.match(address):
        return None
    return quote(address, safe=":/?#@!&+,;=%-._~")
