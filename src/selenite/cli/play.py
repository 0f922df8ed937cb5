"""`selenite play`: the playground, in the browser."""

from __future__ import annotations

import re
import zlib
from base64 import urlsafe_b64decode
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from selenite.cli.columns import kinds_of
from selenite.cli.extras import needing_a_server
from selenite.cli.files import FILE, is_there
from selenite.cli.hinting import HintingCommand
from selenite.cli.reading import read_for, read_options, reading_options
from selenite.errors import OptionError
from selenite.text import argument, json_text

if TYPE_CHECKING:
    from selenite.play.files import PageKind
    from selenite.play.server import Playground
    from selenite.table import Table

N_LESSONS = 10  # of the course
LESSONS = {"tutorial:1": "part1", "tutorial:2": "part2", "tutorial:3": "part3", "tutorial": "part2"} | {
    f"lesson:{number}": str(number) for number in range(1, N_LESSONS + 1)
}  # in the page's words


@click.command("play", cls=HintingCommand)
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
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="NAME=KIND",
    help="What columns of a table are, commas between: number, category, date, text, identifier. The page can change "
    "it.",
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
    kinds: tuple[str, ...],
    as_json: bool,
    **options: object,
) -> None:
    """Watch a network learn, look inside, and take your own data, in the browser.

    SOURCE may be a table (CSV, JSON, Excel or Parquet), a model's file, tutorial:1, tutorial:2 or tutorial:3, a lesson
    of the course from lesson:1 to lesson:10, or a link that the page made. ROWS is a table to see a model by. The page
    is served to this machine alone; nothing is sent anywhere. Ctrl-C ends it.

    With --export nothing is served: the page is written to a file that opens from a disk or any web space, offline,
    with the lesson or the link that SOURCE names.
    """
    begins_with = "" if source is None else _begins_with(source)
    if exported is not None:
        if source and not begins_with:
            raise OptionError(
                f"{source}: a page by itself takes tutorial:1 to tutorial:3, lesson:1 to lesson:{N_LESSONS} or a link, "
                "no file"
            )
        return _export(exported, begins_with)
    with needing_a_server("the playground", "play"):
        from selenite.play.server import Playground
        from selenite.serving.door import THIS_MACHINE
    if rows is not None and not (source or "").endswith(".selenite"):
        pair = f"{rows} {source}" if rows.endswith(".selenite") else f"model.selenite {rows}"
        raise OptionError(f"{rows}: a second file is for a model, as in selenite play {pair}")
    if kinds and (not source or begins_with or source.endswith(".selenite")):
        raise OptionError(
            f"--kind {argument(kinds[0])} is for a table, as in selenite play FILE.csv --kind zip=category"
        )
    with Playground(port, begins_with) as playground:
        if source and not begins_with:
            _begin_with_file(playground, source, rows, renames, kinds, options)
        if as_json:
            click.echo(json_text({"address": playground.address, "host": THIS_MACHINE, "port": playground.port}))
        else:
            click.echo(f"The playground is at {playground.address}")
            click.echo("Only this machine can reach it, and only with this address. Ctrl-C ends it.")
        with suppress(KeyboardInterrupt):
            playground.serve(browser=not no_browser)


def _begins_with(source: str) -> str:
    """Return what stands behind the # of a page that begins with a lesson or a link; "" for what is a file."""
    if source in LESSONS:
        return f"lesson={LESSONS[source]}"
    if source.startswith(("tutorial:", "lesson:")) and not is_there(source):
        known = f"tutorial:1 to tutorial:3, and lesson:1 to lesson:{N_LESSONS}"
        raise OptionError(f"there is no {source}; there are {known}")
    if "#" not in source or is_there(source):
        return ""
    fragment = source.partition("#")[2]
    try:  # the page reads it: here it is only seen whether it came whole
        packed = re.fullmatch(r"\d+\.([\w-]+)|lesson=[\w-]+", fragment, re.ASCII)
        if packed is None:
            raise ValueError
        if packed[1]:
            zlib.decompressobj().decompress(urlsafe_b64decode(packed[1] + "=" * (-len(packed[1]) % 4)), 1 << 20)
    except (ValueError, zlib.error):
        raise OptionError(
            f"{source[:60]} is no link of the playground, or was cut off: copy all of it, with what stands behind the #"
        ) from None
    return fragment


def _begin_with_file(
    playground: Playground,
    source: str,
    rows: str | None,
    renames: tuple[str, ...],
    kinds: tuple[str, ...],
    options: dict[str, object],
) -> None:
    """Read a file, and let every page that comes begin with it."""
    from selenite.play.files import LIMITS, named, open_table
    from selenite.play.opened import open_model

    files = playground.files
    if source.endswith(".selenite"):
        from selenite.model import load
        from selenite.model.loading import model_of

        model, name = model_of(load(source)), Path(source).name
        seen_by = None if rows is None else read_for(model, rows, read_options(options, model.read), renames, LIMITS)
        playground.first = lambda: open_model(files, model, name, seen_by)
    else:
        from selenite.table import read_table

        read = read_options(options)
        table = named(read_table(source, read, limits=LIMITS), Path(source).name)
        said = _kinds_for_the_page(kinds, table)
        playground.first = lambda: open_table(files, table, read, said)
    playground.first()  # what is refused is refused here


def _kinds_for_the_page(kinds: tuple[str, ...], table: Table) -> tuple[tuple[str, PageKind], ...]:
    """Return what columns are said to be, with their names; refuse what the page or the column cannot."""
    import numpy as np

    from selenite.play.files import PageKind
    from selenite.table import learn_schema

    known, found = get_args(PageKind), kinds_of(kinds)
    for name, kind in found.items():
        if kind not in known:
            asked = argument(f"{name}={kind}")
            raise OptionError(
                f"--kind {asked}: on the page a column can be {', '.join(known)}. For more: selenite fit FILE"
            )
    learn_schema(table, found, np.arange(0))
    return tuple(found.items())  # type: ignore[arg-type]


def _export(path: str, begins_with: str) -> None:
    """Write the page to a file."""
    from selenite.play.one_file import one_file
    from selenite.writing import write

    content = one_file(begins_with).encode()
    write(path, content)
    click.echo(f"Wrote {path}: the whole playground, {len(content) / 1e6:.1f} MB. It opens in any browser, offline.")
