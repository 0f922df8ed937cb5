"""`selenite export`: a model written so that it predicts without selenite, and the proof that it does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from selenite.cli.files import FILE
from selenite.errors import OptionError
from selenite.exporting import export, verify
from selenite.exporting.proved import WRITERS
from selenite.model import load
from selenite.text import printable


@click.command("export")
@click.argument("model", type=FILE)
@click.option("--to", type=click.Choice(list(WRITERS)), help="What to write.")
@click.option("-o", "--output", type=FILE, metavar="DIR", help="The folder to write to.  [default: the model's name]")
@click.option("--name", metavar="NAME", help="Of the files and of what they define.  [default: the model's name]")
@click.option("--double", is_flag=True, help="Compute in double precision (c, onnx).")
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    metavar="X",
    help="The largest difference allowed, of a probability or of a number in the target's standard deviations.  "
    "[default: 1e-6, of a model in double precision 1e-12]",
)
@click.option("--verify", "verified", type=FILE, metavar="DIR", help="Check what was exported to DIR earlier.")
def command(
    model: str, to: str | None, output: str | None, name: str | None, verified: str | None, **options: Any
) -> None:
    """Write MODEL so that it predicts without selenite, and prove that it does.

    The export goes the whole way from a raw row (text, gaps, dates, unknown categories) to the answer. It is run
    on rows of its own, which it carries with it, before it is kept: beyond the tolerance it is refused.
    """
    if (to is None) == (verified is None):
        raise OptionError(f"say what to write, --to {'|'.join(WRITERS)}, or what to check, --verify DIR")
    loaded = load(model)
    if verified is not None:
        for proof in verify(verified, loaded, tolerance=options["tolerance"]):
            click.echo(printable(str(proof)))
        return
    assert to is not None
    stem = name or Path(model).name.removesuffix(".selenite")
    proof = export(loaded, to, output or stem, name=stem, **options)
    click.echo("\n".join(printable(f"{path}") for path in proof.files))
    click.echo(printable(str(proof)))
