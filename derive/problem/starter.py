"""The commented problem file that `derive new` writes.

>>> from derive.problem.reading import read
>>> read(starter()).units
(2, 2, 2)
"""

from __future__ import annotations

_STARTER = """\
# A problem for derive: a network, its samples, and how the page shall look.
# Every line but [[layers]] may be left out; numbers left out are drawn from the seed.
# Make the page with:  derive example THIS-FILE

title = "My first network"
inputs = 2                          # number of input units
loss = "half_squared_error"         # E = sum of 1/2 (t - o)^2;   `derive list losses`
learning_rate = 0.5                 # digits stay as you type them: 0.50 is printed as 0.50
optimizer = "gradient_descent"      # `derive list optimizers`
# optimizer = { name = "momentum", momentum = 0.9, weight_decay = 0.01 }
epochs = 1                          # how many times to go through all samples
# stop_below = 0.01                 # no further epoch once the error over all samples is below
batch_size = "all"                  # samples for each update: "all", or a number such as 1
reduction = "mean"                  # the errors of a batch become their "mean", or their "sum"
seed = 1                            # another seed draws other numbers

# One [[layers]] for each layer, the one next to the inputs first.

[[layers]]
units = 2
activation = "sigmoid"              # `derive list activations`
weights = [                         # one list for each unit of this layer,
    [0.10, 0.30],                   #   with one weight for each unit of the layer before
    [0.20, 0.40],
]
bias = [0.25, -0.15]                # a list: one for each unit
# bias = 0.25                       # a number: one bias that the whole layer shares
# bias = false                      # no bias
# bias = { threshold = [0.8, 0.1] } # a weight on a constant input of -1

[[layers]]
units = 2
activation = "sigmoid"
# kind = "dense"                    # every unit takes every output before;  `derive list layers`
# activation = { name = "leaky_relu", slope = 0.05 }
# activation = { name = "softsign", formula = "z/(1 + abs(z))" }
weights = [[0.50, 0.70], [0.60, -0.80]]
# names = [["w35", "w45"], ["w36", "w46"]]    # names of your own for these weights
bias = 0.45
frozen = ["bias"]                   # not updated: "weights", "bias", or both

# One [[samples]] for each sample.

[[samples]]
inputs = [0.35, 0.90]               # one number for each input
targets = [0.05, 0.95]              # one for each unit of the last layer

[show]
notation = "net-out"                # what quantities are called; `derive list notations`
digits = { significant = 6 }        # or { decimals = 4 }
rounding = "half-up"                # with two decimals 0.125 is 0.13; "half-even": 0.12
carry = "full"                      # "printed": go on with the rounded numbers, as by hand
detail = "standard"                 # "brief", "standard" or "full"
language = "en"
matrix = "column"                   # the same with matrices, W x; "row": x W; "none": without
samples = "first"                   # of several samples, work the "first" in full, or "all"
# delta = "add"                     # delta = -dE/dnet, which updates add; "subtract": dE/dnet
# letters = { input = "x", target = "y", rate = "alpha" }
                                    # also: output, net, error, weight, bias, delta
"""


def starter() -> str:
    """A problem file that explains each key and can be used as it is."""
    return _STARTER
