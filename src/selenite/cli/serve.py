"""`selenite serve`: a model that answers over HTTP."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from selenite.cli.extras import needing_a_server
from selenite.cli.files import FILE
from selenite.cli.hinting import HintingCommand
from selenite.cli.reading import pairs_of
from selenite.cli.shared_options import RENAME
from selenite.model import load
from selenite.text import json_text, printable

PORT = 8000


@click.command("serve", cls=HintingCommand)
@click.argument("model", type=FILE)
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", help="Where to listen.  [default: this machine alone]")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, help=f"[default: {PORT}; 0: any free port]")
@RENAME
@click.option("--json", "as_json", is_flag=True, help="Print the address as JSON.")
def command(model: str, host: str, port: int, renames: tuple[str, ...], as_json: bool) -> None:
    """Answer over HTTP with MODEL: rows are posted to /predict, as JSON or CSV, and predictions come back.

    /openapi.json describes what a row is, /health says whether it answers. A request has at most 10,000 rows. Only this
    machine can ask, unless --host says otherwise: then put a server before it that knows who may, and encrypts. Ctrl-C
    ends it.
    """
    with needing_a_server("serving", "serve"):
        from selenite.serving.description import example_of
        from selenite.serving.server import ModelServer
    loaded = load(model)
    with ModelServer(loaded, Path(model).name, host, port, dict(pairs_of(loaded, renames))) as server:
        if as_json:
            click.echo(json_text({"address": server.address, "host": host, "port": server.port}))
        else:
            row = json_text(example_of(loaded)).replace("'", "'\\''")
            click.echo(f"{printable(Path(model).name)} answers at {server.address}. Ctrl-C ends it. Ask, for example:")
            click.echo(f"  curl {server.address}/predict -H 'Content-Type: application/json' -d '{printable(row)}'")
        with suppress(KeyboardInterrupt):
            server.serve()
