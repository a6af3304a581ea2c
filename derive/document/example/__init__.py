"""The worked example: one file a section, and `compose`, which puts them in order."""

from __future__ import annotations

from derive.document.example.compose import compose

__all__ = ["compose"]
