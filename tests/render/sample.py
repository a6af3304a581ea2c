"""A rich page, made by hand, that uses every block, every shape and every kind of node."""

from __future__ import annotations

from derive.document.blocks import (
    Algorithm,
    AlgorithmLine,
    Beside,
    Block,
    Box,
    Code,
    Display,
    Document,
    Figure,
    Heading,
    Inline,
    Line,
    Link,
    Listing,
    Maths,
    OnKey,
    PageBreak,
    Paragraph,
    Reference,
    Strong,
    Table,
    Task,
    Tasks,
    Text,
)
from derive.document.scene import Disc, Label, Scene, Shape, Stroke
from derive.writing.maths import (
    Blank,
    Brace,
    Bracket,
    Call,
    Cases,
    Fraction,
    Grid,
    Marked,
    Name,
    Node,
    Number,
    Pointer,
    Power,
    Root,
    Row,
    Sign,
    Sum,
    Words,
)
from derive.writing.printers import plain

D = Name("partial")


def n(text: str) -> Node:
    """A token: "w5", "net_h1", "-0.5", "+", "'words"."""
    if text.startswith("'"):
        return Words(text[1:])
    if text.lstrip("-").replace(".", "").isdigit():
        return Number(text)
    if text in ("+", "-", "×", "·", "=", "≈", "→", ",", "…", "≥", "<", "⊙", "±", "≤", ">", "≠"):
        return Sign(text)
    if text == "*":
        return Sign(" ")
    base, _, sub = text.partition("_")
    if sub:
        return Name(base, Number(sub) if sub.isdigit() else Name(sub))
    return Name(base[0], Number(base[1:])) if base[1:].isdigit() else Name(base)


def row(*items: str | Node) -> Row:
    """Nodes, and strings of tokens between spaces."""
    nodes: list[Node] = []
    for item in items:
        nodes.extend(map(n, item.split(" ")) if isinstance(item, str) else [item])
    return Row(tuple(nodes))


def d(over: str, under: str) -> Fraction:
    return Fraction(Row((D, n(over))), Row((D, n(under))))


def br(*items: str | Node) -> Bracket:
    return Bracket(row(*items))


def value(text: str, role: str = "value") -> Marked:
    return Marked(Number(text), role)


def line(left: Node, right: Node, number: int | None = None) -> Line:
    return Line((left, right), number, plain(Row((left, right))))


HALF = Fraction(Number("1"), Number("2"))
EXP = Power(Name("e"), row("- z"))


def network(*hot: str, labels: bool = False, width: float = 48, height: float = 30) -> Scene:
    """A 2-2-2 network; the edges named are on the path."""
    columns = [width * share for share in (0.1, 0.5, 0.9)]
    rows = [height * share for share in (0.22, 0.78)]
    weights = ("0.15", "0.20", "0.25", "0.30", "0.40", "0.45", "0.50", "0.55")
    shapes: list[Shape] = []
    written: list[Shape] = []
    for k, text in enumerate(weights):
        layer, to, source = k // 4, k % 4 // 2, k % 2
        start, end = (columns[layer], rows[source]), (columns[layer + 1], rows[to])
        role = "hot" if f"w{k + 1}" in hot else "edge"
        shapes.append(Stroke((start, end), role))
        t = 0.36 if source == to else 0.27
        x, y = (a * (1 - t) + b * t for a, b in zip(start, end, strict=True))
        content = Row((Name("w", Number(str(k + 1))), Sign(" "), Number(text)))
        written.append(Label(x, y, content, 6.6, "edge", True, 10))
    for letter, x in zip("xho", columns, strict=True):
        for k, y in enumerate(rows):
            written.append(Disc(x, y, 3.6))
            written.append(Label(x, y, Name(letter, Number(str(k + 1)))))
    kept = written if labels else [s for s in written if getattr(s, "role", "") != "edge"]
    return Scene(width, height, (*shapes, *kept))


def t(*items: str | Node | Inline) -> tuple[Inline, ...]:
    """Words, and mathematics between them."""
    inline = (Text, Strong, Code, Maths, Reference, Link)
    return tuple(
        Text(i) if isinstance(i, str) else i if isinstance(i, inline) else Maths(i) for i in items
    )


def p(*items: str | Node | Inline) -> Paragraph:
    return Paragraph(t(*items))


