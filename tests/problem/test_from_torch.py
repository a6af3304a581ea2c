"""A problem from a PyTorch module: what stands for what, with stand-ins where PyTorch is not installed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest

import derive
from derive.errors import ProblemError
from derive.problem.pytorch.layers import ENTRIES
from derive.problem.pytorch.numbers import shortest


class Tensor:
    """As much of a tensor as is asked for."""

    def __init__(self, values: Any, dtype: str = "float64", requires_grad: bool = True) -> None:
        self.array = np.array(values, dtype=dtype)
        self.dtype = f"torch.{dtype}"
        self.requires_grad = requires_grad

    def detach(self) -> Tensor:
        return self

    def tolist(self) -> Any:
        return self.array.tolist()


def module(name: str, **attributes: Any) -> Any:
    """As much of a module as is asked for."""
    return type(name, (), attributes)()


def linear(weight: Any, bias: Any = None, **options: Any) -> Any:
    return module("Linear", weight=Tensor(weight, **options), bias=bias and Tensor(bias, **options))


class Sequential(list[Any]):
    pass


def texts(numbers: Any) -> Any:
    return np.vectorize(numbers.text)(*np.indices(numbers.shape)).tolist()


def refused(*arguments: Any, **options: Any) -> list[str]:
    with pytest.raises(ProblemError) as caught:
        derive.from_torch(*arguments, **options)
    return [str(mistake) for mistake in caught.value.mistakes]


# --- whole networks ------------------------------------------------------------------------------


def test_a_published_network_comes_out():
    """Mazur's, whose updated weight is printed on his page."""
    network = Sequential([
        linear([[0.15, 0.20], [0.25, 0.30]], [0.35, 0.35]), module("Sigmoid"),
        linear([[0.40, 0.45], [0.50, 0.55]], [0.60, 0.60]), module("Sigmoid"),
    ])  # fmt: skip

    problem = derive.from_torch(
        network, Tensor([0.05, 0.10]), Tensor([0.01, 0.99]), learning_rate=0.5
    )

    assert problem.chain
    assert (2, 2, 2) == problem.units
    assert 0.35891648 == pytest.approx(derive.work(problem)["w5_new"], abs=5e-9)
    assert derive.write_problem(derive.read(derive.write_problem(problem))) == derive.write_problem(
        problem
    )


