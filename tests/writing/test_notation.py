"""What each notation says: names on paper and on a keyboard, of quantities, units and matrices."""

from __future__ import annotations

import pytest

from derive.algebra.places import Place
from derive.writing.maths import Fraction, Name, Number, Row, Sign
from derive.writing.notation import Notation, notations
from tests.quantities import latex, problem

SAID = {  # of 2-2-2 with two samples: a key, as typed, as set
    "bracket": r"""
        out[0,2]  x2  x_{2}
        t[1]  y1  y_{1}
        out[1,2]  a1_2  a_{2}^{[1]}
        net[2,1]@2  z2_1@2  z_{1}^{[2](2)}
        w[2,1,2]  w2_12  w_{12}^{[2]}
        w_new[2,1,2]  w2_12_new  w_{12}^{[2]\text{+}}
        b[1,2]  b1_2  b_{2}^{[1]}
        E  J  J
        E@2  L@2  L^{(2)}
        E[1]@2  L1@2  L_{1}^{(2)}
        delta[2,1]  delta2_1  \delta_{1}^{[2]}
        rate  alpha  \alpha
        dE/dw[2,1,2]  dJ/dw2_12  \frac{\partial J}{\partial w_{12}^{[2]}}
        dE/dout[2,1]@2  dL/da2_1@2  \frac{\partial L^{(2)}}{\partial a_{1}^{[2](2)}}
        dnet/dw[2,1,2]@2  dz2_1/dw2_12@2  \frac{\partial z_{1}^{[2](2)}}{\partial w_{12}^{[2]}}
        velocity_new[2,1,2]  v_w2_12_new  v_{w_{12}^{[2]}}^{+}
        moment_hat[1,2]  m_b1_2_hat  \hat{m}_{b_{2}^{[1]}}
    """,
    "minimal": r"""
        out[0,2]  x2  x_{2}
        t[1]  t1  t_{1}
        out[1,2]  h2  h_{2}
        net[2,1]@2  z_o1@2  z_{o1}^{(2)}
        w[2,1,2]  w6  w_{6}
        w_new[2,1,2]  w6_new  w_{6}^{+}
        b[1,2]  b2  b_{2}
        E  E  E
        E@2  E@2  E^{(2)}
        E[1]@2  E_o1@2  E_{o1}^{(2)}
        delta[2,1]  delta_o1  \delta_{o1}
        rate  alpha  \alpha
        dE/dw[2,1,2]  dE/dw6  \frac{\partial E}{\partial w_{6}}
        dE/dout[2,1]@2  dE/do1@2  \frac{\partial E^{(2)}}{\partial o_{1}^{(2)}}
        dnet/dw[2,1,2]@2  dz_o1/dw6@2  \frac{\partial z_{o1}^{(2)}}{\partial w_{6}}
        velocity_new[2,1,2]  v_w6_new  v_{w_{6}}^{+}
        moment_hat[1,2]  m_b2_hat  \hat{m}_{b_{2}}
    """,
    "net-out": r"""
        out[0,2]  i2  i_{2}
        t[1]  t1  t_{1}
        out[1,2]  out_h2  \mathrm{out}_{h2}
        net[2,1]@2  net_o1@2  \mathrm{net}_{o1}^{(2)}
        w[2,1,2]  w6  w_{6}
        w_new[2,1,2]  w6_new  w_{6}^{+}
        b[1,2]  b2  b_{2}
        E  E  E_{\mathrm{total}}
        E@2  E@2  E_{\mathrm{total}}^{(2)}
        E[1]@2  E_o1@2  E_{o1}^{(2)}
        delta[2,1]  delta_o1  \delta_{o1}
        rate  eta  \eta
        dE/dw[2,1,2]  dE/dw6  \frac{\partial E_{\mathrm{total}}}{\partial w_{6}}
        dnet/dw[2,1,1]  dnet_o1/dw5  \frac{\partial\mathrm{net}_{o1}}{\partial w_{5}}
        dnet/dw[2,1,2]@2  dnet_o1/dw6@2  \frac{\partial\mathrm{net}_{o1}^{(2)}}{\partial w_{6}}
        velocity_new[2,1,2]  v_w6_new  v_{w_{6}}^{+}
        moment_hat[1,2]  m_b2_hat  \hat{m}_{b_{2}}
    """,
    "superscript": r"""
        out[0,2]  x2  x_{2}
        t[1]  y1  y_{1}
        out[1,2]  a1_2  a_{2}^{1}
        net[2,1]@2  z2_1@2  z_{1}^{2,\,(2)}
        w[2,1,2]  w2_12  w_{12}^{2}
        w_new[2,1,2]  w2_12_new  w_{12}^{2,\,\text{+}}
        b[1,2]  b1_2  b_{2}^{1}
        E  C  C
        E@2  C@2  C^{(2)}
        E[1]@2  C1@2  C_{1}^{(2)}
        delta[2,1]  delta2_1  \delta_{1}^{2}
        rate  eta  \eta
        dE/dw[2,1,2]  dC/dw2_12  \frac{\partial C}{\partial w_{12}^{2}}
        dE/dout[2,1]@2  dC/da2_1@2  \frac{\partial C^{(2)}}{\partial a_{1}^{2,\,(2)}}
        dnet/dw[2,1,2]@2  dz2_1/dw2_12@2  \frac{\partial z_{1}^{2,\,(2)}}{\partial w_{12}^{2}}
        velocity_new[2,1,2]  v_w2_12_new  v_{w_{12}^{2}}^{+}
        moment_hat[1,2]  m_b1_2_hat  \hat{m}_{b_{2}^{1}}
    """,
    "unit-numbers": r"""
        out[0,2]  x2  x_{2}
        t[1]  T5  T_{5}
        out[1,2]  O4  O_{4}
        net[2,1]@2  I5@2  I_{5}^{(2)}
        w[2,1,2]  w45  w_{45}
        w_new[2,1,2]  w45_new  w_{45}^{+}
        b[1,2]  theta_4  \theta_{4}
        E  E  E
        E@2  E@2  E^{(2)}
        E[1]@2  E5@2  E_{5}^{(2)}
        delta[2,1]  Err_5  \mathrm{Err}_{5}
        rate  ell  \ell
        dE/dw[2,1,2]  dE/dw45  \frac{\partial E}{\partial w_{45}}
        dE/dout[2,1]@2  dE/dO5@2  \frac{\partial E^{(2)}}{\partial O_{5}^{(2)}}
        dnet/dw[2,1,2]@2  dI5/dw45@2  \frac{\partial I_{5}^{(2)}}{\partial w_{45}}
        velocity_new[2,1,2]  v_w45_new  v_{w_{45}}^{+}
        moment_hat[1,2]  m_theta_4_hat  \hat{m}_{\theta_{4}}
    """,
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_a_notation_says(name: str):
    notation = Notation.load(name, problem("2-2-2", 2))
    for line in SAID[name].strip().splitlines():
        key, typed, printed = line.split(maxsplit=2)
        place = Place.read(key)

        assert (key, typed, printed) == (key, notation.written(place), latex(notation.node(place)))


def test_all_notations_are_read_here():
    assert set(SAID) == set(notations())


@pytest.mark.parametrize("name", notations())
def test_a_notation_has_a_line_about_itself(name: str):
    assert 20 < len(notations()[name]) < 100


@pytest.mark.parametrize(
    ("name", "units", "key", "typed", "printed"),
    [
        ("bracket", "2-9-2", "w[1,9,2]", "w1_92", "w_{92}^{[1]}"),
        ("bracket", "2-10-2", "w[1,9,2]", "w1_9_2", "w_{9{,}2}^{[1]}"),
        ("superscript", "2-10-2", "w[1,10,2]", "w1_10_2", "w_{10{,}2}^{1}"),
        ("unit-numbers", "4-5", "w[1,5,4]", "w49", "w_{49}"),
        ("unit-numbers", "4-6", "w[1,5,4]", "w4_9", "w_{4{,}9}"),
        ("unit-numbers", "4-6", "w[1,6,1]", "w1_10", "w_{1{,}10}"),
        ("net-out", "4-6", "w[1,6,1]", "w21", "w_{21}"),
        ("minimal", "2-2-2-2", "out[2,1]", "h2.1", "h_{2.1}"),
    ],
)
def test_a_comma_stands_where_numbers_would_run_together(
    name: str, units: str, key: str, typed: str, printed: str
):
    notation = Notation.load(name, problem(units))
    place = Place.read(key)

    assert typed == notation.written(place)
    assert printed == latex(notation.node(place))


@pytest.mark.parametrize(
    ("name", "units", "typed", "printed"),
    [
        ("net-out", "2-2-2 shared", "b2", "b_{2}"),
        ("bracket", "2-2-2 shared", "b2", "b^{[2]}"),
        ("superscript", "2-2-2 shared", "b2", "b^{2}"),
        ("unit-numbers", "2-2-2 shared", "theta_5_6", r"\theta_{5\dots 6}"),
        ("unit-numbers", "2-1-1 shared by one", "theta_4", r"\theta_{4}"),
    ],
)
def test_a_bias_shared_by_its_layer(name: str, units: str, typed: str, printed: str):
    notation = Notation.load(name, problem(units))

    assert typed == notation.written(Place("b", 2))
    assert printed == latex(notation.node(Place("b", 2)))


def test_one_sample_has_an_error_of_its_own_name():
    notation = Notation.load("bracket", problem("2-2-2"))

    assert ("L", "dL/dw2_11") == (
        notation.written(Place("E")), notation.written(Place("dE/dw", 2, (1, 1)))
    )  # fmt: skip


def test_updates_are_told_apart_on_a_keyboard_only():
    notation = Notation.load("net-out", problem("2-2-2"))
    place = Place("dE/dw", 2, (1, 1), sample=3)
    later = place._replace(update=2)

    assert "dE/dw5@3#2" == notation.written(later)
    assert notation.node(place) == notation.node(later)


@pytest.mark.parametrize("name", notations())
def test_a_delta_with_the_other_sign_has_the_same_letter(name: str):
    notation = Notation.load(name, problem("2-2-2"))
    delta, other = Place("delta", 1, (2,)), Place("negdelta", 1, (2,))

    assert notation.node(delta) == notation.node(other)
    assert notation.written(delta) == notation.written(other)


@pytest.mark.parametrize(
    ("name", "delta", "sign"),
    [("net-out", None, 1), ("unit-numbers", None, -1), ("net-out", "add", -1),
     ("unit-numbers", "subtract", 1)],
)  # fmt: skip
def test_who_decides_on_the_sign_of_delta(name: str, delta: str | None, sign: int):
    assert sign == Notation.load(name, problem("2-2-2", delta=delta)).sign


@pytest.mark.parametrize(
    ("name", "order"),
    [("net-out", "numbered"), ("minimal", "numbered"), ("bracket", "target-source"),
     ("superscript", "target-source"), ("unit-numbers", "source-target")],
)  # fmt: skip
def test_the_order_of_a_weights_indices(name: str, order: str):
    assert order == Notation.load(name, problem("2-2-2")).order


GENERIC = {  # out_k, net_k, t_k, E_k, delta_k; out, net, delta; E^(s); labels of units; a size
    "net-out": r"\mathrm{out}_{k} \mathrm{net}_{k} t_{k} E_{k} \delta_{k}"
               r" \mathrm{out} \mathrm{net} \delta E_{\mathrm{total}}^{(s)} i_{1} h_{2} o_{1} n_{1}",
    "minimal": r"o_{k} z_{k} t_{k} E_{k} \delta_{k} o z \delta E^{(s)} x_{1} h_{2} o_{1} n_{1}",
    "bracket": r"a_{k}^{[2]} z_{k}^{[2]} y_{k} L_{k} \delta_{k}^{[2]} a z \delta L^{(s)}"
               r" x_{1} a_{2}^{[1]} a_{1}^{[2]} n^{[1]}",
    "superscript": r"a_{k}^{2} z_{k}^{2} y_{k} C_{k} \delta_{k}^{2} a z \delta C^{(s)}"
                   r" x_{1} a_{2}^{1} a_{1}^{2} n_{1}",
    "unit-numbers": r"O_{k} I_{k} T_{k} E_{k} \mathrm{Err}_{k} O I \mathrm{Err} E^{(s)} 1 4 5 n_{1}",
}  # fmt: skip


@pytest.mark.parametrize("name", GENERIC)
def test_names_of_kinds_and_units(name: str):
    notation = Notation.load(name, problem("2-2-2"))
    k, s = Name("k"), Name("s")
    nodes = [notation.indexed(kind, k) for kind in ("out", "net", "t", "E", "delta")]
    nodes += [notation.bare(kind) for kind in ("out", "net", "negdelta")]
    nodes.append(notation.sampled(notation.node(Place("E")), s))
    nodes += [notation.label(layer, unit) for layer, unit in ((0, 1), (1, 2), (2, 1))]
    nodes.append(notation.size(1))

    assert GENERIC[name] == " ".join(map(latex, nodes))


def test_new_and_corrected_values_keep_their_marks_without_indices():
    notation = Notation.load("net-out", problem("2-2-2"))

    assert ["v^{+}", r"\hat{m}", "w^{+}", r"\lambda"] == [
        latex(notation.bare(kind))
        for kind in ("velocity_new", "moment_hat", "w_new", "weight_decay")
    ]


L_LESS_1 = Row((Name("l"), Sign("-"), Number("1")))
VECTORS = {  # W, new W, out of l − 1, in it sample s, dE/dW of sample 2, inputs, targets, velocity
    "net-out": r"\bm{W_{h}} \bm{W_{h}^{+}} \bm{\mathrm{out}_{l - 1}}"
               r" \bm{\mathrm{out}_{l - 1}^{(s)}} \frac{\partial E_{\mathrm{total}}^{(2)}}"
               r"{\partial\bm{W_{h}}} \bm{i} \bm{t} v_{\bm{W_{h}}}",
    "minimal": r"\bm{W_{h}} \bm{W_{h}^{+}} \bm{h_{l - 1}} \bm{h_{l - 1}^{(s)}}"
               r" \frac{\partial E^{(2)}}{\partial\bm{W_{h}}} \bm{x} \bm{t} v_{\bm{W_{h}}}",
    "bracket": r"W^{[1]} W^{[1]\text{+}} A^{[l - 1]} a^{[l - 1](s)}"
               r" \frac{\partial L^{(2)}}{\partial W^{[1]}} X Y v_{W^{[1]}}",
    "superscript": r"W^{1} W^{1,\,\text{+}} a^{l - 1} a^{l - 1,\,(s)}"
                   r" \frac{\partial C^{(2)}}{\partial W^{1}} x y v_{W^{1}}",
    "unit-numbers": r"\bm{W_{h}} \bm{W_{h}^{+}} \bm{O_{l - 1}} \bm{O_{l - 1}^{(s)}}"
                    r" \frac{\partial E^{(2)}}{\partial\bm{W_{h}}} \bm{x} \bm{T} v_{\bm{W_{h}}}",
}  # fmt: skip


@pytest.mark.parametrize("name", VECTORS)
def test_names_of_matrices(name: str):
    notation = Notation.load(name, problem("2-2-2", 2))
    nodes = [
        notation.matrix("w", 1), notation.matrix("w_new", 1), notation.matrix("out", L_LESS_1),
        notation.matrix("out", L_LESS_1, Name("s")), notation.matrix("dE/dw", 1, 2),
        notation.matrix("out", 0), notation.matrix("t", 2), notation.matrix("velocity", 1),
    ]  # fmt: skip

    assert VECTORS[name] == " ".join(map(latex, nodes))


def test_layers_of_a_deep_network_have_labels_too():
    notation = Notation.load("minimal", problem("2-2-3-2 deep"))

    assert [r"\bm{h_{1}}", r"\bm{h_{2}}", r"\bm{o}", r"\bm{W_{h2}}"] == [
        *(latex(notation.matrix("out", layer)) for layer in (1, 2, 3)),
        latex(notation.matrix("w", 2)),
    ]


def test_a_mark_on_what_has_no_corner_for_it_stands_outside_brackets():
    notation = Notation.load("net-out", problem("2-2-2"))
    marked = notation.sampled(Fraction(Name("a"), Name("b")), Name("s"))

    assert r"\mathopen{}\left(\frac{a}{b}\right)^{(s)}" == latex(marked)
