"""The types of a catalogue entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from numpy.typing import NDArray
from sympy import Expr

Array = NDArray[Any]  # float64, or complex128 where a derivative is measured


class Parameter(NamedTuple):
    """A number that a function can be given, between `low` and `high`; `included` are those of the two
    that it can be itself.

    >>> Parameter("0.9", 0, 1, (0,)).takes(0), Parameter("0.9", 0, 1, (0,)).takes(1)
    (True, False)
    """

    default: str
    low: float
    high: float
    included: tuple[float, ...] = ()

    def takes(self, value: float) -> bool:
        """Whether the number is within the bounds."""
        return self.low < value < self.high or value in self.included


def _no_proof(*_: Expr, **__: Expr) -> tuple[Expr, ...]:
    return ()


@dataclass(frozen=True)
class Activation:
    """A function of one unit's net input, or of a whole layer's (`joint`).

    Symbolic half: `formula(z)` and the taught `slope(z, a)` where a is the function's value;
    `proof(z, a)` lists equal expressions that lead from SymPy's derivative to the taught form.
    Numeric half: `value(z)` and `derivative(z)`, elementwise over arrays; a joint activation takes
    z of shape (…, units), and `derivative(z)` gives the matrix (…, units, units) of ∂aᵢ/∂zⱼ.
    Parameters are passed by name to each of them. `kinks` are the z without a derivative.
    """

    name: str
    letter: str  # how the function is written: "sigma", "tanh", "ReLU"
    formula: Callable[..., Expr]
    slope: Callable[..., Expr] | None
    value: Callable[..., Array]
    derivative: Callable[..., Array]
    proof: Callable[..., tuple[Expr, ...]] = _no_proof
    definition: Callable[..., Expr] | None = None  # where `formula` is only the function's name
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    kinks: tuple[float, ...] = ()
    range: tuple[float, float] = (float("-inf"), float("inf"))
    joint: bool = False
    own: bool = False  # a formula of the user's

    @property
    def kinked(self) -> bool:
        """Whether there may be net inputs without a derivative: a user's formula is not asked."""
        return self.own or bool(self.kinks)


@dataclass(frozen=True)
class Loss:
    """An error: the sum of `term(t, o)` over the outputs, divided by their number where it is a `mean`.

    Symbolic half: `term(t, o)`, `slope(t, o)` (the taught ∂term/∂o) and `proof`, as for an
    activation. Numeric half: `value(t, o)` and `derivative(t, o)` of a term, elementwise.
    `domain` is the open interval of outputs that it takes; `targets` the kind of targets:
    "any", "unit interval", "signs" (−1 and +1) or "distribution" (≥ 0).
    """

    name: str
    term: Callable[..., Expr]
    slope: Callable[..., Expr] | None
    value: Callable[..., Array]
    derivative: Callable[..., Array]
    proof: Callable[..., tuple[Expr, ...]] = _no_proof
    mean: bool = False  # whether the sum is divided by the number of outputs
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    domain: tuple[float, float] = (float("-inf"), float("inf"))
    targets: str = "any"
    kinked: bool = False