def test_torch_is_not_imported():
    """Neither here nor by what is used on the way."""
    code = """
import sys, derive
class Linear: weight, bias = [[1, 2]], None
derive.from_torch(Linear(), [1, 2], [3])
print("torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "False" == done.stdout.strip()


def test_groups_in_groups_and_what_does_nothing():
    inner = Sequential([linear([[1, 0], [0, 1]]), module("Identity"), module("Tanh")])
    network = Sequential([inner, module("Dropout", p=0.5), Sequential([linear([[1, 1]])])])

    problem = derive.from_torch(network, [0.1, 0.2], 0.5)

    assert ["tanh", "identity"] == [layer.activation.name for layer in problem.layers]
    assert ["none", "none"] == [layer.bias.form for layer in problem.layers]
    assert (0.5,) == tuple(problem.samples[0].targets.values)


def test_a_second_activation_has_a_layer_of_its_own():
    network = Sequential(
        [module("ReLU"), linear([[1, 2]]), module("ELU", alpha=0.5), module("SiLU")]
    )

    problem = derive.from_torch(network, [1, -2], [1])

    told = [(layer.kind, layer.activation.name) for layer in problem.layers]
    assert [("activation", "relu"), ("dense", "elu"), ("activation", "silu")] == told
    assert "0.5" == problem.layers[1].activation.parameters["alpha"].text
    assert derive.work(problem).agreement.agree


def test_what_is_not_trained_is_frozen():
    network = linear([[1, 2]], [3], requires_grad=False)
    network.bias.requires_grad = True

    problem = derive.from_torch(network, [1, 2], [0])

    assert frozenset(["weights"]) == problem.layers[0].frozen


def test_options_are_those_of_other_problems():
    problem = derive.from_torch(
        linear([[1, 2]]), [1, 2], [0], loss="mean_squared_error", title="Mine", digits="4d",
        optimizer="adam", epochs=3,
    )  # fmt: skip

    assert ("mean_squared_error", "Mine", "adam", 3) == (
        problem.loss.name, problem.title, problem.optimizer.name, problem.epochs
    )  # fmt: skip
    assert "decimals" == problem.show.digits.kind


# --- samples -------------------------------------------------------------------------------------


def test_one_sample_and_several():
    network = linear([[1, 2]])

    alone = derive.from_torch(network, [1, 2], [0])
    one = derive.from_torch(network, [[1, 2]], [[0]])
    several = derive.from_torch(network, [[1, 2], [3, 4]], [5, 6])

    assert derive.write_problem(alone) == derive.write_problem(one)
    assert [[1, 2], [3, 4]] == [sample.inputs.values.tolist() for sample in several.samples]
    assert [[5], [6]] == [sample.targets.values.tolist() for sample in several.samples]


def test_positions_of_every_sample():
    problem = derive.from_torch(linear([[1, 2]]), [[[1, 2], [3, 4]]], [[[0], [1]]])

    assert (2, 2) == problem.shape
    assert 1 == len(problem.samples)


def test_tokens_count_from_one_here():
    network = Sequential([
        module("Embedding", weight=Tensor([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]), padding_idx=None),
        module("Flatten", start_dim=1, end_dim=-1),
        linear([[1, 2, 3, 4]]),
    ])  # fmt: skip

    problem = derive.from_torch(network, Tensor([[0, 2]], "int64"), Tensor([[1.0]]))

    assert ["embedding", "flatten", "dense"] == [layer.kind for layer in problem.layers]
    assert ["1", "3"] == texts(problem.samples[0].inputs)
    assert 0.1 + 0.4 + 1.5 + 2.4 == pytest.approx(derive.work(problem)["out[3,1]"])


def test_dropout_of_a_module_that_trains_has_a_mask():
    parts = [linear([[1], [2], [3], [4]]), module("Dropout", p=0.25, training=True)]
    problem = derive.from_torch(Sequential([*parts, linear([[1, 1, 1, 1]])]), [1], [0], seed=4)

    assert "0.25" == problem.layers[1].options["rate"].text
    assert 3 == problem.layers[1].arrays["mask"].values.sum()
    assert "layers[2].mask" in problem.drawn


def test_two_biases_become_their_sum():
    rnn = module(
        "RNN", nonlinearity="tanh", num_layers=1, bidirectional=False, batch_first=True, dropout=0.0,
        weight_ih_l0=Tensor([[0.5]]), weight_hh_l0=Tensor([[0.25]]),
        bias_ih_l0=Tensor([0.1], "float32"), bias_hh_l0=Tensor([0.2], "float32"),
    )  # fmt: skip

    problem = derive.from_torch(rnn, [[1], [2]], [[0], [1]])

    assert ["0.3"] == texts(problem.layers[0].arrays["bias"])
    assert ("recurrent", (2, 1)) == (problem.layers[0].kind, problem.layers[0].shape)


# --- digits --------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [np.float32, np.float64])
def test_numbers_are_short_and_read_back(width: Callable[[Any], Any]):
    dice = Random(5)
    for _ in range(2000):
        number = width(dice.choice([1, -1]) * 10 ** dice.uniform(-12, 12))
        text = shortest(number)

        assert number == width(text)
        assert len(text.lstrip("-").replace(".", "").lstrip("0").partition("e")[0]) <= (
            9 if width is np.float32 else 17
        )


@pytest.mark.parametrize(("number", "text"), [
    (0.1, "0.1"), (0.0, "0"), (-3.0, "-3"), (1 / 3, "0.33333334"), (1e-6, "1e-6"), (2e9, "2e9"),
    (123456.7, "123456.7"), (-0.00012, "-0.00012"),
])  # fmt: skip
def test_digits_of_narrow_numbers(number: float, text: str):
    problem = derive.from_torch(linear([[number]], dtype="float32"), [1], [0])

    assert [[text]] == texts(problem.layers[0].weights)


# --- what cannot be used -------------------------------------------------------------------------

RNN = {"num_layers": 1, "bidirectional": False, "batch_first": True, "dropout": 0, "proj_size": 0}
KNOWN = f"known: {', '.join(ENTRIES)}"
REFUSED: list[tuple[Any, Any, str]] = [
    (module("Conv9d"), [1],
     f"module: there is nothing here for a module of the class Conv9d ({KNOWN})"),
    ([linear([[1]]), [module("Relu")]], [1],
     f"module[1][0]: there is nothing here for a module of the class Relu ({KNOWN})"),
    ([linear([[1]]), module("GELU", approximate="tanh")], [1],
     "module[1]: approximate = 'tanh' is not known (approximate = 'none' is)"),
    ([linear([[1]]), module("Softplus", beta=2)], [1],
     "module[1]: beta = 2 is not known (beta = 1 is)"),
    ([linear([[1]]), module("Softmax", dim=0)], [[1]],
     "module[1]: a softmax along axis 0 (write dim=-1: along the last one)"),
    ([module("Flatten", start_dim=0, end_dim=1), linear([[1]])], [[[1]]],
     "module[0]: axes 0 to 1 of 3 become one (Flatten(1) makes one list of a sample)"),
    (module("RNN", **{**RNN, "bidirectional": True}), [[1]],
     "module: it goes both ways, or projects (bidirectional = False, proj_size = 0)"),
    (module("LSTM", **{**RNN, "batch_first": False}), [[[1]]],
     "module: its samples are along the second axis "
     "(make it with batch_first=True, or give one sample of two axes)"),
    (module("Embedding", weight=[[1]], max_norm=2.0), [0],
     "module: an embedding with max_norm is not known (make it without max_norm)"),
    (module("BatchNorm1d", training=False), [[1, 2]],
     "module: while evaluating it uses the statistics of earlier batches "
     "(module.train() makes it use those of this one)"),
    (module("BatchNorm1d", training=True, weight=None, bias=None, eps=0.1), [[[1, 2]], [[3, 4]]],
     "module: it normalizes over samples and positions together (give it samples of one axis)"),
    (module("LayerNorm", normalized_shape=(2, 2)), [[1, 2]],
     "module: it normalizes over 2 axes together (normalize over the last axis alone)"),
    (module("Conv1d", dilation=(2,)), [[1, 2]],
     "module: dilation = (2,) is not known (dilation = 1 is)"),
    (module("Conv2d", padding="same"), [[[1, 2]]],
     "module: a padding that is no number of zeros (write padding=1, and leave padding_mode out)"),
    (module("Conv2d", groups=2), [[[1, 2]]],
     "module: filters that take only a group of the channels (make it with groups=1)"),
    (module("MaxPool1d", padding=(1,)), [[1, 2]],
     "module: padding = (1,) is not known (padding = 0 is)"),
    (module("AvgPool2d", ceil_mode=True), [[[1, 2]]],
     "module: ceil_mode is not known (make it without ceil_mode)"),
    (module("RNN", **RNN), [1],
     "inputs: one sample has 2 axes for the first module, and all of this has 1"),
    (linear([[1, 2]]), [[1], [2, 3]],
     "inputs: this is no array of numbers (a tensor, a NumPy array, or lists of equal lengths)"),
    (linear([[1, 2]]), [1, 2, 3], "samples[1].inputs: 3 numbers, but there are 2 inputs"),
    (linear([[float("nan")]]), [1],
     "layers[1].weights[1][1]: nan is not a finite number (numbers go up to 1e12)"),
]  # fmt: skip


@pytest.mark.parametrize(("network", "inputs", "message"), REFUSED)
def test_what_is_not_known_is_refused(network: Any, inputs: Any, message: str):
    targets = [[0]] * len(inputs) if isinstance(inputs[0], list) else [0]

    assert message in refused(network, inputs, targets)


def test_every_mistake_is_named():
    network = [module("Conv9d"), linear([[1]]), module("Softplus", beta=2)]

    assert ["module[0]", "module[2]"] == [
        text.partition(":")[0] for text in refused(network, [1], [1])
    ]


def test_samples_without_targets():
    assert ["targets: 2 samples, but 3 of targets (targets for each sample)"] == refused(
        linear([[1]]), [[1], [2]], [[1], [2], [3]]
    )
