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
@click.option(
    "--export",
    "exported",
    type=FILE,
    metavar="FILE.html",
    help="Write the whole page to one file that needs no selenite.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the address as JSON.")
@reading_options
def command(
    source: str | None,
    rows: str | None,
    no_browser: bool,
    port: int,
    renames: tuple[str, ...],
    exported: str | None,
    as_json: bool,
    **options: object,
) -> None:
    """Watch a network learn, look inside, and take your own data, in the browser.

    SOURCE may be a table (CSV or Parquet), a model's file, tutorial:1, tutorial:2 or tutorial:3, or a link that the
    page made. ROWS is a table to see a model by. The page is served to this machine alone; nothing is sent anywhere.
    Ctrl-C ends it.

    With --export nothing is served: the page is written to a file that opens from a disk or any web space, offline,
    with the lesson or the link that SOURCE names.
    """
    if exported is not None:
        return _export(exported, source)
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
    with Playground(port) as playground:
        bench = playground.bench
        if source and (lesson := _lesson(source)):
            take_lesson(bench, lesson)
        elif source and _is_link(source):
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


def _lesson(source: str) -> str:
    """Return the page's name of a part of the tutorial; "" for what is something else."""
    lessons = {"tutorial:1": "part1", "tutorial:2": "part2", "tutorial:3": "part3", "tutorial": "part2"}
    if source.startswith("tutorial:") and source not in lessons:
        raise OptionError(f"there is no {source}; there are tutorial:1, tutorial:2 and tutorial:3")
    return lessons.get(source, "")


def _is_link(source: str) -> bool:
    return "#" in source and not is_there(source)


def _export(path: str, source: str | None) -> None:
    """Write the page to a file."""
    from selenite.play.lessons import LESSONS
    from selenite.play.link import Link, decode_link, encode_link
    from selenite.play.one_file import one_file
    from selenite.writing import write

    fragment = ""
    if source and (lesson := _lesson(source)):
        fragment = encode_link(Link(LESSONS[lesson].settings, lesson=lesson))
    elif source and _is_link(source):
        decode_link(source)
        fragment = source.partition("#")[2]
    elif source:
        raise OptionError(f"{source}: a page by itself takes tutorial:1, tutorial:2, tutorial:3 or a link, no file")
    content = one_file(fragment).encode()
    write(path, content)
    click.echo(f"Wrote {path}: the whole playground, {len(content) / 1e6:.1f} MB. It opens in any browser, offline.")