def _given() -> Beside:
    table = Table(
        "lll",
        (t(Strong("given")), (), ()),
        (
            (t("inputs"), t(row("x1 , x2")), t("0.05, 0.10")),
            (t("targets"), t(row("t1 , t2")), t("0.01, 0.99")),
            (t("hidden layer"), t(row("w1 … w4")), t("0.15, 0.20, 0.25, 0.30")),
            ((), t(n("b1")), t("0.35, shared by both units")),
            (t("output layer"), t(row("w5 … w8")), t("0.40, 0.45, 0.50, 0.55")),
            ((), t(n("b2")), t("0.60, shared by both units")),
        ),
    )
    picture = Figure(
        network(labels=True, width=66, height=40),
        "A network of two inputs, two hidden units and two outputs.",
    )
    return Beside((table,), picture, 0.42)


def _conventions() -> Box:
    half_squared = row("E =", Sum(n("k")), HALF, Power(br("t_k - o_k"), Number("2")))
    return Box(
        "conventions",
        (
            p(
                Strong("Conventions."),
                " ",
                half_squared,
                ", with the factor ½. ",
                row("delta =", d("E", "net")),
                ", so weights move by ",
                row("- eta"),
                " times the gradient. Biases are not updated. Every new weight is "
                "computed from the ",
                Strong("old"),
                " weights. Values are carried in full and shown to six significant digits.",
            ),
        ),
    )


def _forward() -> tuple[Block, ...]:
    sigma = Call(Name("sigma"), (Name("z"),))
    slope = Call(Name("sigma", sup=Sign("′")), (Name("z"),))
    under = row("1 +", EXP)
    return (
        Heading(1, t("1\u2002The function and its derivative")),
        Display(
            (
                line(sigma, row("=", Fraction(Number("1"), under)), 1),
                line(
                    slope,
                    row(
                        "=",
                        Fraction(EXP, Power(Bracket(under), Number("2"))),
                        "=",
                        sigma,
                        Bracket(row("1 -", sigma)),
                    ),
                    2,
                ),
            )
        ),
        p(
            "because ",
            Fraction(EXP, under),
            " ",
            row("= 1 -", sigma),
            ". A unit whose output is ",
            n("a"),
            " therefore has slope ",
            row("a", br("1 - a")),
            ": nothing new needs to be computed.",
        ),
        Heading(1, t("2\u2002Forward pass")),
        Display(
            (
                line(
                    n("net_h1"),
                    row(
                        "= w1 * x1 + w2 * x2 + b1 = 0.15 × 0.05 + 0.20 × 0.10 + 0.35 =",
                        value("0.3775"),
                    ),
                    3,
                ),
                line(
                    n("h1"),
                    row(
                        "=",
                        Call(Name("sigma"), (n("net_h1"),)),
                        "=",
                        Fraction(Number("1"), row("1 +", Power(Name("e"), Number("-0.3775")))),
                        "≈",
                        value("0.593270"),
                    ),
                    4,
                ),
            )
        ),
        p("The other units follow the same two lines."),
        Table(
            "llrr",
            (t("unit"), t("net input"), t("net"), t("output")),
            (
                (t(n("h2")), t(row("w3 * x1 + w4 * x2 + b1")), t("0.3925"), t("0.596884")),
                (t(n("o1")), t(row("w5 * h1 + w6 * h2 + b2")), t("1.10591"), t("0.751365")),
                (t(n("o2")), t(row("w7 * h1 + w8 * h2 + b2")), t("1.22492"), t("0.772928")),
            ),
            t("Every unit, computed as in ", Reference(3), " and ", Reference(4), "."),
        ),
        Heading(1, t("3\u2002Error")),
        Display(
            (
                line(
                    n("E"),
                    row(
                        "=",
                        HALF,
                        Power(br("0.01 - 0.751365"), Number("2")),
                        "+",
                        HALF,
                        Power(br("0.99 - 0.772928"), Number("2")),
                        "= 0.274811 + 0.0235600 ≈",
                        value("0.298371"),
                    ),
                    5,
                ),
            )
        ),
    )


