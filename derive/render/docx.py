"""What pandoc leaves to be done in a Word document: its name, braces, widths, the page.

Pandoc would read a title, puts a small brace below a term, makes all columns of a table equally
wide, lets a large matrix run off the page, and repeats the address of a picture.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from io import BytesIO
from xml.dom import minidom
from xml.dom.minidom import Document, Element
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_TWIPS = 1440 / 25.4  # twentieths of a point in a millimetre
_MARGIN = round(20 * _TWIPS)
_WIDE, _HIGH = round(210 * _TWIPS), round(297 * _TWIPS)
_LETTERS = 70  # that stand on a line, with the gaps between a matrix's columns counted as two
_SIZE = 24  # of letters, in half points


def finished(content: bytes, title: str) -> bytes:
    """The document with what was left to be done; its parts bear no date."""
    changes: dict[str, Callable[[Document], None]] = {
        "word/document.xml": _page,
        "docProps/core.xml": partial(_titled, title=title),
    }
    made = BytesIO()
    with ZipFile(BytesIO(content)) as parts, ZipFile(made, "w") as whole:
        for name in parts.namelist():
            part = parts.read(name)
            if name in changes:
                tree = minidom.parseString(part)
                changes[name](tree)
                part = tree.toxml("utf-8")
            whole.writestr(ZipInfo(name), part, ZIP_DEFLATED)
    return made.getvalue()


def _titled(properties: Document, title: str) -> None:
    for element in properties.getElementsByTagName("dc:title"):
        element.appendChild(properties.createTextNode(title))


def _page(page: Document) -> None:
    for low in page.getElementsByTagName("m:limLow"):
        _brace(page, low)
    for display in page.getElementsByTagName("m:oMathPara"):
        _left(display)
        _fitted(page, display)
    for table in page.getElementsByTagName("w:tbl"):
        _columns(table)
    for picture in page.getElementsByTagName("wp:inline"):
        _told(picture)
    for style in page.getElementsByTagName("w:pStyle"):
        _broken(page, style)
    for section in page.getElementsByTagName("w:sectPr"):
        _size(page, section)


# --- elements ----------------------------------------------------------------------------------


def _inside(element: Element, name: str = "") -> list[Element]:
    """The elements just inside, all or those of one name."""
    found = [node for node in element.childNodes if isinstance(node, Element)]
    return [node for node in found if node.tagName == name] if name else found


def _text(element: Element) -> str:
    """The words and formulas inside."""
    texts = (*element.getElementsByTagName("m:t"), *element.getElementsByTagName("w:t"))
    return "".join(node.data for text in texts for node in text.childNodes)  # type: ignore[union-attr]


def _new(page: Document, name: str, *inside: Element, **attributes: str | int) -> Element:
    """An element; its attributes are of the same family as itself."""
    made = page.createElement(name)
    family = name.partition(":")[0]
    for key, value in attributes.items():
        made.setAttribute(f"{family}:{key}", str(value))
    for element in inside:
        made.appendChild(element)
    return made


# --- formulas ----------------------------------------------------------------------------------


def _brace(page: Document, low: Element) -> None:
    """A brace that is a letter below a term → one that is as wide as the term."""
    term, below = _inside(low, "m:e")[0], _inside(low, "m:lim")[0]
    if _text(below) == "⏟":
        shape = _new(page, "m:chr", val="⏟"), _new(page, "m:pos", val="bot")
        properties = _new(page, "m:groupChrPr", *shape, _new(page, "m:vertJc", val="top"))
        assert low.parentNode is not None
        low.parentNode.replaceChild(_new(page, "m:groupChr", properties, term), low)


def _left(display: Element) -> None:
    """A displayed formula begins at the left, so that lines below each other begin together."""
    for side in display.getElementsByTagName("m:jc"):
        side.setAttribute("m:val", "left")


def _fitted(page: Document, display: Element) -> None:
    """A formula with a matrix that is wider than the page is made smaller."""
    widest = max(map(_letters, display.getElementsByTagName("m:m")), default=0)
    if widest <= _LETTERS:
        return
    size = max(_SIZE * _LETTERS // widest, 8)
    for run in display.getElementsByTagName("m:r"):
        letters = _inside(run, "m:t")[0]
        run.insertBefore(_new(page, "w:rPr", _new(page, "w:sz", val=size)), letters)


def _letters(matrix: Element) -> int:
    """How many letters wide a matrix is."""
    rows = [[len(_text(cell)) for cell in _inside(row)] for row in _inside(matrix, "m:mr")]
    return sum(2 + max(column) for column in zip(*rows, strict=True))


# --- tables, pictures, pages ------------------------------------------------------------------------


def _columns(table: Element) -> None:
    """Columns as wide as the longest thing in them, as far as the page allows."""
    rows = [[len(_text(cell)) for cell in _inside(row, "w:tc")] for row in _inside(table, "w:tr")]
    columns = table.getElementsByTagName("w:gridCol")
    wishes = [300 + 150 * max(row[n] for row in rows) for n in range(len(columns))]
    widest = _level(sorted(wishes), _WIDE - 2 * _MARGIN)
    for column, wish in zip(columns, wishes, strict=True):
        column.setAttribute("w:w", str(min(wish, widest)))


def _level(wishes: list[int], room: int) -> int:
    """How wide the widest columns may be, so that all fit; narrow ones keep what they wish for."""
    for n, wish in enumerate(wishes):
        if wish * (len(wishes) - n) > room:
            return room // (len(wishes) - n)
        room -= wish
    return max(wishes, default=0)


def _told(picture: Element) -> None:
    """What a picture shows, in words, in both places that say it."""
    (outer,) = picture.getElementsByTagName("wp:docPr")
    for inner in picture.getElementsByTagName("pic:cNvPr"):
        inner.setAttribute("descr", outer.getAttribute("descr"))


def _broken(page: Document, style: Element) -> None:
    """A paragraph in the style that stands for a break → a paragraph that is one."""
    if style.getAttribute("w:val") == "PageBreak":
        properties = style.parentNode
        assert properties is not None
        paragraph = properties.parentNode
        assert paragraph is not None
        whole = _new(page, "w:p", _new(page, "w:r", _new(page, "w:br", type="page")))
        assert paragraph.parentNode is not None
        paragraph.parentNode.replaceChild(whole, paragraph)


def _size(page: Document, section: Element) -> None:
    """A4."""
    sides = dict.fromkeys(("top", "right", "bottom", "left"), _MARGIN)
    section.appendChild(_new(page, "w:pgSz", w=_WIDE, h=_HIGH))
    section.appendChild(_new(page, "w:pgMar", **sides, header=720, footer=720, gutter=0))
