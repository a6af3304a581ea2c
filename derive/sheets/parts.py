"""Parts of bound files: a maker writes its lots one after the other into one part, which grows.

What tells of a lot says where it ends, so that whatever an interruption left behind it does not count.

>>> import tempfile
>>> folder = Path(tempfile.mkdtemp())
>>> with Part(folder, 0) as one, Part(folder, 2) as two:
...     for lot, part in enumerate([one, one, two]):
...         part.add("keys.md", [f"lot {lot} ".encode()])
...         told = [{"part": part.first, "ends": dict(part.ends)} for part in (one, two)]
...     two.add("keys.md", [b"of lot 3, whi"])
>>> told
[{'part': 0, 'ends': {'keys.md': 12}}, {'part': 2, 'ends': {'keys.md': 6}}]
>>> bind(folder, "keys.md", told, b"end", folder / "keys.md").read_text()
'lot 0 lot 1 lot 2 end'
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

PIECE = 1 << 20  # bytes that are copied at once


class Part(ExitStack):
    """What one maker writes of the bound files, from the lot `first` on, without a gap."""

    def __init__(self, folder: Path, first: int) -> None:
        super().__init__()
        self.first, self._folder = first, folder
        self._files: dict[str, IO[bytes]] = {}

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Put these at the end of the file's part."""
        if name not in self._files:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = _path(self._folder, name, self.first).open("wb")
            self._files[name] = self.enter_context(file)
        self._files[name].writelines(pieces)
        self._files[name].flush()

    @property
    def ends(self) -> dict[str, int]:
        """By file, how many bytes of it there are."""
        return {name: file.tell() for name, file in self._files.items()}


def is_there(folder: Path, told: Mapping[str, Any]) -> bool:
    """Whether the part holds everything that is told of a lot."""
    for name, end in told["ends"].items():
        path = _path(folder, name, told["part"])
        if not path.exists() or path.stat().st_size < end:
            return False
    return True


def bind(
    folder: Path, name: str, told: Iterable[Mapping[str, Any]], after: bytes, path: Path
) -> Path:
    """Move the file to where it belongs: its parts one after the other, and what comes after them.

    The first part becomes the file; it is copied nowhere.
    """
    ends = {lot["part"]: lot["ends"][name] for lot in told}
    first, *others = [(_path(folder, name, part), end) for part, end in ends.items()]
    with first[0].open("r+b") as file:
        file.seek(first[1])
        file.truncate()
        for other, end in others:
            with other.open("r+b") as part:
                part.truncate(end)
                shutil.copyfileobj(part, file, PIECE)
        file.write(after)
    return first[0].replace(path)


def _path(folder: Path, name: str, first: int) -> Path:
    return folder / f"{first}-{name}"