def _output_layer() -> tuple[Block, ...]:
    product = row(
        "=",
        Brace(d("E", "o1"), Words("error")),
        "·",
        Brace(d("o1", "net_o1"), Words("slope of the unit")),
        "·",
        Brace(d("net_o1", "w5"), Row((Words("what "), n("w5"), Words(" multiplies")))),
    )
    return (
        Heading(1, t("4\u2002Backward pass: the output layer")),
        Heading(2, t("Weight ", n("w5"))),
        Beside(
            (Display((line(d("E", "w5"), product, 6),)),),
            Figure(network("w5"), "The edge w5 from h1 to o1 is marked."),
        ),
        Display(
            (
                Line(
                    (
                        d("E", "o1"),
                        row("= -", br("t1 - o1"), "= -", br("0.01 - 0.751365")),
                        Row(()),
                        row("≈ 0.741365"),
                    )
                ),
                Line(
                    (
                        d("o1", "net_o1"),
                        row("= o1", br("1 - o1"), "= 0.751365 ×", br("1 - 0.751365")),
                        Row(()),
                        row("≈ 0.186816"),
                    ),
                    7,
                ),
                Line(
                    (
                        d("net_o1", "w5"),
                        Row((Sign("="), n("h1"), Sign("  "), Words("by "), Pointer(4))),
                        Row(()),
                        row("≈ 0.593270"),
                    )
                ),
            )
        ),
        Display(
            (
                line(
                    d("E", "w5"),
                    row("= 0.741365 × 0.186816 × 0.593270 ≈", value("0.0821670", "hot")),
                    8,
                ),
            )
        ),
    )


def _hidden_layer() -> tuple[Block, ...]:
    def path(k: str, w: str) -> Brace:
        inside = row(d("E", f"o{k}"), "*", d(f"o{k}", f"net_o{k}"), "*", w)
        return Brace(inside, Row((Words("through "), n(f"o{k}"))))

    both = Bracket(row(path("1", "w5"), "+", path("2", "w7")), "[]")
    return (
        Heading(2, t("Weight ", n("w1"), ": two paths")),
        Beside(
            (
                p(
                    n("w1"),
                    " reaches the error through ",
                    Strong("both"),
                    " outputs, so the chain rule is a sum over the two paths ",
                    row("w1 → h1 → o1 → E"),
                    " and ",
                    row("w1 → h1 → o2 → E"),
                    ".",
                ),
            ),
            Figure(
                network("w1", "w5", "w7"),
                "Two paths from w1 to the error are marked.",
                t("Both paths of ", n("w1")),
            ),
        ),
        Display((line(d("E", "w1"), row("=", both, "· h1", br("1 - h1"), "· x1"), 9),)),
        p("The first two factors of each path are already known; give them a name."),
        Display(
            (
                line(
                    n("delta_o1"),
                    row(
                        "=",
                        d("E", "o1"),
                        "*",
                        d("o1", "net_o1"),
                        "= 0.741365 × 0.186816 ≈ 0.138499",
                    ),
                ),
                line(
                    n("delta_o2"),
                    row(
                        "=",
                        d("E", "o2"),
                        "*",
                        d("o2", "net_o2"),
                        "=",
                        br("-0.217072"),
                        "× 0.175510 ≈ -0.0380982",
                    ),
                    10,
                ),
            )
        ),
        Display(
            (
                line(
                    n("delta_h1"),
                    row("=", br("delta_o1 * w5 + delta_o2 * w7"), "· h1", br("1 - h1")),
                ),
                line(
                    Row(()),
                    row(
                        "=",
                        br("0.138499 × 0.40 +", br("-0.0380982"), "× 0.50"),
                        "× 0.241301 ≈ 0.00877135",
                    ),
                    11,
                ),
            )
        ),
        Display(
            (
                line(
                    d("E", "w1"),
                    row("= delta_h1 * x1 = 0.00877135 × 0.05 ≈", value("0.000438568", "hot")),
                    12,
                ),
            )
        ),
        Box(
            "remark",
            (
                p(
                    "Written out path by path, the eight gradients take 52 factors; with the "
                    "deltas, which are computed once and used again, 14 terms. That saving is "
                    "the point of back-propagation."
                ),
            ),
        ),
    )


def _update() -> tuple[Block, ...]:
    rows = (
        ("w1", "0.15", "0.000438568", "−0.000219284", "0.149781"),
        ("w2", "0.20", "0.000877135", "−0.000438568", "0.199561"),
        ("w5", "0.40", "0.0821670", "−0.0410835", "0.358916"),
        ("w8", "0.55", "−0.0227402", "+0.0113701", "0.561370"),
    )
    gap = Number("3.3", -19)
    slashed = Row((D, Name("E"), Words("/"), D, n("w1")))
    return (
        Heading(1, t("5\u2002Update, all weights at once")),
        Table(
            "lrrrr",
            (t("weight"), t("old"), t("gradient"), t(row("- eta ×"), " gradient"), t("new")),
            tuple(
                (t(n(w)), t(old), t(gradient), t(step), t(Strong(new)))
                for w, old, gradient, step, new in rows
            ),
        ),
        p(
            "The error falls from 0.298371 to 0.291028. (Passing the error back through the "
            "already updated ",
            row("w5 … w8"),
            " would give 0.291027924 in place of 0.291027774: a common mistake.)",
        ),
        Heading(1, t("6\u2002Check")),
        Table(
            "lrrrr",
            (
                t("gradient"),
                t("chain rule (SymPy)"),
                t("backpropagation (NumPy)"),
                t("differences"),
                t("largest gap"),
            ),
            ((t(slashed), t("0.000438567734"), t("0.000438567734"), t("0.000438567734"), t(gap)),),
        ),
    )


