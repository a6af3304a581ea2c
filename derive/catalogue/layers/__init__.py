"""Kinds of layers, one file each: its families of equations, and its arrays forwards and backwards."""

from __future__ import annotations

from derive.catalogue.layers.attention import ATTENTION
from derive.catalogue.layers.batch_norm import BATCH_NORM
from derive.catalogue.layers.dense import DENSE
from derive.catalogue.layers.gru import GRU
from derive.catalogue.layers.kind import LayerKind
from derive.catalogue.layers.layer_norm import LAYER_NORM
from derive.catalogue.layers.lstm import LSTM
from derive.catalogue.layers.recurrent import RECURRENT
from derive.registry import Registry

LAYERS: Registry[LayerKind] = Registry(
    "kind of layer",
    {kind.name: kind for kind in (DENSE, RECURRENT, LSTM, GRU, ATTENTION, LAYER_NORM, BATCH_NORM)},
)
