"""Plant slips: work a problem out as somebody does who makes one mistake, by the textbook's formulas.

Nothing here comes from the program's own slips. Values are those of the equations, one after the other;
the line with the slip has another value, and everything behind it follows.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

import numpy as np

from derive.algebra.fold import FLOATS
from derive.algebra.places import Place
from derive.derivation.derivation import Derivation, derive
from derive.graph.graph import build
from derive.numbers.evaluate import evaluate
from derive.numbers.uncertainty import EPSILON, bounded
from derive.problem.reading import read
from tests import networks

SMOOTH = ("sigmoid", "tanh", "softplus", "silu", "gelu")
SQUARED = ("half_squared_error", "squared_error", "mean_squared_error")


@dataclass(frozen=True)
class Policy:
    """How somebody rounds: what kind of digits, how many, and whether to go on from those."""

    kind: str
    count: int
    carries: bool

    def text(self, value: float) -> str:
        """A value as it is written down."""
        exact = Decimal(repr(float(value)))
        wide = Context(prec=60, rounding=ROUND_HALF_UP)
        if self.kind == "decimals":
            return f"{exact.quantize(Decimal(1).scaleb(-self.count), context=wide):f}"
        if not exact:
            return "0"
        short = Context(prec=self.count, rounding=ROUND_HALF_UP).plus(exact)
        unit = Decimal(1).scaleb(short.adjusted() - self.count + 1)
        shown = short.quantize(unit, context=wide)
        return f"{shown:f}" if abs(short.adjusted()) < 12 else f"{shown:e}"

    def half(self, value: float) -> float:
        """Half a unit of the last digit that is written."""
        if self.kind == "decimals":
            return 0.5 * 10.0**-self.count
        return 0.5 * 10.0 ** (math.floor(math.log10(abs(value))) - self.count + 1) if value else 0.0


class Paper:
    """One person's calculation: a value for each quantity."""

    def __init__(self, derivation: Derivation, policy: Policy) -> None:
        self.derivation, self.policy = derivation, policy
        self.problem = derivation.graph.problem
        self.values = np.full(derivation.ledger.size, np.nan)
        for ids, given in derivation.graph.given:
            self.values[ids] = given.values
        self.lines = [
            (family, member, int(target))
            for family in derivation.families
            for member, target in enumerate(family.targets)
        ]

    def calculate(self, bent: dict[int, float] | None = None) -> Paper:
        """Every line in order; `bent` are values in the place of what the line would give."""
        with np.errstate(all="ignore"):  # the slip may lead to the logarithm of something negative
            self._calculate(bent or {})
        return self

    def _calculate(self, bent: dict[int, float]) -> None:
        for family, member, target in self.lines:
            if target in bent:
                value = bent[target]
            else:
                value = float(family.value(member, lambda q: self.values[q], FLOATS))
            rounds = self.policy.carries and abs(value) < 1e100
            self.values[target] = float(self.policy.text(value)) if rounds else value
        return self

    def answers(self) -> dict[int, str]:
        """What is written down."""
        return {q: self.policy.text(self.values[q]) for _, _, q in self.lines if self.is_written(q)}

    def is_written(self, quantity: int) -> bool:
        """Whether there is such a number, and it does not only repeat another."""
        there = self.place(quantity).kind != "dnet/dw"
        return there and bool(abs(self.values[quantity]) < 1e100)

    def place(self, quantity: int) -> Place:
        return self.derivation.ledger.place(quantity)

    def quantity(self, kind: str, layer: int | None, *index: int, sample: int | None) -> int:
        return self.derivation.ledger.find(Place(kind, layer, index, sample))

    def tolerances(self, truth: np.ndarray) -> dict[int, float]:
        """By line, how far what is written can be from the line's own value, to first order."""
        written = {q: self.policy.half(self.values[q]) + abs(self.values[q] - truth[q])
                   for _, _, q in self.lines}  # fmt: skip
        units = np.zeros(self.values.size)
        for quantity, off in written.items():
            units[quantity] = off / EPSILON
        found = {}
        for family in self.derivation.families:
            _, bounds = bounded(family, self.values, units)
            spread = np.broadcast_to(bounds, family.targets.shape) * EPSILON
            for target, own in zip(family.targets.tolist(), spread.tolist(), strict=True):
                found[target] = own + written[target]
        return found