def _more() -> tuple[Block, ...]:
    """What a page about other networks needs: matrices, cases, roots, ranges."""
    relu = Cases(
        ((n("z"), Row((Words("if "), row("z ≥ 0")))), (row("0.01 * z"), Words("otherwise")))
    )
    column = Grid((((n("w1")), n("w2")), (n("w3"), n("w4"))))
    vector = Grid(((n("x1"),), (n("x2"),)))
    adam = row(
        "w1 -",
        Fraction(
            row("eta *", Name("m\u0302", Number("1"))),
            row(Root(Name("v\u0302", Number("1"))), "+ epsilon"),
        ),
    )
    return (
        Heading(1, t("7\u2002Other shapes of formula")),
        Display(
            (
                line(Call(Name("phi"), (n("z"),)), row("=", relu), 13),
                line(
                    Name("z", sup=Words("(1)")),
                    row("=", column, vector, "+", Name("b", sup=Sign("+"))),
                    14,
                ),
                line(Name("w", Number("1"), Sign("+")), row("=", adam), 15),
                line(
                    Name("L"),
                    row(
                        "=",
                        Sum(row("k = 1"), Name("n")),
                        Bracket(row("t_k - o_k"), "||"),
                        "=",
                        Call(Name("max"), (Number("0"), row("1 - t1 * o1"))),
                        "-",
                        Power(Call(Name("tanh"), (n("z"),)), Number("2")),
                    ),
                    16,
                ),
                line(
                    Name("delta"),
                    row(
                        "=",
                        Bracket(row(Power(Name("W"), Sign("⊤")), "* delta")),
                        "⊙",
                        Power(Fraction(Name("a"), Name("b")), Number("2")),
                    ),
                    17,
                ),
            )
        ),
        p(
            "Type ",
            Code("derive example 2-2-2 --seed 7"),
            "; see ",
            Link("the source", "https://example.org/a?b=1&c=2#d"),
            ". Equation ",
            Reference(13),
            " has a kink at zero.",
        ),
        Figure(
            Scene(
                60,
                22,
                (
                    Stroke(((2, 20), (58, 20)), "axis"),
                    Stroke(((30, 20), (30, 2)), "axis"),
                    Stroke(((2, 20), (30, 20), (50, 3)), "hot"),
                    Stroke(((2, 11), (58, 11)), "faint"),
                    Label(55, 17, Name("z"), 8),
                    Label(22, 5, Row((Name("phi"), Words("(z)"))), 8, "hot"),
                    Disc(30, 20, 1, "hot"),
                    Disc(40, 11, 1.2, "faint"),
                ),
            ),
            "The leaky ReLU: nearly flat left of zero, the identity right of it.",
            t("A bent line."),
        ),
    )


def big(size: int) -> Grid:
    """A matrix of numbers with nine digits."""
    return Grid(
        tuple(
            tuple(Number(f"{'-' * ((i + j) % 2)}0.{123456789 + i + 37 * j}") for j in range(size))
            for i in range(size)
        )
    )


def plot() -> Scene:
    """A curve that falls, with a grid, axes and a mark."""
    curve = tuple((10 + 0.3 * k, 5 + 30 * (1 - 0.98**k)) for k in range(200))
    shapes: list[Shape] = [Stroke(((10, y), (70, y)), "grid") for y in (5, 15, 25)]
    shapes += [Stroke(((10, 3), (10, 35), (72, 35)), "axis"), Stroke(curve, "curve")]
    shapes += [Disc(*curve[0], 0.8, "mark"), Disc(*curve[-1], 0.8, "mark")]
    shapes += [Label(10 + 15 * k, 38, Number(str(50 * k)), role="axis") for k in range(5)]
    shapes += [Label(5, 35 - 10 * k, Number(f"0.{k}"), role="axis") for k in range(4)]
    return Scene(74, 41, tuple(shapes))


