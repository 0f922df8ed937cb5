"""`selenite why`: a number of a run taken apart, with NumPy alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from selenite.cli.files import FILE, is_there, refuse_unwritable
from selenite.cli.hinting import HintingCommand
from selenite.cli.reading import (
    load_beside,
    one_target,
    read_for,
    read_options,
    reading_options,
)
from selenite.cli.shared_options import OF, RENAME
from selenite.errors import OptionError
from selenite.explanation.numbers.latex import to_latex
from selenite.explanation.numbers.page import to_page
from selenite.explanation.numbers.structure import to_dict
from selenite.explanation.numbers.subject import TUTORIAL, Subject, subject_of
from selenite.explanation.numbers.text import DIGITS, TERMS, to_text
from selenite.explanation.numbers.tree import expand
from selenite.nn import OPTIMIZERS
from selenite.progress import ProgressBar
from selenite.text import argument, json_text, nearest, printable
from selenite.tutorial.networks import NAMES
from selenite.writing import write

DEPTH = 2
MOST_DIGITS = 17  # that a number has
WRITERS = {"latex": to_latex, "html": to_page, None: to_text}


@click.command("why", cls=HintingCommand)
@click.argument("thing", type=FILE)
@click.argument("address")
@click.argument("file", type=FILE, required=False)
@click.option("--row", type=click.IntRange(1), metavar="N", help="Take this row alone; the first is 1.")
@click.option(
    "--depth", metavar="N", help=f"Levels that are opened, or all.  [default: {DEPTH}; for the tutorial's networks all]"
)
@click.option(
    "--breadth",
    type=click.IntRange(1),
    default=1,
    help="Of how many of the largest terms each level opens the numbers.",
)
@click.option(
    "--terms", type=click.IntRange(1), default=TERMS, show_default=True, help="Terms shown; the rest is summed."
)
@click.option("--digits", metavar="N", default=str(DIGITS), show_default=True, help="Significant digits, or all.")
@click.option("--epoch", type=click.IntRange(0), default=0, help="Of the tutorial's networks: after how many steps.")
@click.option("--optimizer", type=click.Choice(OPTIMIZERS), help="Of updates.  [default: what the model was made with]")
@click.option("--learning-rate", type=float, help="Of updates.")
@click.option("--momentum", type=float, help="Of updates by sgd.")
@click.option("--weight-decay", type=float, help="Of updates by adamw.")
@click.option("--l1", type=click.FloatRange(0), help="Penalty on the sizes of the weights.  [default: 0]")
@click.option("--l2", type=click.FloatRange(0), help="Penalty on their squares.  [default: 0]")
@OF
@RENAME
@click.option("--latex", "form", flag_value="latex", help="Print LaTeX instead.")
@click.option("--html", "form", flag_value="html", help="Print one HTML page that needs nothing else.")
@click.option("--json", "form", flag_value="json", help="Print one JSON object instead.")
@click.option(
    "--plot", type=FILE, metavar="PNG", help="Draw the terms, and where the network is small the number's place in it."
)
@click.option("-o", "--output", type=FILE, metavar="PATH", help="Where to write.  [default: standard output]")
@reading_options
def command(
    thing: str,
    address: str,
    file: str | None,
    row: int | None,
    depth: str | None,
    breadth: int,
    terms: int,
    digits: str,
    epoch: int,
    form: str | None,
    plot: str | None,
    output: str | None,
    **options: Any,
) -> None:
    """Take one number of a run apart: the formula, the terms with their numbers, and whether they add up.

    THING is a model's file or a network of the tutorial: tutorial:1, tutorial:2, tutorial:2-biases,
    tutorial:2-perceptron, tutorial:3. FILE is a table (CSV, JSON, Excel or Parquet, - for standard input) with the
    rows for a model. ADDRESS says which number; counting begins at 1.

    \b
      probability   probability[yes]   prediction   loss
      hidden1.unit3.z   .a   .slope (da/dz)   .delta (dloss/dz)   .a.gradient (dloss/da)
      hidden1.weights[2,3]   hidden1.biases[3]   and of each   .gradient   .update
      input[age]   feature[age]   row17.output.delta   member2.hidden1.unit3.z

    \b
    Examples:
      selenite why tutorial:2 'hidden1.weights[1,1].update'
      selenite why m.selenite probability data.csv --row 17
    """
    if file is not None and is_there(address) and not is_there(file):
        address, file = file, address  # as `predict` has them: the table after the model
    if output is not None:
        refuse_unwritable(output, thing, file)
    if plot is not None:
        refuse_unwritable(plot, thing, file, picture=True, beside=output)
    with ProgressBar() as bar:
        bar.begin("computing")
        subject = _updated(_subject(thing, file, row, epoch, options), options)
        levels = (
            None
            if depth == "all" or (depth is None and subject.article)
            else _number("--depth", depth or str(DEPTH), "levels")
        )
        shown = None if digits == "all" else min(_number("--digits", digits, "digits"), MOST_DIGITS)
        found = expand(subject, address, levels, breadth)
        if form == "json":
            content = json_text(to_dict(found, terms=terms))
        else:
            content = WRITERS[form](found, terms=terms, digits=shown)
        if plot is not None:
            bar.begin("drawing")
            from selenite.plots.answer import draw_answer
            from selenite.plots.style import save_axes

            save_axes(draw_answer(subject, found)[0], plot)
    if output is None:
        click.echo(content)
    else:
        write(output, f"{content}\n".encode())
        click.echo(f"written to {printable(output)}", err=True)


def _subject(thing: str, file: str | None, row: int | None, epoch: int, options: dict[str, Any]) -> Subject:
    if thing.startswith(TUTORIAL):
        if file is not None:
            raise OptionError(f"{thing} has rows of its own: leave {file} out, and choose one of them with --row")
        return subject_of(thing, row=row, epoch=epoch)
    near = None if is_there(thing) else nearest(thing, [f"{TUTORIAL}{name}" for name in NAMES])
    if near is not None:
        raise OptionError(f"there is no file {thing}; did you mean {near}?")
    model = one_target(load_beside(thing, file), options["of"])
    if file is None:
        raise OptionError(
            f"say which rows: selenite why {argument(thing)} ADDRESS TABLE --row 1, "
            "with a table such as the model predicts"
        )
    table = read_for(model, file, read_options(options, model.read), options["renames"])
    return subject_of(model, table, row=row, epoch=epoch)


def _updated(subject: Subject, options: dict[str, Any]) -> Subject:
    """Return the subject with the update that the options ask for; what they leave open is as it was."""
    given = {name: value for name, value in options.items() if value is not None}
    names = ("learning_rate", "momentum", "weight_decay")
    asked = {"name": given.get("optimizer", subject.optimizer.name)} | {k: given[k] for k in names if k in given}
    optimizer = replace(subject.optimizer, **asked)
    if optimizer != subject.optimizer:
        summed = subject.summed and optimizer.name == "sgd"
        subject = replace(subject, optimizer=optimizer, state=None, summed=summed)
    return replace(subject, **{name: given[name] for name in ("l1", "l2") if name in given})


def _number(option: str, given: str, of_what: str) -> int:
    if not (given.isascii() and given.isdigit() and int(given) >= 1):
        raise OptionError(f"{option} {given}: give a number of {of_what}, at least 1, or all")
    return int(given)