# --- slips, line by line -------------------------------------------------------------------------


class At:
    """One line of a paper, and the values around it."""

    def __init__(self, paper: Paper, quantity: int, value: float) -> None:
        self.paper, self.quantity, self.value = paper, quantity, value
        self.place = paper.place(quantity)
        self.kind, self.layer, self.index = self.place.kind, self.place.layer, self.place.index
        self.problem = paper.problem

    def get(self, kind: str, layer: int | None, *index: int) -> float:
        """A value of the same sample; KeyError where there is none."""
        for sample in dict.fromkeys((self.place.sample, None, 1)):  # 1: of a batch of one
            try:
                return float(
                    self.paper.values[self.paper.quantity(kind, layer, *index, sample=sample)]
                )
            except KeyError:
                continue
        raise KeyError(kind)

    @property
    def asked(self) -> Any:
        """The layer as the problem has it."""
        return self.problem.layers[self.layer - 1]

    @property
    def outputs(self) -> int:
        return self.problem.units[-1]

    @property
    def is_last(self) -> bool:
        return self.layer == len(self.problem.layers)

    def sources(self) -> range:
        return range(1, self.problem.units[self.layer - 1] + 1)

    def bias(self) -> float:
        form = self.asked.bias.form
        if form == "none":
            return 0.0
        index = () if form == "shared" else (self.index[0],)
        return self.get("b", self.layer, *index) * (-1 if form == "threshold" else 1)

    def products(self) -> list[float]:
        return [
            self.get("w", self.layer, self.index[0], i) * self.get("out", self.layer - 1, i)
            for i in self.sources()
        ]

    def deltas(self) -> list[float]:
        """∂E/∂net of the layer above."""
        units = range(1, self.problem.units[self.layer + 1] + 1)
        return [self.delta(self.layer + 1, k) for k in units]

    def delta(self, layer: int, unit: int) -> float:
        try:
            return self.get("delta", layer, unit)
        except KeyError:
            return -self.get("negdelta", layer, unit)

    def state(self, kind: str) -> float:
        """What the optimizer keeps for the same parameter."""
        return self.get(kind, self.layer, *self.index)

    def gradient(self, stem: str) -> float:
        """What the update of a parameter uses."""
        try:
            return self.state("decayed")
        except KeyError:
            return self.state(f"dE/d{stem}")

    def above(self) -> list[float]:
        """The weights that lead from this unit upwards."""
        units = range(1, self.problem.units[self.layer + 1] + 1)
        return [self.get("w", self.layer + 1, k, self.index[0]) for k in units]


def dot(first: list[float], second: list[float]) -> float:
    return sum(a * b for a, b in zip(first, second, strict=True))


def forward(at: At) -> Iterator[tuple[str, float]]:
    if at.kind == "net":
        bias, products = at.bias(), at.products()
        total = sum(products)
        row, outs = at.index[0], [at.get("out", at.layer - 1, i) for i in at.sources()]
        if at.asked.bias.form != "none":
            yield "bias_dropped", total
            yield "bias_sign", total - bias
            yield "bias_twice", total + 2 * bias
        yield "weight_left_out", sum(outs) + bias
        for left_out in products if len(products) > 1 else ():
            yield "term_missing", total - left_out + bias
        units = at.problem.units
        if units[at.layer - 1] == units[at.layer]:
            yield (
                "transposed",
                bias + sum(at.get("w", at.layer, i, row) * x for i, x in enumerate(outs, 1)),
            )
        if at.layer > 1:
            nets = [at.get("net", at.layer - 1, i) for i in at.sources()]
            weights = [at.get("w", at.layer, row, i) for i in at.sources()]
            yield "net_for_activation", bias + dot(weights, nets)
            if units[0] >= len(weights):
                first = [at.get("out", 0, i) for i in at.sources()]
                yield "input_for_output", bias + dot(weights, first)
    if at.kind == "out":
        net = at.get("net", at.layer, *at.index)
        yield "activation_missing", net
        if at.asked.activation.name == "sigmoid":
            yield "activation_sign", 1 - at.value
        if at.asked.activation.name == "softmax":
            yield "not_normalized", math.exp(net)


