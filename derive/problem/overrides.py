"""What a command line sets over a problem: each option acts like the key of the same name.

>>> from derive.problem.draft import LayerDraft
>>> draft, found = Draft(layers=[LayerDraft(units=2), LayerDraft(units=2)]), []
>>> given = {"activation": "relu,softmax", "learning_rate": "0.10", "optimizer": "adam:beta1=0.8"}
>>> override(draft, given, found)
>>> [layer.activation.name for layer in draft.layers], draft.learning_rate.text
(['relu', 'softmax'], '0.10')
>>> draft.optimizer.parameters["beta1"].text
'0.8'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from derive.errors import Mistake
from derive.problem import known
from derive.problem.choices import choice
from derive.problem.draft import Draft, LayerDraft
from derive.problem.keys import PROBLEM, SHOW
from derive.problem.kinds import keys
from derive.problem.model import Bias, Choice
from derive.problem.sizes import counted
from derive.problem.spoken import choices, one_choice
from derive.problem.values import one_of
from derive.problem.wrong import Wrong, plain, wrong
from derive.registry import nearest

OPTIONS = ("activation", "bias", *(key for key in PROBLEM if key != "inputs"), *SHOW)


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
    if key not in OPTIONS:
        wrong("there is no such option", nearest(plain(str(key)), list(OPTIONS)))
    if key == "activation":
        _set_activations(draft, value)
    elif key == "bias":
        _set_biases(draft, one_of("form of bias", value))
    elif key in SHOW:
        draft.show = replace(draft.show, **{key: SHOW[key](value)})
    else:
        as_in_a_file = _TEXTS.get(key, _unchanged)
        setattr(draft, key, PROBLEM[key](as_in_a_file(value)))
        draft.unreadable -= {key}


def _set_activations(draft: Draft, value: object) -> None:
    """One activation for all layers that have one, or one for each, separated by commas."""
    parts = choices(value) if isinstance(value, str) else value
    parts = parts if isinstance(parts, list) else [parts]
    chosen: list[Choice] = [choice("activation", part) for part in parts]
    having = [layer for layer in draft.layers if "activation" in keys(layer.kind)]
    if draft.layers and not having:
        wrong("no layer has an activation", "leave it out")
    if having and len(chosen) not in (1, len(having)):
        fact = f"{len(chosen)} activations, but {counted(len(having), 'layer')}"
        fact += " that have one" if len(having) < len(draft.layers) else ""
        wrong(fact, "give one for all layers, or one for each")
    for number, layer in enumerate(having):
        layer.activation = chosen[number % len(chosen)]
        layer.unreadable -= {"activation"}


def _set_biases(draft: Draft, form: str) -> None:
    """The form of every bias that can have it; numbers of another form are drawn anew."""
    able = [
        layer for layer in draft.layers
        if layer.kind == "dense" or (form in ("none", "each") and "bias" in keys(layer.kind))
    ]  # fmt: skip
    if draft.layers and not able:
        wrong("no layer can have biases of this form", "leave it out")
    for layer in able:
        if layer.kind != "dense":
            _with_or_without_biases(layer, form == "each")
        elif layer.bias is None or layer.bias.form != form:
            layer.bias = Bias(form)
        layer.unreadable -= {"bias"}


def _with_or_without_biases(layer: LayerDraft, wanted: bool) -> None:
    """All of the arrays that a layer of another kind than dense adds."""
    kind = known.table("layer kind")[layer.kind]
    layer.options.pop("bias", None)
    if wanted and kind.keys.get("bias") == "yes":  # it has none unless it is asked for
        layer.options["bias"] = True
    for name in kind.parameters:
        if name.startswith("bias") and not wanted:
            layer.arrays[name] = None
        elif name.startswith("bias") and layer.arrays.get(name) is None:
            layer.arrays.pop(name, None)


def _number_if_digits(value: object) -> object:
    text = value.strip() if isinstance(value, str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else value


def _unchanged(value: object) -> object:
    return value


_TEXTS: Mapping[str, Callable[[object], object]] = {
    "loss": one_choice, "optimizer": one_choice, "batch_size": _number_if_digits,
}  # fmt: skip
"""How a text from a command line becomes what a file would hold, where that is another thing."""
