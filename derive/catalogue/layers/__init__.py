"""Kinds of layers, one file each: its families of equations, and its arrays forwards and backwards."""

from __future__ import annotations

from derive.catalogue.layers.activation import ACTIVATION
from derive.catalogue.layers.attention import ATTENTION
from derive.catalogue.layers.batch_norm import BATCH_NORM
from derive.catalogue.layers.concat import CONCAT
from derive.catalogue.layers.conv1d import CONV1D
from derive.catalogue.layers.conv2d import CONV2D
from derive.catalogue.layers.dense import DENSE
from derive.catalogue.layers.dropout import DROPOUT
from derive.catalogue.layers.embedding import EMBEDDING
from derive.catalogue.layers.flatten import FLATTEN
from derive.catalogue.layers.gru import GRU
from derive.catalogue.layers.kind import LayerKind
from derive.catalogue.layers.layer_norm import LAYER_NORM
from derive.catalogue.layers.lstm import LSTM
from derive.catalogue.layers.max_pool import MAX_POOL
from derive.catalogue.layers.mean_pool import MEAN_POOL
from derive.catalogue.layers.recurrent import RECURRENT
from derive.catalogue.layers.residual import RESIDUAL
from derive.catalogue.layers.slice import SLICE
from derive.registry import Registry

_KINDS = (
    DENSE, CONV1D, CONV2D, MAX_POOL, MEAN_POOL, RECURRENT, LSTM, GRU, ATTENTION, LAYER_NORM, BATCH_NORM,
    EMBEDDING, DROPOUT, RESIDUAL, CONCAT, SLICE, FLATTEN, ACTIVATION,
)  # fmt: skip
LAYERS: Registry[LayerKind] = Registry("kind of layer", {kind.name: kind for kind in _KINDS})
