"""The sheets in the gallery are true: made anew, they are what is committed.

After a change that is meant: pytest tests/sheets/test_gallery.py --update
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from derive.sheets.front import sheet

GALLERY = Path(__file__).parent.parent.parent / "output" / "gallery" / "sheets"
ORDERS = {
    "questions": ("2-2-2", {"variants": 2, "seed": 7}),
    "fading": ("2-2-1", {"students": ["Ada", "Ben"], "seed": 7, "recipe": "easy", "fade": 3}),
    "integers": ("2-2-1", {"recipe": "integers", "seed": 7, "fade": 4, "first": True}),
    "mistake": ("2-2-1", {"mistake": True, "seed": 7, "recipe": "exam"}),
}  # fmt: skip


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


@pytest.mark.parametrize("name", ORDERS)
def test_sheets_are_what_is_committed(name: str, update: bool, tmp_path: Path):
    problem, order = ORDERS[name]
    sheet(problem, tmp_path / name, formats=["md", "tex"], **order)
    if update:
        shutil.rmtree(GALLERY / name, ignore_errors=True)
        shutil.copytree(tmp_path / name, GALLERY / name)

    assert files(GALLERY / name) == files(tmp_path / name)


def test_nothing_is_left_over():
    assert sorted(ORDERS) == sorted(path.name for path in GALLERY.iterdir())
