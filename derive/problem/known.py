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
    "reduction": ("mean", "sum"),
    "rounding": ("half-up", "half-even"),
    "carry": ("full", "printed"),
    "detail": ("brief", "standard", "full"),
    "convention for delta": ("subtract", "add"),
    "matrix form": ("column", "row", "none"),
    "choice of samples": ("first", "all"),
    "choice of outputs": ("all", "last"),
    "place of the reset": ("before", "after"),
}
_FILES: Mapping[str, str] = {"notation": "notations", "language": "words"}
"""Those of which there is one for each file of a folder below the templates."""

FORMULA_VARIABLES = {"activation": ("z",), "loss": ("t", "o")}


_TABLES: Mapping[str, tuple[str, str]] = {
    "activation": ("derive.catalogue.activations", "ACTIVATIONS"),
    "loss": ("derive.catalogue.losses", "LOSSES"),
    "optimizer": ("derive.catalogue.optimizers", "OPTIMIZERS"),
    "layer kind": ("derive.catalogue.layers", "LAYERS"),
}


def table(kind: str) -> Registry[Any]:
    """The table of activations, losses, optimizers, layer kinds, notations or languages."""
    if kind in _FILES:
        return Registry(kind, {name: name for name in resources.names(_FILES[kind])})
    module, name = _TABLES[kind]
    entries: Registry[Any] = getattr(import_module(module), name)
    return entries


def names(what: str) -> tuple[str, ...]:
    """The names of a table, or the few words that a key takes."""
    return _FEW[what] if what in _FEW else tuple(table(what))
