"""What the kinds of quantities of a problem are to each other: which are learned, what has which slope.

>>> import derive
>>> kinds = Kinds.of(derive.work("2-2-1").worked.derivation)
>>> sorted(kinds.parameters), sorted(kinds.weights), kinds.slopes
(['b', 'w'], ['w'], {'dout/dnet': ('out', 'net')})
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from derive.derivation.derivation import Derivation

SLOPE = "local.out."  # how the codes of slopes begin, and how those of joint activations end
JOINT = (".own", ".others")


@dataclass(frozen=True)
class Kinds:
    """`parameters` are learned; `weights` are those of them that have more than one axis. `slopes` has, by
    the kind of the derivative of an activation, what is above and below its line; in the layers of `joint`,
    kind and layer, it depends on all net inputs of the layer or of a row. An expression graph has none
    of them: its names say nothing.
    """

    parameters: frozenset[str] = frozenset()
    weights: frozenset[str] = frozenset()
    slopes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    joint: frozenset[tuple[str, int | None]] = frozenset()

    @classmethod
    def of(cls, derivation: Derivation) -> Kinds:
        """Those of a derivation."""
        ledger, graph = derivation.ledger, derivation.graph
        if graph.problem.equations is not None:
            return cls()
        arrays = [ids for layer in graph.layers for ids in layer.parameters.values()]
        kinds = [(ledger.block(int(ids.flat[0])).kind, ids.ndim) for ids in arrays]
        slopes, joint = set(), set()
        for family in derivation.backward:
            block = ledger.block(int(family.targets[0]))
            if family.rule.code.startswith("local.") and family.rule.code.endswith(JOINT):
                joint.add((block.kind, block.layer))
                slopes.add(block.kind)
            elif family.rule.code.startswith(SLOPE):
                slopes.add(block.kind)
        return cls(
            frozenset(kind for kind, _ in kinds),
            frozenset(kind for kind, axes in kinds if axes > 1),
            {kind: _above_and_below(kind) for kind in sorted(slopes)},
            frozenset(joint),
        )

    @cached_property
    def biases(self) -> frozenset[str]:
        """The parameters that are added."""
        return frozenset(kind for kind in self.parameters if kind.partition("_")[0] == "b")

    def slope_of(self, net: str) -> str | None:
        """The kind of the slope of what has such net inputs: "dout/dnet"; None where there is none."""
        return next((kind for kind, (_, below) in self.slopes.items() if below == net), None)


def _above_and_below(kind: str) -> tuple[str, str]:
    above, _, below = kind.partition("/")
    return above.removeprefix("d"), below.removeprefix("d")
