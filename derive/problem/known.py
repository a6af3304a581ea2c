"""The names that a problem may use, and what is known of each.

The catalogue is only imported when a name is looked up.

>>> table("loss")["huber"].parameters["delta"].default
'1'
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from derive import resources
from derive.registry import Registry

_FEW: Mapping[str, tuple[str, ...]] = {
    "part of a layer": ("weights", "bias"),
    "form of bias": ("each", "shared", "none", "threshold"),
    "carry": ("full", "printed"),
    "detail": ("brief", "standard", "full"),
    "reduction": ("mean", "sum"),
}

OPTIMIZERS_TO_COME: Mapping[str, tuple[str, ...]] = {
    "momentum": ("momentum",),
    "nesterov": ("momentum",),
    "rmsprop": ("decay", "epsilon"),
    "adam": ("beta1", "beta2", "epsilon"),
}
"""Optimizers that can be written down but are not worked out yet, with their parameters."""

FORMULA_VARIABLES = {"activation": ("z",), "loss": ("t", "o")}


_TABLES: Mapping[str, tuple[str, str]] = {
    "activation": ("derive.catalogue.activations", "ACTIVATIONS"),
    "loss": ("derive.catalogue.losses", "LOSSES"),
    "optimizer": ("derive.catalogue.optimizers", "OPTIMIZERS"),
    "layer kind": ("derive.catalogue.layers", "LAYERS"),
}


def table(kind: str) -> Registry[Any]:
    """The table of activations, losses, optimizers, layer kinds or notations."""
    if kind == "notation":
        return Registry(kind, {name: name for name in resources.names("notations")})
    module, name = _TABLES[kind]
    entries: Registry[Any] = getattr(import_module(module), name)
    return entries


def names(what: str) -> tuple[str, ...]:
    """The names of a table, or the few words that a key takes."""
    return _FEW[what] if what in _FEW else tuple(table(what))
