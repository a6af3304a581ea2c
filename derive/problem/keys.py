"""The keys of a problem file and who reads each of them: one table for files and for options alike.

A reader takes what a file or a command line holds, and gives what the model holds or raises `Wrong`.
To add a key, add it here and to the model; the file's schema, the options and saving follow.

>>> SHOW["letters"]({"rate": "α"}), PROBLEM["stop_below"](1)
({'rate': 'alpha'}, Given(value=1.0, text='1'))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from derive.problem.choices import choice
from derive.problem.draft import MOST_EPOCHS, MOST_SEED, MOST_UNITS
from derive.problem.naming import letters, names
from derive.problem.numerals import rows, tensor
from derive.problem.values import (
    INPUT_AXES,
    bias,
    digits,
    frozen,
    one_of,
    positive,
    samples_per_update,
    shape,
    title,
    whole,
)

Reader = Callable[[Any], Any]

PROBLEM: Mapping[str, Reader] = {
    "title": title,
    "inputs": partial(shape, most=MOST_UNITS),
    "loss": partial(choice, "loss"),
    "learning_rate": positive,
    "optimizer": partial(choice, "optimizer"),
    "epochs": partial(whole, least=1, most=MOST_EPOCHS),
    "stop_below": positive,
    "batch_size": samples_per_update,
    "reduction": partial(one_of, "reduction"),
    "seed": partial(whole, least=0, most=MOST_SEED),
}
LAYER: Mapping[str, Reader] = {
    "kind": partial(one_of, "layer kind"),
    "units": partial(whole, least=1, most=MOST_UNITS),
    "activation": partial(choice, "activation"),
    "weights": rows,
    "names": names,
    "bias": bias,
    "frozen": frozen,
}
SAMPLE: Mapping[str, Reader] = {"inputs": partial(tensor, most=INPUT_AXES), "targets": tensor}
SHOW: Mapping[str, Reader] = {
    "notation": partial(one_of, "notation"),
    "digits": digits,
    "rounding": partial(one_of, "rounding"),
    "carry": partial(one_of, "carry"),
    "detail": partial(one_of, "detail"),
    "language": partial(one_of, "language"),
    "letters": letters,
    "delta": partial(one_of, "convention for delta"),
    "matrix": partial(one_of, "matrix form"),
    "samples": partial(one_of, "choice of samples"),
}
