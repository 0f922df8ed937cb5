"""`selenite export`: a model written so that it predicts without selenite, and the proof that it does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from selenite.cli.files import FILE, refuse_unwritable
from selenite.cli.hinting import HintingCommand
from selenite.cli.reading import one_target, read_for, require_answers
from selenite.cli.shared_options import OF
from selenite.cli.sizes import sizes
from selenite.errors import OptionError
from selenite.exporting import Proof, export, verify
from selenite.exporting.proved import WRITERS, identifier
from selenite.model import load
from selenite.progress import ProgressBar
from selenite.text import paragraph, printable


@click.command("export", cls=HintingCommand)
@click.argument("model", type=FILE)
@click.option("--to", type=click.Choice(list(WRITERS)), help="What to write.")
@click.option("-o", "--output", type=FILE, metavar="DIR", help="The folder to write to.  [default: the model's name]")
@OF
@click.option("--name", metavar="NAME", help="Of the files and of what they define.  [default: the model's name]")
@click.option("--double", is_flag=True, help="Compute in double precision (c, onnx).")
@click.option("--integer", is_flag=True, help="Compute in integers alone, with a proved bound (c).")
@click.option(
    "--distil",
    type=sizes,
    metavar="16,8",
    help="Export one small network of these hidden layers, which learns MODEL's answers to the rows of --data; it "
    "knows no rows again.",
)
@click.option(
    "--data",
    type=FILE,
    metavar="FILE",
    help="The training table for --distil; rows with answers to judge integers on; rows a page compares with.",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    metavar="X",
    help="The largest difference allowed, of a probability or of a number in the target's standard deviations.  "
    "[default: 1e-6; in double precision 1e-12; in integers, where it limits the proved bound, 0.1]",
)
@click.option("--verify", "verified", type=FILE, metavar="DIR", help="Check what was exported to DIR earlier.")
def command(
    model: str,
    to: str | None,
    output: str | None,
    name: str | None,
    verified: str | None,
    data: str | None,
    **options: Any,
) -> None:
    """Write MODEL so that it predicts without selenite, and prove that it does.

    The export goes the whole way from a raw row (text, gaps, dates, unknown categories) to the answer. It is run
    on rows of its own, which it carries with it, before it is kept: beyond the tolerance it is refused.
    """
    if (to is None) == (verified is None):
        raise OptionError(f"say what to write, --to {'|'.join(WRITERS)}, or what to check, --verify DIR")
    if options["integer"] and (to != "c" or options["double"]):
        raise OptionError("--integer is for --to c, without --double")
    if data is None and options["distil"] is not None:
        raise OptionError("--distil needs --data TABLE: the table that MODEL was fitted on, or one like it")
    answers_asked = options["integer"] or options["distil"] is not None
    if data is not None and not answers_asked and to != "html":
        raise OptionError("--data is for --distil, --integer and --to html: other exports answer as the model does")
    loaded = one_target(load(model), options.pop("of"))
    if verified is not None:
        for proof in verify(verified, loaded, tolerance=options["tolerance"]):
            _say(proof)
        return
    assert to is not None
    stem = name or Path(model).name.removesuffix(".selenite")
    folder = output or stem
    if options["distil"] is not None:
        _refuse_written_over(Path(folder) / f"{identifier(stem)}.selenite", model, data)
    with ProgressBar() as bar:
        table = None if data is None else read_for(loaded, data, loaded.read)
        if table is not None and answers_asked:
            require_answers(loaded, table)
        proof = export(loaded, to, folder, name=stem, data=table, stages=bar, **options)
    if proof.distilled is not None:
        click.echo(f"{proof.distilled}\n")
    click.echo("\n".join(printable(f"{path}") for path in proof.files))
    _say(proof)


def _refuse_written_over(path: Path, *inputs: str | None) -> None:
    """Refuse a distilled model that would take the place of what is read."""
    if path.exists():
        refuse_unwritable(str(path), *inputs)


def _say(proof: Proof) -> None:
    first, *facts = str(proof).splitlines()
    click.echo("\n".join([printable(first), *(paragraph(printable(fact), "", "  ") for fact in facts)]))
