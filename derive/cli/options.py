"""The options that commands share, and a help that shows options in sections.

With `@problem_options` a command takes all that set what a problem file sets; each arrives under the
name of the file's key, and is None where it was not given.

>>> [section for section, _ in OPTIONS]
['The network', 'The training', 'The digits', 'The page']
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])


class Command(click.Command):
    """A command whose help shows each section of its options under a heading."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, section by section."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx) if isinstance(parameter, click.Option) else None
            if record is not None:
                section = getattr(parameter, "section", "Help")
                sections.setdefault(section, []).append(record)
        for section, records in sections.items():
            with formatter.section(section):
                formatter.write_dl(records)


class Option(click.Option):
    """An option that knows its section of the help."""

    def __init__(self, *declarations: Any, section: str, **settings: Any) -> None:
        super().__init__(*declarations, **settings)
        self.section = section


def option(section: str, *names: str, **settings: Any) -> Callable[[Function], Function]:
    """An option in a section of the help."""
    return click.option(*names, cls=Option, section=section, **settings)


# --- what to write -------------------------------------------------------------------------------

OUTPUT = "What to write"


def formats_option(default: str, told: str = "Formats") -> Callable[[Function], Function]:
    """The formats to write, for `chosen`; `told` is the beginning of the help."""
    return option(
        OUTPUT, "--format", "formats", metavar="LIST", default=default, show_default=True,
        help=f"{told}, separated by commas; see: derive list formats.",
    )  # fmt: skip


def out_option(streams: bool = True) -> Callable[[Function], Function]:
    """The folder to write to; `streams` where - is standard output."""
    streamed = "; - writes one format to standard output" if streams else ""
    return option(
        OUTPUT, "--out", metavar="DIR", default="output", show_default=True,
        help=f"The folder to write to{streamed}.",
    )  # fmt: skip


def templates_option(command: Function) -> Function:
    """A folder of templates."""
    folder = click.Path(exists=True, file_okay=False, path_type=Path)
    told = "A folder of your own templates, looked at first."
    return option(OUTPUT, "--templates", metavar="DIR", type=folder, help=told)(command)


def points_option(section: str) -> Callable[[Function], Function]:
    """What lines are worth, for `points_of`."""
    return option(
        section, "--points", metavar="LIST",
        help="Points for kinds or single lines: delta=2,w_new=1,E=3; or a TOML file with a table "
        "[points]. Any other line is worth 1.",
    )  # fmt: skip


# --- what a problem file sets --------------------------------------------------------------------

WHOLE = "INTEGER"

# Names, what stands for the value in the help, and what the option does.
OPTIONS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    ("The network", (
        ("--activation", "NAMES",
         "One function for all layers, or one for each: relu,softmax. Parameters follow a colon: "
         "leaky_relu:slope=0.2. See: derive list activations."),
        ("--bias", "FORM",
         "Biases of all layers: each (one for each unit), shared (one for the layer), threshold (a "
         "weight on a constant input of -1) or none."),
        ("--loss", "NAME",
         "The error to be minimised; parameters follow a colon: huber:delta=2. See: derive list "
         "losses."),
        ("--seed", WHOLE,
         "Draws whatever number the problem leaves out; another seed, other numbers."),
    )),
    ("The training", (
        ("--optimizer", "NAME",
         "How a gradient changes a weight: gradient_descent, adam … Parameters follow a colon: "
         "momentum:momentum=0.8,weight_decay=0.01. See: derive list optimizers."),
        ("--learning-rate --rate", "NUMBER",
         "The length of a step; its digits are printed as they are typed."),
        ("--epochs", WHOLE, "How many times to go through all samples."),
        ("--batch-size", "NUMBER",
         "Samples for each update: all of them (all), or so many; 1 updates after every sample."),
        ("--reduction", "NAME",
         "How the errors of a batch's samples become one: their mean, or their sum."),
        ("--stop-below", "NUMBER",
         "Begin no further epoch once the error over all samples is below this."),
    )),
    ("The digits", (
        ("--digits", "N", "6 shows six significant digits (the default), 4d four decimals."),
        ("--rounding", "RULE",
         "What becomes of a 5 that is cut off: half-up, as taught at school (the default), or "
         "half-even."),
        ("--carry", "POLICY",
         "full goes on with every digit (the default); printed computes each line from the numbers "
         "as printed, as one does by hand."),
    )),
    ("The page", (
        ("--title", "TEXT", "What stands at the head of the page."),
        ("--detail", "LEVEL",
         "How much is written out: brief, standard (the default) or full."),
        ("--notation", "NAME",
         "What quantities are called; see: derive list notations."),
        ("--letters", "LIST",
         "Letters of your own: input=x,target=y,rate=alpha. Also for output, net, error, weight, "
         "bias and delta."),
        ("--delta", "SIGN",
         "subtract: delta is dE/dnet, and updates subtract; add: delta is -dE/dnet, and updates add. "
         "Otherwise the notation decides."),
        ("--matrix", "FORM",
         "The same with matrices: in column vectors, W x (column, the default), in row vectors, x W "
         "(row), or not at all (none)."),
        ("--samples", "WHICH",
         "Which of several samples are worked in full: first (the default) or all."),
        ("--language", "CODE", "The language of the page; the default is en."),
    )),
)  # fmt: skip


def problem_options(command: Function) -> Function:
    """Give a command every option that sets a key of the problem file."""
    for section, rows in reversed(OPTIONS):
        for names, metavar, told in reversed(rows):
            kind = int if metavar == WHOLE else str
            add = option(section, *names.split(), metavar=metavar, type=kind, help=told)
            command = add(command)
    return command
