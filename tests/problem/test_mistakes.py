"""Every kind of mistake in a problem file, with the message that a person reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from derive.errors import ProblemError
from derive.problem import known
from derive.problem.reading import read
from derive.registry import Registry

NETWORK = """
inputs = 2
[[layers]]
units = 2
[[layers]]
units = 1
"""


def messages(text: str) -> list[str]:
    with pytest.raises(ProblemError) as caught:
        read(text)
    return [str(mistake) for mistake in caught.value.mistakes]


def layer(keys: str) -> str:
    """A network of two inputs with one layer."""
    return f"inputs = 2\n[[layers]]\n{keys}\n"


def top(keys: str) -> str:
    return keys + NETWORK


def below(keys: str) -> str:
    return NETWORK + keys


WHOLE_UNITS = "(a whole number from 1 to 10,000)"
TYPED_LISTS = "(one list of weights for each unit: [[0.1, 0.2], [0.3, 0.4]])"
BIASES = "(a number, a list of numbers, false, or { threshold = [0.8, -0.1] })"
DIGITS = "(write { significant = 6 } or { decimals = 4 })"
NAMES = '(one list of names for each unit: [["w13", "w23"], ["w14", "w24"]])'
NO_NAME = "cannot name a weight (letters, then digits or an index: w13, theta_2, u)"
A_LETTER = '(one letter, a Greek one such as "η" or "eta", or a word of up to 8 Latin letters)'
NO_LETTER = f"cannot be a letter {A_LETTER}"

ONE_MISTAKE = {
    # layers and units
    "": "layers: there is no layer (begin one with [[layers]], and write its units = 2 below)",
    "layers = []": "layers: there is no layer "
    "(begin one with [[layers]], and write its units = 2 below)",
    "[layers]\nunits = 2": "layers: a table is not a list of tables "
    "(begin each layer with [[layers]])",
    "inputs = 1\nlayers = [2]": "layers[1]: 2 is not a table (begin it with [[layers]])",
    layer("units = 0"): f"layers[1].units: 0 is too small {WHOLE_UNITS}",
    layer("units = -3"): f"layers[1].units: -3 is too small {WHOLE_UNITS}",
    layer("units = 10001"): f"layers[1].units: 10001 is too large {WHOLE_UNITS}",
    layer("units = true"): f"layers[1].units: true is not a whole number {WHOLE_UNITS}",
    layer("units = 2.0"): f"layers[1].units: 2.0 is not a whole number {WHOLE_UNITS}",
    layer('units = "2"'): f"layers[1].units: '2' is not a whole number {WHOLE_UNITS}",
    layer("units = [2]"): f"layers[1].units: a list is not a whole number {WHOLE_UNITS}",
    layer('activation = "tanh"'): "layers[1].units: nothing says how many units the layer has "
    "(write units = 2)",
    layer('units = 1\nkind = "dens"'): "layers[1].kind: there is no layer kind 'dens' "
    "(did you mean 'dense'?)",
    "[[layers]]\nunits = 2": "inputs: nothing says how many inputs there are (write inputs = 2)",
    "inputs = 0\n[[layers]]\nunits = 2": f"inputs: 0 is too small {WHOLE_UNITS}",
    "inputs = 10000\n[[layers]]\nunits = 10000": "layers: 100,000,000 weights (at most 2,000,000)",
    "inputs = 1\n" + "[[layers]]\nunits = 1\n" * 101: "layers: 101 layers (at most 100)",
    # weights
    layer("units = 2\nweights = [[1, 2], [3, 4, 5]]"): "layers[1].weights[2]: 3 numbers, "
    "but there are 2 inputs (one weight for each input)",
    layer("units = 2\nweights = [[1, 2]]"): "layers[1].weights: 1 list of weights, "
    "but the layer has 2 units (one list for each unit)",
    NETWORK + "weights = [[1, 2, 3]]": "layers[2].weights[1]: 3 numbers, but layer 1 gives 2 "
    "(one weight for each unit of layer 1)",
    layer("units = 2\nweights = [1, 2]"): "layers[1].weights: one list of numbers "
    "(one list of weights for each unit: [[0.1, 0.2], [0.3, 0.4]])",
    layer("units = 2\nweights = 0.5"): "layers[1].weights: 0.5 is not a table of weights "
    + TYPED_LISTS,
    layer("units = 2\nweights = []"): "layers[1].weights: an empty list is not a table of weights "
    + TYPED_LISTS,
    layer("weights = [[]]"): "layers[1].weights[1]: an empty list "
    "(at least one number belongs here)",
    layer("weights = [[0.1, '0.2']]"): "layers[1].weights[1][2]: '0.2' is not a number "
    "(write it without quotes)",
    layer("weights = [[0.1, true]]"): "layers[1].weights[1][2]: true is not a number "
    "(write one, such as 0.5)",
    layer("weights = [[0.1, [0.2]]]"): "layers[1].weights[1][2]: a list is not a number "
    "(write one, such as 0.5)",
    layer("kind = 'conv1d'\nweights = " + "[" * 65 + "1" + "]" * 65): "layers[1].weights[1][1][1]: "
    "too many brackets inside each other (numbers need 4 levels, no more)",
    below("[[samples]]\ninputs = [[[[1]]]]"): "samples[1].inputs[1][1]: "
    "too many brackets inside each other (numbers need 3 levels, no more)",
    below("[[samples]]\ninputs = [[1], [1, 2]]"): "samples[1].inputs[2]: 2 numbers, "
    "but the first is one number (lists of equal lengths)",
    layer("weights = [[0.1, 1979-05-27]]"): "layers[1].weights[1][2]: a date is not a number "
    "(write one, such as 0.5)",
    # numbers
    layer("weights = [[0.1, inf]]"): "layers[1].weights[1][2]: inf is not a finite number "
    "(numbers go up to 1e12)",
    layer("weights = [[0.1, nan]]"): "layers[1].weights[1][2]: nan is not a finite number "
    "(numbers go up to 1e12)",
    layer("weights = [[0.1, -1e999]]"): "layers[1].weights[1][2]: -1e999 is not a finite number "
    "(numbers go up to 1e12)",
    layer("weights = [[0.1, 2e12]]"): "layers[1].weights[1][2]: 2e12 is too large "
    "(numbers go up to 1e12)",
    layer("weights = [[0.1, 2000000000000]]"): "layers[1].weights[1][2]: 2000000000000 "
    "is too large (numbers go up to 1e12)",
    layer("weights = [[0.1, 1e-101]]"): "layers[1].weights[1][2]: 1e-101 is too small "
    "(write 0, or at least 1e-100)",
    layer("weights = [[0.1, 1e-999]]"): "layers[1].weights[1][2]: 1e-999 is too small "
    "(write 0, or at least 1e-100)",
    layer(f"weights = [[0.1, 0.{'1' * 40}]]"): "layers[1].weights[1][2]: "
    "a number of 42 characters (at most 40)",
    layer(f"weights = [[0.1, 0x{'f' * 5000}]]"): "layers[1].weights[1][2]: a huge number "
    "is too large (numbers go up to 1e12)",
    # biases
    layer("units = 2\nbias = true"): "layers[1].bias: true does not say which numbers "
    "(leave bias out to have them drawn)",
    layer("units = 2\nbias = [1, 2, 3]"): "layers[1].bias: 3 numbers, but the layer has 2 units "
    "(one number for each, or a single number shared by all)",
    layer("units = 1\nbias = { threshold = [1, 2] }"): "layers[1].bias.threshold: 2 numbers, "
    "but the layer has 1 unit",
    layer("units = 1\nbias = { threshold = [inf] }"): "layers[1].bias.threshold[1]: "
    "inf is not a finite number (numbers go up to 1e12)",
    layer("units = 2\nbias = [nan, '1', 2]"): "layers[1].bias[1]: nan is not a finite number "
    "(numbers go up to 1e12)\nlayers[1].bias[2]: '1' is not a number (write it without quotes)\n"
    "layers[1].bias: 3 numbers, but the layer has 2 units "
    "(one number for each, or a single number shared by all)",
    layer("units = 1\nbias = { treshold = [1] }"): "layers[1].bias.treshold: unknown key "
    "(did you mean 'threshold'?)",
    layer("units = 1\nbias = {}"): "layers[1].bias: an empty table "
    "(write { threshold = [0.8, -0.1] })",
    layer("units = 1\nbias = 'shred'"): "layers[1].bias: there is no form of bias 'shred' "
    "(did you mean 'shared'?)",
    layer("units = 1\nbias = 1979-05-27"): f"layers[1].bias: a date is not a number {BIASES}",
    layer("units = 1\nbias = nan"): "layers[1].bias: nan is not a finite number "
    "(numbers go up to 1e12)",
    layer("units = 1\nfrozen = ['biases']"): "layers[1].frozen[1]: "
    "there is no part of a layer 'biases' (did you mean 'bias'?)",
    layer("units = 1\nfrozen = 'bias'"): "layers[1].frozen: 'bias' is not a list "
    '(write frozen = ["bias"])',
    # activations
    layer("units = 1\nactivation = 'sigmiod'"): "layers[1].activation: "
    "there is no activation 'sigmiod' (did you mean 'sigmoid'?)",
    layer("units = 1\nactivation = 3"): "layers[1].activation: 3 is not the name of an activation "
    '(write a name in quotes, or a table: { name = "sigmoid" })',
    layer("units = 1\nactivation = { slope = 1 }"): "layers[1].activation.name: "
    'the table has no name (write name = "sigmoid")',
    layer("units = 1\nactivation = { name = 3 }"): "layers[1].activation.name: "
    '3 is not a name (write name = "sigmoid")',
    layer("units = 1\nactivation = { name = 'tanh', slope = 1 }"): "layers[1].activation.slope: "
    "tanh has no such parameter (it takes none)",
    layer("units = 1\nactivation = { name = 'leaky_relu', slop = 0.1 }"): "layers[1]"
    ".activation.slop: leaky_relu has no such parameter (did you mean 'slope'?)",
    layer("units = 1\nactivation = { name = 'leaky_relu', slope = 1.0 }"): "layers[1]"
    ".activation.slope: 1.0 is out of range (a number above 0 and below 1)",
    layer("units = 1\nactivation = { name = 'relu', at_zero = 2 }"): "layers[1]"
    ".activation.at_zero: 2 is out of range (a number at least 0 and at most 1)",
    layer("units = 1\nactivation = { name = 'relu', at_zero = '0' }"): "layers[1]"
    ".activation.at_zero: '0' is not a number (write it without quotes)",
    layer("units = 1\nactivation = 'softmax'"): "layers[1].activation: "
    "softmax over one unit is always 1 (use sigmoid, or give the layer more units)",
    # formulas
    layer("units = 1\nactivation = { name = 'f', formula = 'z.real' }"): "layers[1].activation"
    ".formula: at character 2: '.' has no meaning in a formula (use + - * / ** and brackets)",
    layer("units = 1\nactivation = { name = 'f', formula = 2 }"): "layers[1].activation.formula: "
    "2 is not text (write the formula in quotes)",
    layer("units = 1\nactivation = { name = 'f', formula = '1 + 1' }"): "layers[1].activation"
    ".formula: the formula does not use z, the net input (without it every gradient is 0)",
    layer("units = 1\nactivation = { name = 'tanh', formula = 'z' }"): "layers[1].activation"
    ".name: an activation 'tanh' exists already (give your formula another name)",
    layer("units = 1\nactivation = { name = '\\input', formula = 'z' }"): "layers[1].activation"
    ".name: '\\input' cannot name a formula "
    "(letters, digits and _, beginning with a letter, at most 30)",
    layer("units = 1\nactivation = { name = 'f', formula = 'z', a = 1 }"): "layers[1].activation"
    ".a: a formula has no parameters (write the number into the formula)",
    top("loss = { name = 'mine', formula = 't**2' }"): "loss.formula: "
    "the formula does not use o, the output (without it every gradient is 0)",
    # losses, rates, optimizers
    top("loss = 'cross_entrpy'"): "loss: there is no loss 'cross_entrpy' "
    "(did you mean 'cross_entropy'?)",
    top("loss = { name = 'huber', delta = 0 }"): "loss.delta: 0 is out of range "
    "(a number above 0 and below 1e+06)",
    top("learning_rate = 0"): "learning_rate: 0 is not above 0 "
    "(write a positive number, such as 0.5)",
    top("learning_rate = -0.5"): "learning_rate: -0.5 is not above 0 "
    "(write a positive number, such as 0.5)",
    top("learning_rate = inf"): "learning_rate: inf is not a finite number "
    "(numbers go up to 1e12)",
    top("learning_rate = 'fast'"): "learning_rate: 'fast' is not a number "
    "(write one, such as 0.5)",
    top("optimizer = 'gradient_decent'"): "optimizer: there is no optimizer 'gradient_decent' "
    "(did you mean 'gradient_descent'?)",
    top("optimizer = { name = 'adam', beta = 0.9 }"): "optimizer.beta: adam has no such parameter "
    "(did you mean 'beta2'?)",
    top("optimizer = { name = 'gradient_descent', weight_decay = -1 }"): "optimizer.weight_decay: "
    "-1 is out of range (a number at least 0)",
    top("reduction = 'median'"): "reduction: there is no reduction 'median' (did you mean 'mean'?)",
    top("epochs = 0"): "epochs: 0 is too small (a whole number from 1 to 100,000)",
    top("batch_size = 0"): "batch_size: 0 is no number of samples "
    '(write "all", or a whole number such as 1)',
    top("batch_size = 'some'"): "batch_size: 'some' is no number of samples "
    '(write "all", or a whole number such as 1)',
    top("batch_size = 5"): "batch_size: 5 samples per update, but the problem has 1 "
    '(write "all")',
    top("seed = -1"): "seed: -1 is too small (a whole number from 0 to 1,000,000,000,000,000)",
    top("seed = 0.5"): "seed: 0.5 is not a whole number "
    "(a whole number from 0 to 1,000,000,000,000,000)",
    # samples
    below("[[samples]]\ninputs = [1]"): "samples[1].inputs: 1 number, but there are 2 inputs",
    below("[[samples]]\ninputs = 1"): "samples[1].inputs: 1 is not a list of numbers (write [1])",
    below("[[samples]]\ntargets = [1, 2]"): "samples[1].targets: 2 numbers, "
    "but the last layer has 1 unit (one target for each)",
    below("[samples]\ntargets = [1]"): "samples: a table is not a list of tables "
    "(begin each sample with [[samples]])",
    "loss = 'hinge'" + below("[[samples]]\ntargets = [0.0]"): "samples[1].targets[1]: "
    "0.0 is no target for hinge (-1 or 1)",
    "loss = 'binary_cross_entropy'" + below("[[samples]]\ntargets = [1.01]"): "samples[1]"
    ".targets[1]: 1.01 is no target for binary_cross_entropy (a number from 0 to 1)",
    "loss = 'cross_entropy'" + below("[[samples]]\ntargets = [-0.1]"): "samples[1].targets[1]: "
    "-0.1 is no target for cross_entropy (a number that is not negative)",
    # the page
    below("[show]\nnotation = 'net-uot'"): "show.notation: there is no notation 'net-uot' "
    "(did you mean 'net-out'?)",
    below("[show]\ndigits = { decimals = 0 }"): "show.digits.decimals: 0 does not fit "
    "(a whole number from 1 to 15)",
    below("[show]\ndigits = { significant = 16 }"): "show.digits.significant: 16 does not fit "
    "(a whole number from 1 to 15)",
    below("[show]\ndigits = { decimal = 3 }"): "show.digits.decimal: unknown key "
    "(did you mean 'decimals'?)",
    below("[show]\ndigits = { decimals = 3, significant = 3 }"): "show.digits: "
    f"both kinds of digits {DIGITS}",
    below("[show]\ndigits = {}"): f"show.digits: an empty table {DIGITS}",
    below("[show]\ndigits = true"): f"show.digits: true is no number of digits {DIGITS}",
    below("[show]\ncarry = 'print'"): "show.carry: there is no carry 'print' "
    "(did you mean 'printed'?)",
    below("[show]\ndetail = 2"): "show.detail: 2 is not the name of a detail "
    "(known: brief, standard, full)",
    top("show = 3"): "show: 3 is not a table (write a table: [show])",
    # titles
    top("title = 3"): "title: 3 is not text (write it in quotes)",
    top(f"title = '{'x' * 201}'"): "title: a title of 201 characters (at most 200)",
    top('title = "a\\u0000b"'): "title: character 2 is the control character U+0000 "
    "(write the title as one line of plain text)",
    top('title = "a\\nb"'): "title: character 2 is the control character U+000A "
    "(write the title as one line of plain text)",
    # keys
    top("learnig_rate = 0.5"): "learnig_rate: unknown key (did you mean 'learning_rate'?)",
    top("__class__ = 0.5"): "__class__: unknown key (known: title, inputs, loss, learning_rate, "
    "optimizer, epochs, stop_below, batch_size, reduction, seed, layers, samples, show)",
    NETWORK + "loss = 'hinge'": "layers[2].loss: unknown key "
    "(it belongs at the top of the file, before the first [ ])",
    top("names = [['w']]"): "names: unknown key (it belongs under [[layers]])",
    top("letters = { input = 'x' }"): "letters: unknown key (it belongs under [show])",
    top("activation = 'tanh'"): "activation: unknown key (it belongs under [[layers]])",
    top("targets = [1]"): "targets: unknown key (it belongs under [[samples]])",
    top("digits = { decimals = 3 }"): "digits: unknown key (it belongs under [show])",
    # names of weights
    layer("units = 1\nnames = [['w', 'v'], ['u', 's']]"): "layers[1].names: 2 lists of names, "
    "but the layer has 1 unit (one list for each unit)",
    layer("units = 1\nnames = [['w']]"): "layers[1].names[1]: 1 name for 2 weights "
    "(one name for each weight)",
    layer("units = 1\nnames = ['w', 'v']"): "layers[1].names[1]: 'w' is not a list of names "
    f"{NAMES}\nlayers[1].names[2]: 'v' is not a list of names {NAMES}",
    layer("units = 1\nnames = 'w'"): f"layers[1].names: 'w' is not a table of names {NAMES}",
    layer("units = 1\nnames = []"): "layers[1].names: an empty list is not a table of names "
    + NAMES,
    layer("units = 1\nnames = [['w', 3]]"): f"layers[1].names[1][2]: 3 {NO_NAME}",
    layer("units = 1\nnames = [['w', 'w 2']]"): f"layers[1].names[1][2]: 'w 2' {NO_NAME}",
    layer("units = 1\nnames = [['w', '\\input']]"): "layers[1].names[1][2]: "
    f"'\\input' {NO_NAME}",
    layer("units = 1\nnames = [['w', 'w_']]"): f"layers[1].names[1][2]: 'w_' {NO_NAME}",
    layer("units = 1\nnames = [['w', 'ω1']]"): f"layers[1].names[1][2]: 'ω1' {NO_NAME}",
    layer(f"units = 1\nnames = [['w', '{'w' * 21}']]"): "layers[1].names[1][2]: "
    f"'{'w' * 21}' {NO_NAME}",
    layer("units = 1\nnames = [['w', 'w']]"): "layers[1].names[1][2]: "
    "'w' is the name of layers[1].names[1][1] too (give each weight a name of its own)",
    layer("units = 1\nnames = [['w1a', 'w_1a']]"): "layers[1].names[1][2]: "
    "'w_1a' is the name of layers[1].names[1][1] too (give each weight a name of its own)",
    layer("units = 1\nnames = [['u', 'w1']]\n[[layers]]\nunits = 1\nnames = [['w_1']]"):
    "layers[2].names[1][1]: 'w_1' is the name of layers[1].names[1][2] too "
    "(give each weight a name of its own)",
    # conventions of the page
    below("[show]\nrounding = 'up'"): "show.rounding: there is no rounding 'up' "
    "(known: half-up, half-even)",
    below("[show]\nlanguage = 'klingon'"): "show.language: there is no language 'klingon' "
    f"(known: {', '.join(known.names('language'))})",
    below("[show]\nlanguage = '../../etc/passwd'"): "show.language: "
    f"there is no language '../../etc/passwd' (known: {', '.join(known.names('language'))})",
    below("[show]\ndelta = 'minus'"): "show.delta: there is no convention for delta 'minus' "
    "(known: subtract, add)",
    below("[show]\nmatrix = 'colum'"): "show.matrix: there is no matrix form 'colum' "
    "(did you mean 'column'?)",
    below("[show]\nmatrix = true"): "show.matrix: true is not the name of a matrix form "
    "(known: column, row, none)",
    below("[show]\nsamples = 2"): "show.samples: 2 is not the name of a choice of samples "
    "(known: first, all)",
    below("[show]\nletters = 'x'"): "show.letters: 'x' has no = (write key=value,key=value)",
    below("[show]\nletters = ['x']"): "show.letters: a list is not a table of letters "
    '(write { input = "x", target = "y" })',
    below("[show.letters]\ninputs = 'x'"): "show.letters.inputs: "
    "there is no such letter to choose (did you mean 'input'?)",
    below("[show.letters]\ninput = 3"): f"show.letters.input: 3 is not text {A_LETTER}",
    below("[show.letters]\ninput = 'x1'"): f"show.letters.input: 'x1' {NO_LETTER}",
    below("[show.letters]\ninput = ''"): f"show.letters.input: '' {NO_LETTER}",
    below("[show.letters]\ninput = '\\input'"): f"show.letters.input: '\\input' {NO_LETTER}",
    below("[show.letters]\ninput = 'abcdefghi'"): f"show.letters.input: 'abcdefghi' {NO_LETTER}",
    below("[show.letters]\ninput = 'ж'"): f"show.letters.input: 'ж' {NO_LETTER}",
    below("[show.letters]\ninput = 'αβ'"): f"show.letters.input: 'αβ' {NO_LETTER}",
    below("[show.letters]\ninput = 'partial'"): "show.letters.input: "
    f"'partial' is a sign of differentiation {A_LETTER}",
    below("[show.letters]\ninput = 'x1'\nrate = '<b>'"): f"show.letters.input: 'x1' {NO_LETTER}\n"
    f"show.letters.rate: '<b>' {NO_LETTER}",
    # optimizers, epochs, batches
    top("optimizer = { name = 'momentum', momentum = 1 }"): "optimizer.momentum: "
    "1 is out of range (a number at least 0 and below 1)",
    top("optimizer = { name = 'momentum', momentum = -5e-9 }"): "optimizer.momentum: "
    "-5e-9 is out of range (a number at least 0 and below 1)",
    top("optimizer = { name = 'adam', weight_decay = -5e-9 }"): "optimizer.weight_decay: "
    "-5e-9 is out of range (a number at least 0)",
    layer("units = 1\nactivation = { name = 'relu', at_zero = 1.0000000005 }"): "layers[1]"
    ".activation.at_zero: 1.0000000005 is out of range (a number at least 0 and at most 1)",
    top("optimizer = { name = 'adam', epsilon = 0 }"): "optimizer.epsilon: 0 is out of range "
    "(a number above 0 and below 1)",
    top("optimizer = { name = 'adam', weight_decay = '0.1' }"): "optimizer.weight_decay: "
    "'0.1' is not a number (write it without quotes)",
    top("stop_below = 0"): "stop_below: 0 is not above 0 (write a positive number, such as 0.5)",
    top("stop_below = -0.1"): "stop_below: -0.1 is not above 0 "
    "(write a positive number, such as 0.5)",
    top("stop_below = true"): "stop_below: true is not a number (write one, such as 0.5)",
    top("batch_size = 3") + "[[samples]]\n" * 2: "batch_size: 3 samples per update, "
    'but the problem has 2 (write "all")',
    top("batch_size = 3\nsamples = 5"): "samples: 5 is not a list of tables "
    "(begin each sample with [[samples]])",
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), ONE_MISTAKE.items())
def test_one_mistake(text: str, message: str) -> None:
    assert "\n".join(messages(text)) == message


def test_a_loss_that_never_takes_the_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    negative = replace(known.table("activation")["tanh"], name="tanh", range=(-1.0, 0.0))
    monkeypatch.setattr(known, "table", patched(known.table, negative))
    text = "loss = 'cross_entropy'" + below("activation = 'tanh'")
    assert messages(text) == [
        "loss: cross_entropy takes outputs between 0 and inf, but tanh gives -1 to 0 "
        "(choose another loss, or another activation for the last layer)"
    ]


def patched(table: Callable[[str], Registry[Any]], entry: Any) -> Callable[[str], Registry[Any]]:
    """The tables with one activation replaced."""

    def look_up(kind: str) -> Registry[Any]:
        entries = {**table(kind)}
        if kind == "activation":
            entries[entry.name] = entry
        return Registry(kind, entries)

    return look_up


def test_ten_mistakes_are_reported_at_once() -> None:
    text = """
    title = 5
    loss = "half_squared_eror"
    learning_rate = -0.5
    inputs = 2
    colour = "red"
    [[layers]]
    units = 2
    activation = "sigmiod"
    weights = [[0.15, 0.20], [0.25, nan]]
    bias = [0.1, 0.2, 0.3]
    [[layers]]
    units = 2
    weights = [[0.40, 0.45, 0.50], [0.50, 0.55]]
    [[samples]]
    targets = [0.01]
    [show]
    carry = "never"
    """
    assert [message.partition(":")[0] for message in messages(text)] == [
        "title",
        "loss",
        "learning_rate",
        "colour",
        "layers[1].activation",
        "layers[1].weights[2][2]",
        "show.carry",
        "layers[1].bias",
        "layers[2].weights[1]",
        "samples[1].targets",
    ]


def test_a_mistake_in_one_array_does_not_hide_its_size() -> None:
    text = layer("units = 2\nweights = [['a', 2, 3], [1, 2]]")
    assert messages(text) == [
        "layers[1].weights[1][1]: 'a' is not a number (write one, such as 0.5)",
        "layers[1].weights[1]: 3 numbers, but there are 2 inputs (one weight for each input)",
    ]


def test_what_is_unreadable_is_not_also_called_missing() -> None:
    assert len(messages("[[layers]]\nunits = 'two'\nweights = 3")) == 1 + 1


def test_many_mistakes_in_one_array_are_counted() -> None:
    found = messages(layer(f"weights = [[{', '.join(['nan'] * 1000)}]]"))
    assert len(found) == 5 + 1 + 1
    assert found[5] == "layers[1].weights: 995 more mistakes like these"


def test_many_names_that_are_alike_are_counted() -> None:
    row = ", ".join(["'w'"] * 1000)
    found = messages(f"[[layers]]\nunits = 1\nnames = [[{row}]]\nweights = [{[0.5] * 1000}]")
    assert len(found) == 5 + 1
    assert found[5] == "layers: 994 more mistakes like these"


def test_very_many_mistakes_end_somewhere() -> None:
    found = messages("\n".join(f"key{n} = 1" for n in range(5000)) + NETWORK)
    assert len(found) == 101
    assert found[-1] == "and there are more mistakes"


def test_what_was_given_is_shown_short_and_harmless() -> None:
    (message,) = messages(top(f'loss = "\\u001b[31m{"x" * 5000}"'))
    assert len(message) < 250
    assert message.isprintable()