def errors(at: At) -> Iterator[tuple[str, float]]:
    loss = at.problem.loss.name
    if at.kind == "E" and at.index:
        t, o = at.get("t", None, *at.index), at.get("out", len(at.problem.layers), *at.index)
        if loss in SQUARED:
            yield "factor_two", at.value * 2
            yield "factor_two", at.value / 2
            yield "not_squared", (t - o) / 2 if loss == "half_squared_error" else t - o
            for other in range(1, at.outputs + 1):
                half = 0.5 if loss == "half_squared_error" else 1.0
                yield "other_target", half * (at.get("t", None, other) - o) ** 2
        if "entropy" in loss:
            yield "common_logarithm", at.value / math.log(10)
        if loss == "cross_entropy" and t > 0:
            yield "output_and_target", -o * math.log(t)
    samples = at.paper.derivation.samples
    is_whole = at.kind == "E" and not at.index and (samples == 1 or at.place.sample is not None)
    if is_whole and at.outputs > 1:
        if loss == "mean_squared_error":
            yield "sum_for_mean", at.value * at.outputs
        else:
            yield "mean_for_sum", at.value / at.outputs
    if samples > 1 and at.place.sample is None and at.kind in ("E", "dE/dw", "dE/db"):
        mean = at.problem.reduction == "mean"
        yield ("sum_for_mean", at.value * samples) if mean else ("mean_for_sum", at.value / samples)
        for number in range(1, samples + 1):
            q = at.paper.quantity(at.kind, at.layer, *at.index, sample=number)
            yield "one_sample", float(at.paper.values[q])
    if at.kind == "dE/dout" and at.is_last:
        yield "error_sign", -at.value
        yield "error_for_slope", at.get("E", None, *at.index)
        if loss in SQUARED:
            yield "factor_two", at.value * 2
            yield "factor_two", at.value / 2
        if loss == "mean_squared_error" and at.outputs > 1:
            yield "sum_for_mean", at.value * at.outputs


def backward(at: At) -> Iterator[tuple[str, float]]:
    if at.kind == "dout/dnet" and len(at.index) == 1:
        name = at.asked.activation.name
        a, z = at.get("out", at.layer, *at.index), at.get("net", at.layer, *at.index)
        yield "activation_for_slope", a
        if name in ("sigmoid", "tanh"):
            yield "slope_at_net", z * (1 - z) if name == "sigmoid" else 1 - z * z
        if name in SMOOTH:
            yield "slope_missing", 1.0
        if name == "softplus":
            yield "slope_at_output", 1 / (1 + math.exp(-a))
        if name == "relu":
            yield "gate", 1.0 if at.value == 0 else 0.0
        if name in ("sigmoid", "tanh"):
            e = at.get("dE/dout", at.layer, *at.index)
            yield "slope_at_error", e * (1 - e) if name == "sigmoid" else 1 - e * e
    if at.kind == "dE/dout" and not at.is_last:
        deltas, weights = at.deltas(), at.above()
        paths = [d * w for d, w in zip(deltas, weights, strict=True)]
        for path in paths if len(paths) > 1 else ():
            yield "one_path", path
            yield "path_twice", sum(paths) + path
        yield "weight_left_out", sum(deltas)
        units = at.problem.units
        unit = at.index[0]
        if units[at.layer] == units[at.layer + 1]:
            yield (
                "transposed",
                sum(d * at.get("w", at.layer + 1, unit, k) for k, d in enumerate(deltas, 1)),
            )
        if "weights" not in at.problem.layers[at.layer].frozen:
            news = [at.get("w_new", at.layer + 1, k, unit) for k in range(1, len(deltas) + 1)]
            yield "updated_weights", dot(deltas, news)
        yield (
            "slope_missing",
            sum(at.get("dE/dout", at.layer + 1, k) * w for k, w in enumerate(weights, 1)),
        )
    if at.kind in ("delta", "negdelta"):
        if at.asked.activation.name == "softmax":
            yield (
                "diagonal",
                (
                    at.get("dE/dout", at.layer, *at.index)
                    * at.get("dout/dnet", at.layer, *at.index * 2)
                )
                * (1 if at.kind == "delta" else -1),
            )
            yield "slope_twice", at.value * at.get("dout/dnet", at.layer, *at.index * 2)
        else:
            upstream = at.get("dE/dout", at.layer, *at.index)
            yield "slope_missing", upstream if at.kind == "delta" else -upstream
            yield "slope_twice", at.value * at.get("dout/dnet", at.layer, *at.index)
    one_sample = at.paper.derivation.samples == 1 or at.place.sample is not None
    if at.kind == "dE/dw" and one_sample:
        unit, source = at.index
        d = at.delta(at.layer, unit)
        yield "factor_missing", d
        yield "weight_for_output", d * at.get("w", at.layer, unit, source)
        yield (
            "slope_missing",
            (at.get("dE/dout", at.layer, unit) * at.get("out", at.layer - 1, source)),
        )
        if at.layer > 1:
            yield "net_for_activation", d * at.get("net", at.layer - 1, source)
            if source <= at.problem.units[0]:
                yield "input_for_output", d * at.get("out", 0, source)
    if at.kind == "dE/db" and one_sample:
        yield "bias_gradient", 0.0
        yield "bias_gradient", at.value * at.get("b", at.layer, *at.index)
        units = at.index or range(1, at.problem.units[at.layer] + 1)
        sign = -1 if at.asked.bias.form == "threshold" else 1
        yield "slope_missing", sign * sum(at.get("dE/dout", at.layer, unit) for unit in units)
        for unit in units if len(units) > 1 else ():  # the layer shares one
            yield "one_use", sign * at.delta(at.layer, unit)


