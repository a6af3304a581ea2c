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
    the kind of the derivative of an activation, what is above and below its line, and `joint` are those
    of activations that depend on all net inputs of a layer or a row. An expression graph has none of
    them: its names say nothing.
    """

    parameters: frozenset[str] = frozenset()
    weights: frozenset[str] = frozenset()
    slopes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    joint: frozenset[str] = frozenset()

    @classmethod
    def of(cls, derivation: Derivation) -> Kinds:
        """Those of a derivation."""
        ledger, graph = derivation.ledger, derivation.graph
        if graph.problem.equations is not None:
            return cls()
        arrays = [ids for layer in graph.layers for ids in layer.parameters.values()]
        kinds = [(ledger.block(int(ids.flat[0])).kind, ids.ndim) for ids in arrays]
        locals_ = {
            ledger.block(int(family.targets[0])).kind: family.rule.code
            for family in derivation.backward if family.rule.code.startswith("local.")
        }  # fmt: skip
        joint = frozenset(k for k, code in locals_.items() if code.endswith(JOINT))
        slopes = {k for k, code in locals_.items() if code.startswith(SLOPE)} | joint
        return cls(
            frozenset(kind for kind, _ in kinds),
            frozenset(kind for kind, axes in kinds if axes > 1),
            {kind: _above_and_below(kind) for kind in sorted(slopes)},
            joint,
        )

    @cached_property
    def biases(self) -> frozenset[str]:
        """The parameters that are added."""
        return frozenset(kind for kind in self.parameters if kind.partition("_")[0] == "b")

    @cached_property
    def single(self) -> frozenset[str]:
        """The slopes of activations that depend on one net input."""
        return frozenset(self.slopes) - self.joint

    def slope_of(self, net: str) -> str | None:
        """The kind of the slope of what has such net inputs: "dout/dnet"; None where there is none."""
        return next((kind for kind, (_, below) in self.slopes.items() if below == net), None)


def _above_and_below(kind: str) -> tuple[str, str]:
    above, _, below = kind.partition("/")
    return above.removeprefix("d"), below.removeprefix("d")
