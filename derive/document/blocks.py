"""What a page is made of: a dozen typed blocks that carry every format.

A composer makes a `Document` of these; a renderer walks it and calls one template macro per block.
Text in a block is plain text: renderers escape it, so nothing in it is ever interpreted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from derive.document.scene import Scene
from derive.writing.maths import Node, Sign

# --- inside a line of text -------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    """Plain words."""

    text: str


@dataclass(frozen=True)
class Strong:
    """Words that stand out."""

    text: str


@dataclass(frozen=True)
class Code:
    """Something to be typed."""

    text: str


@dataclass(frozen=True)
class Maths:
    """A formula inside a line."""

    node: Node


@dataclass(frozen=True)
class Reference:
    """ "(7)", linked to the equation that bears the number."""

    number: int


@dataclass(frozen=True)
class Link:
    """Words that lead to an address (http or https only)."""

    text: str
    address: str


Inline: TypeAlias = Text | Strong | Code | Maths | Reference | Link
Inlines: TypeAlias = tuple[Inline, ...]

# --- blocks ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heading:
    """A section (level 1, numbered by its own text) or a subsection (level 2)."""

    level: int
    content: Inlines


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    content: Inlines


@dataclass(frozen=True)
class Line:
    """One row of a display: cells aligned with those of the rows above and below.

    The cells alternate right- and left-aligned, as in LaTeX's align: (left side, "= right side").
    `spoken` is the row in plain text, for those who cannot see it.
    """

    cells: tuple[Node, ...]
    number: int | None = None
    spoken: str = ""


@dataclass(frozen=True)
class Display:
    """Displayed mathematics, one or more aligned lines."""

    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Table:
    """A table with rules above, below and under the head; `align` is one of l, c, r per column."""

    align: str
    head: tuple[Inlines, ...]
    rows: tuple[tuple[Inlines, ...], ...]
    caption: Inlines = ()


@dataclass(frozen=True)
class Figure:
    """A drawing; `alt` says in words what it shows."""

    scene: Scene
    alt: str
    caption: Inlines = ()


@dataclass(frozen=True)
class AlgorithmLine:
    """One line of an algorithm, `indent` steps from the left."""

    indent: int
    content: Inlines


@dataclass(frozen=True)
class Algorithm:
    """Pseudo-code: numbered lines, with mathematics in them."""

    lines: tuple[AlgorithmLine, ...]
    caption: Inlines = ()


@dataclass(frozen=True)
class Listing:
    """Source code, letter for letter; in a notebook, Python becomes a cell that can be run."""

    text: str
    language: str = "python"


@dataclass(frozen=True)
class Box:
    """Blocks set apart: "conventions" on a tinted ground, "remark" with a rule at the side."""

    role: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Beside:
    """Blocks with a figure (or a table) to their right; one below the other where it is narrow."""

    blocks: tuple[Block, ...]
    aside: Figure | Table
    share: float = 0.34  # the part of the width that the aside takes


@dataclass(frozen=True)
class Task:
    """A line of a calculation to be filled in: name = part = part relation value, and its points.

    What a student has to write is a `Blank`, a whole part or something in it.
    """

    name: Node
    parts: tuple[Node, ...]
    relation: Sign
    value: Node
    points: str = ""


@dataclass(frozen=True)
class Tasks:
    """The lines of a calculation one below the other.

    `head` stands above them where they are a table: over the name, the working, the points (a
    column that is left out where no line has any) and the value.
    """

    tasks: tuple[Task, ...]
    head: tuple[Inlines, Inlines, Inlines, Inlines] = ((), (), (), ())


@dataclass(frozen=True)
class OnKey:
    """Blocks that are shown where what is to be filled in is; a sheet has others in their place."""

    blocks: tuple[Block, ...]
    instead: tuple[Block, ...] = ()


@dataclass(frozen=True)
class PageBreak:
    """What follows begins a new page; inside a box it does nothing."""


Block: TypeAlias = (
    Heading | Paragraph | Display | Table | Figure | Algorithm | Listing | Box | Beside | Tasks
    | OnKey | PageBreak
)  # fmt: skip


@dataclass(frozen=True)
class Document:
    """A whole page."""

    title: str
    subtitle: Inlines
    blocks: tuple[Block, ...]
    language: str = "en"
    # what the page's frame says: the word for "contents", the rules for hyphenation
    words: dict[str, str] = field(default_factory=dict)
