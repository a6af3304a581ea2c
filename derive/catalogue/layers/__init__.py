"""Kinds of layers, one file each: its families of equations, and its arrays forwards and backwards."""

from __future__ import annotations

from derive.catalogue.layers import dense
from derive.catalogue.layers.kind import LayerKind
from derive.registry import Registry

LAYERS: Registry[LayerKind] = Registry("kind of layer", {"dense": dense.DENSE})