def update(at: At) -> Iterator[tuple[str, float]]:
    name, given = at.problem.optimizer.name, at.problem.optimizer.parameters
    rate = at.problem.learning_rate.value
    stem = {"w_new": "w", "b_new": "b"}.get(at.kind)
    if stem is not None:
        old = at.get(stem, at.layer, *at.index)
        step = at.value - old
        yield "wrong_way", old - step
        yield "not_moved", old
        yield "step_alone", step
        if name not in ("momentum", "nesterov"):
            yield "rate_missing", old + step / rate
            yield "rate_twice", old + step * rate
        if name in ("adam", "rmsprop"):
            g = at.gradient(stem)
            epsilon = given["epsilon"].value
            if name == "adam":
                top, square = at.state("moment_hat"), at.state("square_hat")
                m, s = at.state("moment_new"), at.state("square_new")
                yield "no_correction", old - rate * m / (math.sqrt(s) + epsilon)
            else:
                top, square = g, at.state("square_new")
            yield "epsilon_inside", old - rate * top / math.sqrt(square + epsilon)
            if square + epsilon:
                yield "root_missing", old - rate * top / (square + epsilon)
        if name == "nesterov":
            v, g = at.state("velocity_new"), at.gradient(stem)
            momentum = given["momentum"].value
            yield "momentum_sign", old - momentum * v - rate * g
            yield "momentum_missing", old - rate * g
    if at.kind == "velocity_new":
        yield "wrong_way", -at.value
        yield "rate_missing", at.value / rate
    if at.kind in ("moment_new", "square_new"):
        share = {"moment_new": "beta1", "square_new": "beta2" if name == "adam" else "decay"}[
            at.kind
        ]
        beta = given[share].value
        yield "shares_exchanged", at.value / (1 - beta) * beta
    if at.kind in ("moment_hat", "square_hat"):
        yield "no_correction", at.state(at.kind.replace("hat", "new"))
    if at.kind == "decayed":
        g = at.state("dE/dw")
        yield "decay_missing", g
        yield "decay_sign", 2 * g - at.value


