"""What is written to a folder: data and pages, in files that appear whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from derive.render.formats import Rendered


def as_json(data: object) -> Rendered:
    """Plain data as a file.

    >>> as_json({"σ": 0.5}).content.decode()
    '{"σ": 0.5}\\n'
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    return Rendered(text.encode() + b"\n", {})


def write_pages(out: Path, pages: Mapping[str, Rendered]) -> list[Path]:
    """Write pages by the names of their files, each whole; returns the files, side files last."""
    files = {name: page.content for name, page in pages.items()}
    for page in pages.values():
        files |= page.files
    return [write_whole(out / path, content) for path, content in files.items()]


def write_whole(path: Path, *parts: bytes) -> Path:
    """Write a file so that it is never seen half written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
