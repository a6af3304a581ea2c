"""A page in pandoc's Markdown becomes a Word document with native equations.

Pandoc comes inside the package `pypandoc_binary`, the extra `derive[word]`. It sees the page alone,
in a sandbox: no files, no addresses, no filters, no raw HTML or TeX, no metadata in the text. What
it says on its error stream, such as a formula that it does not understand, is an error.
"""

from __future__ import annotations

import subprocess
import tempfile
from importlib import import_module

from derive.errors import DeriveError, Mistake, ProblemError

# CommonMark has nothing raw but HTML, no includes and no metadata; the rest is what the templates use.
_READS = (
    "commonmark-raw_html+tex_math_dollars+tex_math_gfm+pipe_tables+fenced_divs+bracketed_spans"
    "+attributes"
)
_LONGEST = 120  # seconds
_NO_CLOCK = {"SOURCE_DATE_EPOCH": "315532800", "LANG": "C.UTF-8"}  # 1980, where ZIP's time begins


def word(source: str, title: str, language: str) -> bytes:
    """The document; the same page gives the same bytes.

    Raises `ProblemError` where pandoc is missing, `DeriveError` where it complains.
    """
    from derive.render.docx import finished

    with tempfile.TemporaryDirectory() as nothing:  # so a person's own settings make no difference
        command = [
            _pandoc(), f"--from={_READS}", "--to=docx", "--output=-", "--sandbox",
            f"--data-dir={nothing}", f"--metadata=lang:{language}",
        ]  # fmt: skip
        done = subprocess.run(
            command, input=source.encode(), cwd=nothing, env=_NO_CLOCK, capture_output=True,
            check=False, timeout=_LONGEST,
        )  # fmt: skip
    said = done.stderr.decode(errors="replace").strip()
    if said or done.returncode:
        fact = f"pandoc: {said[:500] or done.returncode}"
        raise DeriveError(str(Mistake("docx", fact, "the other formats do without pandoc")))
    return finished(done.stdout, title)


def _pandoc() -> str:
    """Where pandoc is."""
    try:
        return str(import_module("pypandoc").get_pandoc_path())
    except (ImportError, OSError):
        remedy = "pip install 'derive[word]'"
        raise ProblemError(
            [Mistake("docx", "Word documents need pandoc, which is not installed", remedy)]
        ) from None
