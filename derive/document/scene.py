"""A drawing as lines, discs and labels in millimetres, from which every format draws the same.

The origin is the top left corner and y grows downwards. `role` names a style that the templates
decide. In a network: "edge", "hot" (an edge on the path in question), "unit", "faint". In a plot:
"axis", "grid" and "curve" for lines, "mark" for a small filled disc, "axis" for the small labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from derive.writing.maths import Node


@dataclass(frozen=True)
class Stroke:
    """A line through two or more points."""

    points: tuple[tuple[float, float], ...]
    role: str = "edge"


@dataclass(frozen=True)
class Disc:
    """A circle round (x, y), white inside but for a "mark"."""

    x: float
    y: float
    radius: float
    role: str = "unit"


@dataclass(frozen=True)
class Label:
    """A formula or words centred on (x, y); `ground` puts the page's colour behind it."""

    x: float
    y: float
    content: Node
    size: float = 8.0  # points
    role: str = "unit"
    ground: bool = False
    width: float = 0.0  # millimetres that the ground covers; 0 where there is none


Shape: TypeAlias = Stroke | Disc | Label


@dataclass(frozen=True)
class Scene:
    """A drawing of the given size; shapes are painted in order."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
