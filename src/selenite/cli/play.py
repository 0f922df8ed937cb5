"""`selenite play`: the playground, in the browser."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from selenite.cli.files import FILE, is_there
from selenite.cli.reading import read_for, read_options, reading_options
from selenite.errors import OptionError
from selenite.text import json_text


@click.command("play")
@click.argument("source", type=FILE, required=False)
@click.argument("rows", type=FILE, required=False)
@click.option("--no-browser", is_flag=True, help="Print the address and open nothing.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where to listen.  [default: any free port]")
@click.option(
    "--rename", "renames", multiple=True, metavar="NEW=KNOWN", help="A column's name in ROWS and in the model."
)
@click.option("--json", "as_json", is_flag=True, help="Print the address as JSON.")
@reading_options
def command(
    source: str | None,
    rows: str | None,
    no_browser: bool,
    port: int,
    renames: tuple[str, ...],
    as_json: bool,
    **options: object,
) -> None:
    """Watch a network learn, look inside, and take your own data, in the browser.

    SOURCE may be a table (CSV or Parquet), a model's file, tutorial:1, tutorial:2 or tutorial:3, or a link that the
    page made. ROWS is a table to see a model by. The page is served to this machine alone; nothing is sent anywhere.
    Ctrl-C ends it.
    """
    try:
        from selenite.play.server import HOST, Playground
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("starlette", "uvicorn", "h11", "anyio"):
            raise
        raise OptionError("the playground needs starlette and uvicorn: pip install 'selenite[play]'") from None
    from selenite.play.problem import LIMITS
    from selenite.play.verbs import open_link, take_lesson

    if rows is not None and not (source or "").endswith(".selenite"):
        raise OptionError(f"{rows}: a second file is for a model, as in selenite play model.selenite {rows}")
    playground = Playground(port)
    bench = playground.bench
    lessons = {"tutorial:1": "part1", "tutorial:2": "part2", "tutorial:3": "part3", "tutorial": "part2"}
    if source in lessons:
        take_lesson(bench, lessons[source])
    elif source and source.startswith("tutorial:"):
        raise OptionError(f"there is no {source}; there are tutorial:1, tutorial:2 and tutorial:3")
    elif source and "#" in source and not is_there(source):
        open_link(bench, source)
    elif source and source.endswith(".selenite"):
        from selenite.model import load

        model = load(source)
        table = None if rows is None else read_for(model, rows, read_options(options, model.read), renames, LIMITS)
        bench.open_model(model, Path(source).name, table)
    elif source:
        from selenite.table import read_table

        bench.open_table(read_table(source, read_options(options), limits=LIMITS))
    if as_json:
        click.echo(json_text({"address": playground.address, "host": HOST, "port": playground.port}))
    else:
        click.echo(f"The playground is at {playground.address}")
        click.echo("Only this machine can reach it, and only with this address. Ctrl-C ends it.")
    with suppress(KeyboardInterrupt):
        playground.serve(browser=not no_browser)
