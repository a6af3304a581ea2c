"""Pages set one after the other are the same as pages set alone, and can read no file."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import typst

from derive.document.blocks import Document, Heading, Paragraph, Tasks, Text
from derive.render.formats import formats
from derive.render.pdf import Typesetter, compile_typst
from derive.render.walk import Walk
from tests.render.sample import tasks


@pytest.fixture(scope="module")
def typesetter() -> Iterator[Typesetter]:
    with Typesetter() as made:
        yield made


def source(title: str, reveal: bool = True, times: int = 2) -> str:
    """A page of tasks in Typst."""
    lines = Tasks(tasks().tasks * times)
    blocks = (Paragraph((Text(f"Sheet {title}"),)), Heading(1, (Text("Fill in"),)), lines)
    return Walk(formats()["pdf"], title, None, reveal).page(Document(title, (), blocks))


def test_a_page_has_the_same_bytes_alone_and_in_company(typesetter: Typesetter) -> None:
    pages = [source(f"{n}", reveal) for n in range(3) for reveal in (True, False)]
    pages.insert(3, source("汉字"))  # for which the machine's own fonts are asked
    assert [compile_typst(page) for page in pages] == [typesetter.set(page) for page in pages]


def test_a_page_that_is_wrong_spoils_no_other(typesetter: Typesetter) -> None:
    page = source("a")
    before = typesetter.set(page)
    with pytest.raises(typst.TypstError, match="unknown variable"):
        typesetter.set("#nothing-of-this-name")
    assert before == typesetter.set(page)


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../../../etc/passwd", "page.typ", "/proc/version"]
)
def test_a_page_can_read_no_file(typesetter: Typesetter, path: str) -> None:
    for _ in range(2):
        with pytest.raises(typst.TypstError, match=r"not found|escape"):
            typesetter.set(f'#read("{path}")')


def test_a_folder_that_pages_were_set_in_is_gone() -> None:
    with Typesetter() as typesetter:
        folder = typesetter.folder
        typesetter.set(source("a"))
        assert [] == os.listdir(folder)
    assert not os.path.exists(folder)
