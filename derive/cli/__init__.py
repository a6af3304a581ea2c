"""The commands. SymPy and NumPy are imported inside a command, so that help is quick."""

from __future__ import annotations

from derive.cli.interrupted import INTERRUPTED, TOLD

# What follows takes a while, and may be interrupted.
# isort: split

import gc
import sys
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from derive import __version__
from derive.cli.check import check
from derive.cli.mark import mark
from derive.cli.options import (
    OUTPUT,
    Command,
    formats_option,
    option,
    out_option,
    problem_options,
    templates_option,
)
from derive.cli.outputs import chosen, fail, file_name, names, tell
from derive.cli.sheet import sheet
from derive.cli.waiting import waiting
from derive.errors import DeriveError

if TYPE_CHECKING:
    from derive.example import Example

# A command makes many small objects and ends; looking for cycles among them costs a tenth of its time.
gc.set_threshold(100_000, 20, 20)

EXAMPLES = """
\b
Start here:
  derive example 2-2-2                    a 2-2-2 network, numbers drawn from seed 1
  derive new mynet.toml                   a problem file with comments, to be changed
  derive example mynet.toml               the worked solution in output/
  derive check mynet.toml answers.toml    where a hand calculation went wrong, and why
  derive example 2-3-1 --activation tanh --loss squared_error --seed 7
"""


class _Group(click.Group):
    """Commands whose mistakes become a message and an exit status, never a traceback."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except DeriveError as error:
            fail(error)
        except KeyboardInterrupt:
            click.echo(TOLD, err=True)
            sys.exit(INTERRUPTED)
        except OSError as error:
            command = self.commands.get(context.invoked_subcommand or "")
            has_out = command is not None and any(p.name == "out" for p in command.params)
            remedy = "choose another folder with --out" if has_out else "name another file"
            fail(DeriveError(f"{error.filename or 'output'}: {error.strerror or error} ({remedy})"))


@click.group(cls=_Group, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="derive")
def main() -> None:
    """Work out backpropagation: every derivative in symbols and in numbers, proved three ways.

    A network, from a file or as a shorthand like 2-2-2, becomes a step-by-step solution to print
    and hand out: PDF, LaTeX, Markdown, HTML, Word, a notebook, a NumPy script, or JSON.
    """


# --- example -------------------------------------------------------------------------------------


@main.command(
    cls=Command,
    epilog="""
\b
Examples:
  derive example 2-2-2
  derive example mynet.toml --format pdf --out solutions
  derive example mynet.toml --only w5,w1 --detail full
  derive example 2-3-1 --activation tanh --optimizer adam:beta1=0.8 --epochs 2
  derive example mynet.toml --letters input=x,rate=alpha --digits 4d --carry printed
  derive example 784-128-10 --only w100 --format md --out -
""",
)
@click.argument("problem")
@option(
    OUTPUT,
    "--only",
    metavar="NAMES",
    help="Work out only these weights and biases: w5,w1 (or keys: w[2,1,1]).",
)
@formats_option("md,tex,pdf,html")
@out_option()
@templates_option
@problem_options
def example(
    problem: str, only: str | None, formats: str, out: str, templates: Path | None, **options: Any
) -> None:
    """Work PROBLEM out and print the solution.

    PROBLEM is a TOML file (derive new writes one) or a shorthand: 2-2-2 is a network with two
    inputs, two hidden units and two outputs, its numbers drawn from the seed. An option counts for
    more than the file's key of the same name.
    """
    from derive.example import all_formats, work

    wanted = chosen(formats, all_formats(templates), out)
    with waiting(problem, "deriving") as progress:
        lines = None if only is None else names(only)
        result = work(problem, only=lines, progress=progress, **options)
    if out == "-":
        sys.stdout.buffer.write(result.render(wanted[0], templates=templates).content)
        return
    with waiting(problem, "writing"):
        paths = result.save(out, formats=wanted, name=file_name(problem), templates=templates)
    tell(paths, out)
    _report(result)


def _report(result: Example) -> None:
    """That it was checked, and what became of the error."""
    agreement = result.agreement
    relative = max(agreement.numpy_gap.relative, agreement.differences_gap.relative)
    gap = f"largest relative gap {relative:.1e}" if relative else "no difference"
    click.echo(
        f"{agreement.parameters:,} gradient{'s agree' if agreement.parameters > 1 else ' agrees'} "
        f"with NumPy and with differences ({gap})",
        err=True,
    )
    if result.history is not None:
        made, first = result.history.made, result.history.rows[0].error
        last = result.final_error
        ending = f"to {last:.6g}" if isfinite(last) else "beyond any number; see the page"
        count = f"{made:,} update{'' if made == 1 else 's'}"
        click.echo(f"{count}: the error goes from {first:.6g} {ending}", err=True)


# --- new -----------------------------------------------------------------------------------------


@main.command()
@click.argument("file", default="problem.toml", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
def new(file: Path, force: bool) -> None:
    """Write a starter problem file, with a comment for every key, to FILE (- for standard output)."""
    from derive.problem.starter import starter

    if str(file) == "-":
        click.echo(starter(), nl=False)
        return
    if file.exists() and not force:
        fail(
            DeriveError(f"{file}: the file is there already (choose another name, or add --force)")
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(starter(), encoding="utf-8")
    click.echo(f"{file}\nnow run: derive example {file}")


# --- list ----------------------------------------------------------------------------------------

KINDS = (
    "activations", "losses", "layers", "optimizers", "notations", "formats", "slips", "recipes",
)  # fmt: skip


@main.command("list")
@click.argument("kind", type=click.Choice(KINDS), required=False)
def list_(kind: str | None) -> None:
    """Show what there is to choose from; without KIND, everything."""
    from derive.listing import listing

    for name in [kind] if kind else KINDS:
        rows = listing(name)
        if not kind:
            click.echo(f"{name}")
        width = max(map(len, rows))
        for entry, told in rows.items():
            click.echo(f"{'' if kind else '  '}{entry:<{width}}  {told}".rstrip())
        if not kind:
            click.echo()


# --- hand calculations ---------------------------------------------------------------------------

main.add_command(check)
main.add_command(mark)

# --- exercises -----------------------------------------------------------------------------------

main.add_command(sheet)