def digits(at: At) -> Iterator[tuple[str, float]]:
    if not (at.kind == "dE/dout" and at.is_last):
        yield ("sign_lost" if at.value < 0 else "sign"), -at.value
    for power in (-2, -1, 1, 2):
        yield "decimal_point", at.value * 10.0**power
    text = at.paper.policy.text(at.value)
    first = next((n for n, digit in enumerate(text) if digit in "123456789"), len(text))
    for n in range(first, len(text) - 1):
        if not text[n : n + 2].isdigit() or text[n + 1] in (text[n], "0" if n == first else ""):
            continue
        swapped = text[:n] + text[n + 1] + text[n] + text[n + 2 :]
        yield "digits_exchanged", float(swapped)
    if at.index and at.kind in ("net", "out", "E", "delta", "negdelta", "dE/dout"):
        units = at.outputs if at.layer is None else at.problem.units[at.layer]
        for unit in range(1, units + 1):
            if unit != at.index[0]:
                yield "other_unit", at.get(at.kind, at.layer, unit, *at.index[1:])


Kinds = tuple[Callable[["At"], Iterator[tuple[str, float]]], ...]
KINDS: Kinds = (
    forward, errors, backward, update, digits,
)  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """A slip in one line, and the answers of the person who made it."""

    slip: str
    quantity: int
    value: float
    paper: Paper
    rivals: tuple[str, ...]  # other slips that would have given the same there
    clearness: float  # how many times the tolerance the slip moves the value by

    @property
    def key(self) -> str:
        return str(self.paper.place(self.quantity)).removesuffix("#1")


def problem(seed: int) -> networks.Data:
    """A random problem: any activation and loss, one sample or some, any optimizer now and then."""
    rng = random.Random(f"planted {seed}")
    last, loss = rng.choice(networks.ACTIVATIONS), rng.choice(networks.LOSSES)
    data = networks.drawn(seed, last, loss, deepest=4, widest=3)
    if rng.random() < 0.3:
        data["optimizer"] = networks.optimizer(rng, rng.choice(networks.OPTIMIZERS))
    if rng.random() < 0.3:
        data = networks.several(data, seed, rng.randint(2, 3))
    return data | {"show": {"delta": rng.choice(["subtract", "subtract", "add"])}}


def policy(seed: int) -> Policy:
    """A random way to round."""
    rng = random.Random(f"policy {seed}")
    kind = rng.choice(["significant", "significant", "decimals"])
    return Policy(kind, rng.randint(3 if kind == "significant" else 4, 7), rng.random() < 0.5)


def derived(data: networks.Data) -> Derivation:
    """The problem's equations; ProblemError where its numbers cannot be used."""
    asked = read(data)
    sign = -1 if asked.show.delta == "add" else 1
    derivation = derive(build(asked), None, sign)
    evaluate(derivation)
    return derivation


def planted(
    derivation: Derivation, how: Policy, seed: int, clearly: float = 3.0, kinds: Kinds = KINDS
) -> Planted | None:
    """A random slip at a random line where it can be seen; None where there is no such line."""
    exact = Paper(derivation, Policy(how.kind, how.count, carries=False)).calculate()
    right = Paper(derivation, how).calculate()
    tolerances = right.tolerances(exact.values)
    found: dict[str, list[tuple[int, float]]] = {}
    bends: dict[int, list[tuple[str, float]]] = {}
    for family, member, quantity in right.lines:
        if not right.is_written(quantity):
            continue
        value = float(family.value(member, lambda q: right.values[q], FLOATS))
        at = At(right, quantity, value)
        bends[quantity] = [pair for kind in kinds for pair in kind(at)]
        for slip, bent in bends[quantity]:
            if math.isfinite(bent) and abs(bent - value) > clearly * tolerances[quantity]:
                found.setdefault(slip, []).append((quantity, bent))
    if not found:
        return None
    rng = random.Random(f"slip {seed}")
    slip = rng.choice(sorted(found))
    quantity, bent = rng.choice(found[slip])
    near = 2 * (tolerances[quantity] + right.policy.half(bent))
    rivals = {other for other, value in bends[quantity] if abs(value - bent) <= near} - {slip}
    paper = Paper(derivation, how).calculate({quantity: bent})
    clearness = abs(bent - right.values[quantity]) / max(tolerances[quantity], 1e-300)
    return Planted(slip, quantity, bent, paper, tuple(sorted(rivals)), clearness)
