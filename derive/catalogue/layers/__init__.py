"""Kinds of layers, one file each: its families of equations, and its arrays forwards and backwards."""

from __future__ import annotations

from derive.catalogue.layers.conv1d import CONV1D
from derive.catalogue.layers.conv2d import CONV2D
from derive.catalogue.layers.dense import DENSE
from derive.catalogue.layers.flatten import FLATTEN
from derive.catalogue.layers.kind import LayerKind
from derive.catalogue.layers.max_pool import MAX_POOL
from derive.catalogue.layers.mean_pool import MEAN_POOL
from derive.catalogue.layers.recurrent import RECURRENT
from derive.registry import Registry

_KINDS = (DENSE, RECURRENT, CONV1D, CONV2D, MAX_POOL, MEAN_POOL, FLATTEN)

LAYERS: Registry[LayerKind] = Registry("kind of layer", {kind.name: kind for kind in _KINDS})
