"""From a draft to a problem: what was left out gets its usual value, or a number from the seed.

>>> from derive.problem.draft import LayerDraft
>>> problem = completed(Draft(inputs=2, layers=[LayerDraft(units=3), LayerDraft(units=1)]))
>>> problem.title, problem.layers[0].activation.name, problem.loss.name
('A 2-3-1 network', 'sigmoid', 'half_squared_error')
>>> problem.drawn[:2]
('layers[1].weights', 'layers[1].bias')
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from derive import resources
from derive.errors import Mistake, ProblemError
from derive.problem import draw, effort, fits, sizes, usual
from derive.problem.draft import MOST_MISTAKES, Draft, LayerDraft, SampleDraft
from derive.problem.model import Bias, Choice, Layer, Numbers, Problem, Sample
from derive.problem.numerals import stacked

if TYPE_CHECKING:
    from derive.catalogue.layers.kind import Plan


def completed(draft: Draft, mistakes: list[Mistake] | None = None) -> Problem:
    """The whole problem, unless something was wrong before or is found to be wrong now."""
    found = [] if mistakes is None else mistakes
    if not draft.layers and "layers" not in draft.unreadable:
        remedy = "begin one with [[layers]], and write its units = 2 below"
        found.append(Mistake("layers", "there is no layer", remedy))
    if not draft.chain:
        return _of_any_topology(draft, found)
    units = sizes.sizes(draft)
    usual.put(draft, units)
    parameters = effort.parameters(draft, units)
    found += [
        *sizes.misfits(draft, units), *fits.misfits(draft, units),
        *effort.too_much(draft, parameters),
    ]  # fmt: skip
    _demand(found)
    return _Drawing(draft, [count for count in units if count is not None]).problem()


def _demand(found: list[Mistake]) -> None:
    """Raise what was found, if there is anything."""
    if len(found) > MOST_MISTAKES:
        found[MOST_MISTAKES:] = [Mistake("", "and there are more mistakes")]
    if found:
        raise ProblemError(found)


def _of_any_topology(draft: Draft, found: list[Mistake]) -> Problem:
    """A network whose layers are not dense ones in a chain."""
    from derive.problem import topology  # the catalogue's layers are needed for it alone

    plans = topology.planned(draft, found)
    units: sizes.Sizes = [None if plan is None else plan.shape[-1] for plan in plans]
    usual.put(draft, units)
    whole = [plan for plan in plans if plan is not None]
    trained = [prod(shape) for plan in whole for shape in plan.trained.values()]
    parameters = sum(trained) if len(whole) == len(plans) else None
    places = [1 if plan is None else prod(plan.shape[:-1]) for plan in plans]
    found += [*fits.misfits(draft, units, places), *effort.too_much(draft, parameters)]
    _demand(found)
    return _Planned(draft, whole).problem()


class _Drawing:
    """Builds the problem and keeps the list of what had to be drawn."""

    def __init__(self, draft: Draft, sizes: list[int]) -> None:
        self.draft = draft
        self.sizes = sizes
        self.drawn: list[str] = []

    def problem(self) -> Problem:
        draft = self.draft
        layers = tuple(self.layer(n, layer) for n, layer in enumerate(draft.layers, 1))
        samples = tuple(self.sample(n, sample) for n, sample in enumerate(draft.samples, 1))
        return Problem(
            title=draft.title or self.title(),
            inputs=self.sizes[0],
            layers=layers,
            loss=draft.loss or usual.LOSS,
            learning_rate=draft.learning_rate or usual.RATE,
            samples=samples,
            seed=draft.seed,
            drawn=tuple(self.drawn),
            optimizer=draft.optimizer or usual.OPTIMIZER,
            epochs=draft.epochs,
            stop_below=draft.stop_below,
            batch_size=draft.batch_size,
            reduction=draft.reduction,
            show=draft.show,
            shape=self.shape if len(self.shape) > 1 or not draft.chain else (),
        )

    @property
    def shape(self) -> tuple[int, ...]:
        """How the inputs are arranged."""
        return (self.sizes[0],)

    def title(self) -> str:
        """What the page is called where the problem has no title, in the page's language."""
        section, _, key = "title.network".partition(".")
        words: Any = resources.read_toml("words", f"{self.draft.show.language}.toml")
        if not self.draft.chain:
            kinds = [words["kinds"][layer.kind] for layer in self.draft.layers]
            return str(words["title"]["topology"]).format(layers=" – ".join(dict.fromkeys(kinds)))
        phrase: str = words[section][key]
        return phrase.format(units="-".join(map(str, self.sizes)))

    def place(self, place: str) -> str:
        """Note that the numbers at this place are drawn."""
        self.drawn.append(place)
        return place

    def layer(self, number: int, layer: LayerDraft) -> Layer:
        before, units = self.sizes[number - 1 : number + 1]
        seed, place = self.draft.seed, f"layers[{number}]"
        if layer.weights is None:
            weights = draw.weights(seed, self.place(f"{place}.weights"), units, before)
        else:
            weights = stacked(layer.weights)
        return Layer(
            units=units,
            activation=layer.activation or usual.ACTIVATION,
            weights=weights,
            bias=self.bias(f"{place}.bias", units, layer.bias or Bias("each")),
            kind=layer.kind,
            frozen=layer.frozen,
            names=layer.names,
        )

    def bias(self, place: str, units: int, bias: Bias) -> Bias:
        if bias.form == "none" or bias.numbers is not None:
            return bias
        shape = () if bias.form == "shared" else (units,)
        return Bias(bias.form, draw.uniform(self.draft.seed, self.place(place), shape, -0.5, 0.5))

    def sample(self, number: int, sample: SampleDraft) -> Sample:
        seed, place = self.draft.seed, f"samples[{number}]"
        inputs, targets = sample.inputs, sample.targets
        if inputs is None:
            inputs = self.inputs(seed, self.place(f"{place}.inputs"))
        if targets is None:
            targets = self.targets(self.place(f"{place}.targets"))
        return Sample(inputs, targets)

    def inputs(self, seed: int, place: str) -> Numbers:
        """Inputs of the usual size."""
        return draw.uniform(seed, place, self.shape, 0.05, 0.95)

    def targets(self, place: str) -> Numbers:
        """Targets that fit the loss and that the last layer can come near."""
        seed, outputs = self.draft.seed, self.sizes[-1]
        kind = fits.target_kind(self.draft.loss)
        if kind == "distribution":
            hot = np.arange(outputs) == draw.choice(seed, place, outputs)
            return Numbers(hot.astype(np.float64), decimals=0)
        low, high = self._reach()
        if kind == "signs":
            signs = np.sign(draw.uniform(seed, place, (outputs,), -1, 1).values)
            return Numbers(signs, decimals=0)
        if kind == "unit interval":
            low, high = 0.01, 0.99
        return draw.uniform(seed, place, (outputs,), low, high)

    def _reach(self) -> tuple[float, float]:
        """What targets may be for the outputs of the last layer."""
        activation = fits.entry("activation", self.draft.layers[-1].activation)
        least, most = (-np.inf, np.inf) if activation is None else activation.range
        if least >= 0:
            return 0.01, 0.99
        return (-0.9, 0.9) if most <= 1 and least >= -1 else (-1, 1)


