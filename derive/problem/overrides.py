"""What a command line sets over a problem: each option acts like the key of the same name.

>>> from derive.problem.draft import LayerDraft
>>> draft, found = Draft(layers=[LayerDraft(units=2), LayerDraft(units=2)]), []
>>> override(draft, {"activation": "relu,softmax", "learning_rate": "0.10"}, found)
>>> [layer.activation.name for layer in draft.layers], draft.learning_rate.text
(['relu', 'softmax'], '0.10')
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from derive.errors import Mistake
from derive.problem.choices import choice
from derive.problem.draft import MOST_EPOCHS, MOST_SEED, Draft
from derive.problem.model import Bias, Choice
from derive.problem.values import digits, one_of, positive, samples_per_update, title, whole
from derive.problem.wrong import Wrong, plain, wrong
from derive.registry import nearest

_SHOW: Mapping[str, Callable[[object], Any]] = {
    "notation": partial(one_of, "notation"),
    "digits": digits,
    "carry": partial(one_of, "carry"),
    "detail": partial(one_of, "detail"),
}
_PROBLEM: Mapping[str, Callable[[object], Any]] = {
    "title": title,
    "loss": partial(choice, "loss"),
    "learning_rate": positive,
    "optimizer": partial(choice, "optimizer"),
    "epochs": lambda value: whole(value, 1, MOST_EPOCHS),
    "batch_size": lambda value: samples_per_update(_number_if_digits(value)),
    "reduction": partial(one_of, "reduction"),
    "seed": lambda value: whole(value, 0, MOST_SEED),
}
OPTIONS = ("activation", "bias", *_PROBLEM, *_SHOW)


def override(draft: Draft, options: Mapping[str, Any], mistakes: list[Mistake]) -> None:
    """Set what is given in `options` (None: not given) on the draft."""
    for key, value in options.items():
        if value is None:
            continue
        try:
            _set(draft, key, value)
        except Wrong as error:
            mistakes += error.at(plain(str(key)))


def _set(draft: Draft, key: str, value: object) -> None:
    if key in _PROBLEM:
        setattr(draft, key, _PROBLEM[key](value))
        draft.unreadable -= {key}
    elif key in _SHOW:
        draft.show = replace(draft.show, **{key: _SHOW[key](value)})
    elif key == "activation":
        _set_activations(draft, value)
    elif key == "bias":
        _set_biases(draft, one_of("form of bias", value))
    else:
        wrong("there is no such option", nearest(plain(str(key)), list(OPTIONS)))


def _set_activations(draft: Draft, value: object) -> None:
    """One activation for all layers, or one for each, separated by commas."""
    names = [name.strip() for name in value.split(",")] if isinstance(value, str) else value
    parts = names if isinstance(names, list) else [names]
    chosen: list[Choice] = [choice("activation", part) for part in parts]
    if draft.layers and len(chosen) not in (1, len(draft.layers)):
        fact = f"{len(chosen)} activations, but {len(draft.layers)} layers"
        wrong(fact, "give one for all layers, or one for each")
    for number, layer in enumerate(draft.layers):
        layer.activation = chosen[number % len(chosen)]
        layer.unreadable -= {"activation"}


def _set_biases(draft: Draft, form: str) -> None:
    """The form of every layer's bias; numbers of another form are drawn anew."""
    for layer in draft.layers:
        if layer.bias is None or layer.bias.form != form:
            layer.bias = Bias(form)
        layer.unreadable -= {"bias"}


def _number_if_digits(value: object) -> object:
    text = value.strip() if isinstance(value, str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else value
