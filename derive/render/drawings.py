"""Drawings: a scene becomes what stands on the page, or a picture in a file beside it.

Which of these, and in what language, a format says of itself in `Drawing`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

from derive.document import scene as s
from derive.render.formats import Drawing
from derive.render.templates import Raw, call, macros
from derive.writing.printers import PRINTERS

AXIS = 7.0  # the size of the labels at an axis, in points


class Drawings:
    """The drawings of one page; `files` holds those that belong beside it, by path.

    `folder` is where those stand, from the page's own folder.
    """

    def __init__(self, drawing: Drawing, folder: str, templates: Path | None, reveal: bool) -> None:
        self.files: dict[str, bytes] = {}
        self._drawing, self._folder = drawing, folder
        self._labels = PRINTERS[drawing.labels](reveal)
        self._shapes = macros(drawing.template, drawing.escape, templates)
        self._write: dict[type, Callable[[Any], Raw]] = {
            s.Stroke: self._stroke, s.Disc: self._disc, s.Label: self._label
        }  # fmt: skip

    def of(self, scene: s.Scene, alt: str) -> Raw:
        """What a template puts where the drawing belongs: the drawing, or where to find it."""
        shapes = Raw("".join([self._write[shape.__class__](shape) for shape in scene.shapes]))
        roles = frozenset(shape.role for shape in scene.shapes)
        is_inline = self._drawing.place == "inline"
        drawn = call(
            self._shapes, "scene" if is_inline else "file", width=scene.width,
            height=scene.height, shapes=shapes, alt=alt, roles=roles,
        )  # fmt: skip
        return drawn if is_inline else self._picture(drawn)

    def _picture(self, drawing: str) -> Raw:
        """Where the page finds a drawing: in a file beside it, or in the address itself."""
        picture, kind = drawing.encode(), self._drawing.picture
        if kind == "png":
            from derive.render.pdf import compile_png

            picture = compile_png(drawing)
        if self._drawing.place == "data":
            kind = {"svg": "svg+xml"}.get(kind, kind)
            return Raw(f"data:image/{kind};base64,{b64encode(picture).decode()}")
        for path, drawn in self.files.items():
            if drawn == picture:  # a drawing that stands in two places is one file
                return Raw(path)
        path = f"{self._folder}/figure-{len(self.files) + 1}.{kind}"
        self.files[path] = picture
        return Raw(path)

    def _stroke(self, shape: s.Stroke) -> Raw:
        return Raw(self._shapes.stroke(points=shape.points, role=shape.role))

    def _disc(self, shape: s.Disc) -> Raw:
        return Raw(self._shapes.disc(x=shape.x, y=shape.y, radius=shape.radius, role=shape.role))

    def _label(self, shape: s.Label) -> Raw:
        at = {"x": shape.x, "y": shape.y, "ground": shape.width if shape.ground else 0.0}
        content = Raw(self._labels.print(shape.content))
        size = min(shape.size, AXIS) if shape.role == "axis" else shape.size
        return Raw(self._shapes.label(**at, content=content, size=size, role=shape.role))