CODE = """\
import numpy as np

W = np.array([[0.15, 0.20], [0.25, 0.30]])  # weights[j][i], "as typed"
for epoch in range(2):
    W -= 0.5 * np.outer([0.1, 0.2], [0.05, 0.10])
    if epoch % 2 == 0 and W[0, 0] > 0.1:
        text = 'a\\\\b {0} ~ $x$ `y` <z> 100% & #1 ^ |'.format(epoch)
assert W.shape == (2, 2), "a message that goes on until the line is too long for any page, and some"
"""


def _training() -> tuple[Block, ...]:
    """What a page about training needs: an algorithm, code, a plot, large matrices."""
    lines = (
        (0, t("draw the weights ", n("w"), " at random")),
        (0, t(Strong("repeat"), " for each epoch")),
        (1, t(Strong("for each"), " sample ", row("x , t"))),
        (2, t("forward: ", row("net = W * x"), ", then ",
              row("o =", Call(Name("sigma"), (n("net"),))))),
        (2, t("backward: ", row("delta =", d("E", "net")))),
        (2, t(row("w → w - eta *", d("E", "w")),
              ", in a line of words that goes on for so long that it must be continued below, "
              "where it starts further to the right than it did")),
        (0, t(Strong("until"), " the error is small, as in ", Reference(5))),
    )  # fmt: skip
    transposed = Power(Grid(((n("w1"), n("w2")), (n("w3"), n("w4")))), Sign("⊤"))
    vector = Grid(((Number("0.1"),), (Number("-0.2"),)))
    column = Grid(tuple((Number(f"0.{k}23456789"),) for k in range(6)))
    return (
        Heading(1, t("8\u2002Training")),
        Algorithm(
            tuple(AlgorithmLine(indent, content) for indent, content in lines),
            t("Online training of ", n("w"), "."),
        ),
        p("The same in Python:"),
        Listing(CODE),
        Figure(plot(), "The error falls from 0.3 towards 0.", t("The error, epoch by epoch.")),
        p("And matrices:"),
        Display(
            (
                line(n("delta_h"), row("=", transposed, vector, "⊙", vector, "=", vector), 18),
                line(Name("W"), row("=", big(6)), 19),
                line(Name("o"), row("=", big(6), column, "+", column, "=", column), 20),
                line(Name("a"), big(12), 21),
            )
        ),
    )


def tasks() -> Tasks:
    """Lines to be filled in: in one row, in two, with a value that is given, in few words."""
    numbers = row("0.15 × 0.05 + 0.20 × 0.10 + 0.35")
    long = row("0.123456 × 0.123456 +", br("-0.123456"), "× 0.123456 +", br("-0.123456"),
               "× 0.123456 +", br("-0.123456"), "× 0.123456 + 0.35")  # fmt: skip
    symbols = row("w1 · x1 + w2 · x2 + b1")
    half = row("1 +", Power(Name("e"), row("-", n("net_h1"))))
    lines = (
        Task(n("net_h1"), (symbols, Blank(numbers, 14)), n("="), Blank(Number("0.3775")), "2"),
        Task(n("net_h2"), (symbols, Blank(long, 14)), n("≈"), Blank(Number("-0.3925")), "2"),
        Task(n("h1"), (Fraction(Number("1"), half),), n("≈"), Number("0.593270")),
        Task(d("E", "w1"), (row(br("t1 - o1", ), "·", Blank(n("x1"), 3)),), n("≈"),
             Blank(Number("-1.20", -7)), "1"),
        Task(Bracket(n("w1"), "||"), (), n("="), Blank(Bracket(n("x1"), "||"))),
    )  # fmt: skip
    return Tasks(lines, (t("line"), t("working"), t("points"), t("value")))


SAMPLE = Document(
    "A 2-2-2 network, worked",
    t("sigmoid units · half squared error · one sample · learning rate ", row("eta = 0.5")),
    (
        _given(),
        _conventions(),
        *_forward(),
        *_output_layer(),
        *_hidden_layer(),
        *_update(),
        *_more(),
        *_training(),
        PageBreak(),
        Heading(1, t("9\u2002Fill in")),
        tasks(),
        p("Last: ", row("E =", Blank(Number("0.298371"), 5))),
        OnKey((p("The key."),), (p("The sheet."),)),
    ),
    words={"page": "page", "contents": "Contents"},
)
