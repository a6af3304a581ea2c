"""From a draft to a problem: what was left out gets its usual value, or a number from the seed.

>>> from derive.problem.draft import LayerDraft
>>> problem = completed(Draft(inputs=2, layers=[LayerDraft(units=3), LayerDraft(units=1)]))
>>> problem.title, problem.layers[0].activation.name, problem.loss.name
('A 2-3-1 network', 'sigmoid', 'half_squared_error')
>>> problem.drawn[:2]
('layers[1].weights', 'layers[1].bias')
"""

from __future__ import annotations

import numpy as np

from derive import resources
from derive.errors import Mistake, ProblemError
from derive.problem import draw, effort, fits, sizes
from derive.problem.draft import MOST_MISTAKES, Draft, LayerDraft, SampleDraft
from derive.problem.model import Bias, Choice, Given, Layer, Numbers, Problem, Sample
from derive.problem.numerals import stacked

USUAL_LOSS = Choice("half_squared_error")
USUAL_ACTIVATION = Choice("sigmoid")
USUAL_RATE = Given(0.5, "0.5")
USUAL_OPTIMIZER = Choice("gradient_descent")


def completed(draft: Draft, mistakes: list[Mistake] | None = None) -> Problem:
    """The whole problem, unless something was wrong before or is found to be wrong now."""
    found = [] if mistakes is None else mistakes
    if not draft.layers and "layers" not in draft.unreadable:
        remedy = "begin one with [[layers]], and write its units = 2 below"
        found.append(Mistake("layers", "there is no layer", remedy))
    units = sizes.sizes(draft)
    _usual(draft, units)
    found += [
        *sizes.misfits(draft, units), *fits.misfits(draft, units), *effort.too_much(draft, units)
    ]  # fmt: skip
    if len(found) > MOST_MISTAKES:
        found[MOST_MISTAKES:] = [Mistake("", "and there are more mistakes")]
    if found:
        raise ProblemError(found)
    return _Drawing(draft, [count for count in units if count is not None]).problem()


def _usual(draft: Draft, units: sizes.Sizes) -> None:
    """Put the usual choices where nothing was said."""
    if draft.loss is None and "loss" not in draft.unreadable:
        draft.loss = USUAL_LOSS
    last = len(draft.layers)
    for number, layer in enumerate(draft.layers, 1):
        if layer.activation is None and "activation" not in layer.unreadable:
            shares = draft.loss == Choice("cross_entropy") and number == last and units[last] != 1
            layer.activation = Choice("softmax") if shares else USUAL_ACTIVATION
    if not draft.samples and "samples" not in draft.unreadable:
        draft.samples = [SampleDraft()]


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
            loss=draft.loss or USUAL_LOSS,
            learning_rate=draft.learning_rate or USUAL_RATE,
            samples=samples,
            seed=draft.seed,
            drawn=tuple(self.drawn),
            optimizer=draft.optimizer or USUAL_OPTIMIZER,
            epochs=draft.epochs,
            stop_below=draft.stop_below,
            batch_size=draft.batch_size,
            reduction=draft.reduction,
            show=draft.show,
        )

    def title(self) -> str:
        """What the page is called where the problem has no title, in the page's language."""
        section, _, key = "title.network".partition(".")
        words = resources.read_toml("words", f"{self.draft.show.language}.toml")
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
            activation=layer.activation or USUAL_ACTIVATION,
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
            shape = (self.sizes[0],)
            inputs = draw.uniform(seed, self.place(f"{place}.inputs"), shape, 0.05, 0.95)
        if targets is None:
            targets = self.targets(self.place(f"{place}.targets"))
        return Sample(inputs, targets)

    def targets(self, place: str) -> Numbers:
        """Targets that fit the loss and that the last layer can come near."""
        seed, outputs = self.draft.seed, self.sizes[-1]
        loss = fits.entry("loss", self.draft.loss)
        kind = "any" if loss is None else loss.targets
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