class _Planned(_Drawing):
    """The same for any topology: every array has the shape that its layer's plan gives it."""

    def __init__(self, draft: Draft, plans: Sequence[Plan]) -> None:
        super().__init__(draft, [prod(plan.shape) for plan in plans])
        self.plans = plans  # of the inputs, and of each layer

    @property
    def shape(self) -> tuple[int, ...]:
        return self.plans[0].shape

    def layer(self, number: int, layer: LayerDraft) -> Layer:
        """A layer of any kind, with numbers for the arrays that are not typed."""
        from derive.problem import topology

        plan, place = self.plans[number], f"layers[{number}]"
        arrays = topology.arrays_of(layer)
        for name, shape in {**plan.trained, **plan.fixed}.items():
            if name not in arrays:
                drawn = self.place(f"{place}.{name}")
                arrays[name] = draw.parameter(self.draft.seed, drawn, name, shape, layer.options)
        made = Layer(
            units=prod(plan.shape), activation=layer.activation or Choice("identity"),
            kind=layer.kind, frozen=layer.frozen, shape=plan.shape, sources=layer.sources,
            options=layer.options,
        )  # fmt: skip
        if layer.kind == "dense":
            form = "each" if layer.bias is None else layer.bias.form
            return replace(made, weights=arrays["weights"], bias=Bias(form, arrays.get("bias")))
        return replace(made, arrays={n: arrays[n] for n in (*plan.trained, *plan.fixed)})

    def inputs(self, seed: int, place: str) -> Numbers:
        """Inputs in their shape: whole numbers where a layer looks them up."""
        from derive.problem import tokens

        most = tokens.most_tokens(self.draft, self.plans)
        return draw.some_tokens(seed, place, most, super().inputs(seed, place))

    def targets(self, place: str) -> Numbers:
        """Targets in the shape of the outputs; of a distribution, one for each position."""
        shape = self.plans[-1].shape
        if len(shape) == 1 or fits.target_kind(self.draft.loss) != "distribution":
            return super().targets(place).reshaped(shape)
        hot = draw.tokens(self.draft.seed, place, (prod(shape[:-1]), 1), shape[-1]).values
        every = (hot == np.arange(1, shape[-1] + 1)).astype(np.float64)
        return Numbers(every.reshape(shape), decimals=0)
