"""The entry that a problem names, or the user's own formula as one."""

from __future__ import annotations

from derive.catalogue.activations import ACTIVATIONS
from derive.catalogue.entries import Activation, Loss
from derive.catalogue.losses import LOSSES


def activation(name: str, formula: str | None = None) -> Activation:
    """An activation by name, or by formula in `z`; ProblemError where neither can be used."""
    if formula is None:
        return ACTIVATIONS[name]
    from derive.catalogue.user import user_activation  # the reader is needed for formulas alone

    return user_activation(name, formula)


def loss(name: str, formula: str | None = None) -> Loss:
    """A loss by name, or by formula in `t` and `o`; ProblemError where neither can be used."""
    if formula is None:
        return LOSSES[name]
    from derive.catalogue.user import user_loss

    return user_loss(name, formula)
