"""`selenite check-gradient`: the gradient of a network written by hand, checked, and the slip named that fits."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from selenite.cli.files import FILE
from selenite.cli.hinting import HintingCommand
from selenite.cli.shared_options import JSON
from selenite.errors import OptionError
from selenite.gradient_check.check import check_gradient
from selenite.gradient_check.known_names import find_network
from selenite.gradient_check.result import GradientCheck
from selenite.gradient_check.script.check import check_script, is_flat_script
from selenite.gradient_check.user_code import load_module
from selenite.text import json_text, path_text, printable
from selenite.tutorial.data import load_part

DIFFERS = 7
OF_PARAMETER = {  # what JSON calls each attribute
    "name": "name", "shape": "shape", "agrees": "agrees", "difference": "difference",
    "difference_from_selenite": "from_ours", "entries": "entries", "checked": "checked", "kinks": "kinks",
    "note": "note", "computed": "computed",
}  # fmt: skip


@click.command("check-gradient", cls=HintingCommand)
@click.argument("thing", type=FILE, metavar="FILE.py[:NAME]")
@click.option(
    "--tutorial",
    type=click.Choice(["1", "2", "3"]),
    help="Check on the rows of this part of the tutorial, instead of the X and y in FILE.",
)
@JSON
@click.pass_context
def command(context: click.Context, thing: str, tutorial: str | None, as_json: bool) -> None:
    """Check the gradient of your own network in FILE.py: a script as the tutorial has it, a class, or functions.

    This runs FILE.py as Python would, and then its functions: hand in only code that you trust.

    A script is checked as it was typed; it runs up to the first turn of its training loop, in which arrays take steps
    such as wh -= lr * dcost_wh. A class or functions need loss and gradient (or backward), as methods with (X, y) or
    with the parameters first, and arrays X and y; a forward, which may be left out, takes no y: (X) or (parameters, X).

    Each parameter's gradient is compared with finite differences of your loss and, where the network is recognised,
    with selenite's own; where it differs, the known slip that fits is named.

    Exit code 0 if the gradient is right, 7 if it differs, 8 if your code raises an exception.
    """
    path, name = _parted(thing)
    label = printable(thing)
    if not name and is_flat_script(path):
        if tutorial:
            raise OptionError(f"--tutorial is for a class or functions; {label} is a script with rows of its own")
        found = check_script(path, label)
    else:
        module = load_module(path)
        X, y = load_part(int(tutorial)) if tutorial else (None, None)
        found = check_gradient(find_network(module, name, label), X, y, label=label, module=module)
    click.echo(json_text(_as_json(thing, found)) if as_json else printable_lines(str(found)))
    if not found.ok:
        context.exit(DIFFERS)


def printable_lines(text: str) -> str:
    """Return text line by line as a terminal may show it."""
    return "\n".join(map(printable, text.split("\n")))


def _parted(thing: str) -> tuple[str, str]:
    """Return the file and the name in it."""
    path, colon, name = thing.rpartition(":")
    return (path, name) if colon and path.endswith(".py") else (thing, "")


def _as_json(thing: str, found: GradientCheck) -> dict[str, Any]:
    return {
        "network": path_text(thing),
        "ok": found.ok,
        "recognised": found.network or None,
        "rows": found.rows,
        "parameters": [{key: getattr(one, name) for key, name in OF_PARAMETER.items()} for one in found.parameters],
        "lines": [asdict(line) for line in found.lines],
        "slips": [asdict(slip) for slip in found.slips],
        "alternatives": found.alternatives,
        "difference_with_slips": found.residual,
        "gradient_at": found.line,
        "notes": list(found.notes),
    }
