"""Where the files that a person may restyle are: templates, notations, words.

The wheel carries them inside the package; in a checkout they stand beside it. There is no third place.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).parent


@cache
def templates() -> Path:
    """The folder with the templates that come with the program."""
    carried = _PACKAGE / "_templates"
    return carried if carried.is_dir() else _PACKAGE.parent / "templates"


@cache
def read_toml(*parts: str) -> dict[str, Any]:
    """A TOML file below the templates, by the parts of its path; do not change what it returns."""
    return tomllib.loads(templates().joinpath(*parts).read_text(encoding="utf-8"))


def names(folder: str) -> list[str]:
    """The names of the TOML files in a folder below the templates, sorted."""
    return sorted(path.stem for path in (templates() / folder).glob("*.toml"))
