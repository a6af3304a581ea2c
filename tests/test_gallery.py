"""The gallery is true: each example, made anew, is what is committed.

After a change that is meant: pytest tests/test_gallery.py --update
"""

from __future__ import annotations

from pathlib import Path

import pytest

import derive
from derive.example import Example
from derive.problem.reading import read
from tests import pages
from tests.recompute import recomputed

GALLERY = Path(__file__).parent.parent / "output" / "gallery"
NAMES = sorted(path.stem for path in GALLERY.glob("*.toml"))
FORMATS = ("md", "tex")
WORKED: dict[str, Example] = {}


def worked(name: str) -> Example:
    if name not in WORKED:
        WORKED[name] = derive.work(read(GALLERY / f"{name}.toml"))
    return WORKED[name]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_what_is_committed(name: str, format: str, update: bool):
    rendered = worked(name).render(format, name=name)
    files = {f"{name}.{format}": rendered.content, **rendered.files}
    if update:
        for path, content in files.items():
            (GALLERY / path).parent.mkdir(exist_ok=True)
            (GALLERY / path).write_bytes(content)

    for path, content in files.items():
        committed = (GALLERY / path).read_bytes()
        assert committed.decode() == content.decode(), f"{path}: see pytest --update"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", NAMES)
def test_a_committed_page_can_be_recomputed_from_itself(name: str, format: str):
    source = (GALLERY / f"{name}.{format}").read_text("utf-8")

    found = recomputed(worked(name), format, source)

    assert [] == found.complaints
    assert 5 < found.lines


@pytest.mark.parametrize("name", NAMES)
def test_making_it_again_gives_the_same_bytes(name: str):
    again = derive.work(read(GALLERY / f"{name}.toml"))

    for format in (*FORMATS, "html", "json"):
        first, second = (e.render(format, name=name) for e in (worked(name), again))
        assert first == second


def test_nothing_in_the_gallery_is_left_over():
    every = (path.relative_to(GALLERY) for path in GALLERY.rglob("*") if path.is_file())
    files = {path.as_posix() for path in every if path.parts[0] != "sheets"}  # see tests/sheets
    expected = {"README.md", "mazur.png", *(f"{name}.toml" for name in NAMES)}
    for name in NAMES:
        expected |= {f"{name}.{format}" for format in FORMATS}
        expected |= set(worked(name).render("md", name=name).files)

    assert expected == files


def test_the_list_of_the_gallery_is_complete():
    rows = pages.read((GALLERY / "README.md").read_text("utf-8"), "md").rows

    assert sorted(NAMES) == sorted(row.cells[0].partition(".toml")[0].strip("[") for row in rows)
    assert 6 <= len(NAMES)
    for row in rows:
        for cell in row.cells[:3]:
            assert (GALLERY / cell.partition("(")[2].strip(")")).is_file()


@pytest.mark.parametrize("name", NAMES)
def test_figures_stand_where_the_page_looks_for_them(name: str):
    for path in worked(name).render("md", name=name).files:
        assert f"]({path})" in (GALLERY / f"{name}.md").read_text("utf-8")
