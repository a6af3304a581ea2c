"""Where a quantity stands, and the key that says so in every notation.

A key is a kind and, in brackets, layer, unit and source, all from 1: `net[1,2]`, `dE/dw[2,1,2]`,
`E`, `E[1]`, `out[0,1]` (input 1). Where there are several samples or updates, `@` and `#` say which:
`net[1,2]@3#2` belongs to sample 3 in update 2.

>>> str(Place("w", 2, (1, 2))), str(Place("E", sample=3))
('w[2,1,2]', 'E@3')
>>> Place.read("dE/dw[2,1,2]@4")
Place(kind='dE/dw', layer=2, index=(1, 2), sample=4, update=None)
"""

from __future__ import annotations

import re
from typing import NamedTuple

UNLAYERED = frozenset(  # their brackets hold no layer
    ["E", "t", "rate", "momentum", "decay", "epsilon", "beta1", "beta2", "weight_decay", "step"]
)
DELTA, TURNED = "delta", "negdelta"  # ∂E/∂net; and −∂E/∂net, which some call delta
DELTAS = (DELTA, TURNED)
_KEY = re.compile(
    r"([A-Za-z_][\w/]*)(?:\[(\d{1,9}(?:,\d{1,9}){0,4})\])?(?:@(\d{1,9}))?(?:#(\d{1,9}))?"
)


def derivative_of(kind: str) -> str:
    """The kind of the quantities that hold ∂E/∂q, for quantities q of a kind of a network.

    >>> derivative_of("net"), derivative_of("out"), derivative_of("net_f")
    ('delta', 'dE/dout', 'delta_f')
    """
    return DELTA + kind.removeprefix("net") if is_net(kind) else f"dE/d{kind}"


def is_net(kind: str) -> bool:
    """Whether quantities of a kind are net inputs, of a unit or of one of its gates ("net_f")."""
    return kind == "net" or kind.startswith("net_")


def is_delta(kind: str) -> bool:
    """Whether quantities of a kind are deltas, of a unit or of one of its gates, with whichever sign.

    >>> is_delta("delta"), is_delta("negdelta_f"), is_delta("dE/dnet")
    (True, True, False)
    """
    return kind.partition("_")[0] in DELTAS


def kept_for(kind: str, parameter: str) -> str:
    """The kind of what an optimizer keeps about a parameter of a kind; that of a weight or a bias, which
    a dense layer has one array of each of, needs no more than its own name.

    >>> kept_for("velocity_new", "w"), kept_for("velocity_new", "u_f"), kept_for("decayed", "gain")
    ('velocity_new', 'velocity_u_f_new', 'decayed_gain')
    """
    if parameter in ("w", "b"):
        return kind
    stem, _, mark = kind.partition("_")
    return f"{stem}_{parameter}_{mark}" if mark else f"{stem}_{parameter}"


class Place(NamedTuple):
    """A quantity's kind, layer (None where it has none) and the further indices, from 1.

    `sample` and `update` are None where there is one of them only, or where it makes no difference.
    """

    kind: str
    layer: int | None = None
    index: tuple[int, ...] = ()  # type: ignore[assignment]  # hides tuple.index, which nobody needs
    sample: int | None = None
    update: int | None = None

    def __str__(self) -> str:
        numbers = self.index if self.layer is None else (self.layer, *self.index)
        key = f"{self.kind}[{','.join(map(str, numbers))}]" if numbers else self.kind
        sample = "" if self.sample is None else f"@{self.sample}"
        return f"{key}{sample}" if self.update is None else f"{key}{sample}#{self.update}"

    @classmethod
    def read(cls, key: str) -> Place:
        """The place that a key names; ValueError where it is no key."""
        match = _KEY.fullmatch(key.replace(" ", ""))
        if not match:
            raise ValueError(f"'{key}' is no key")
        kind, numbers = match[1], tuple(map(int, (match[2] or "").split(","))) if match[2] else ()
        sample, update = (None if part is None else int(part) for part in match.group(3, 4))
        if kind in UNLAYERED or not numbers:
            return cls(kind, None, numbers, sample, update)
        return cls(kind, numbers[0], numbers[1:], sample, update)
