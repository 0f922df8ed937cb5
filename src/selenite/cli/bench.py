"""`selenite bench`: how fast it is on this machine, beside NumPy by hand."""

from __future__ import annotations

import sys

import click

from selenite.benchmark import BY_HAND, OWN, UNITS, Result, describe, measure
from selenite.cli.text import json_text

USUAL = ("W1", "W3", "W4", "W5_1row", "W5_10000rows")
WORK = {
    "W1": "the tutorial's network, full batch, float64",
    "W1f32": "the same in float32",
    "W2": "60,000 pictures, a fifth not zero, 784-128-10",
    "W2dense": "60,000 dense pictures, 784-128-10",
    "W3": "20,000 rows, 20-64-64-2, batches of 256",
    "W3b32": "20,000 rows, 20-64-64-2, batches of 32",
    "W4": "256 of the tutorial's networks",
    "W5_1row": "probabilities of one row, 20-64-64-2",
    "W5_10000rows": "probabilities of 10,000 rows, 20-64-64-2",
    "W6": "`selenite tutorial 2` from a cold start",
}


@click.command("bench")
@click.argument("workloads", nargs=-1, metavar="[WORKLOAD]...")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="How often each is timed.")
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each contender instead.")
def command(workloads: tuple[str, ...], rounds: int, as_json: bool) -> None:
    """Time training and prediction on this machine, beside NumPy by hand.

    WORKLOAD is W1, W1f32, W2, W2dense, W3, W3b32, W4, W5_1row, W5_10000rows or W6; without any, those that are quickly
    done. "NumPy script" is the article's program as it is printed; "NumPy, tuned" is what an expert makes of it. Values
    are compared with the reference before anything is timed; figures are medians of runs in turn.
    """
    for workload in workloads:
        if workload not in UNITS:
            raise click.UsageError(f"there is no workload {workload!r}; there are {', '.join(UNITS)}")
    if not as_json:
        click.echo(f"{describe(('selenite', 'numpy'))}\n")
        click.echo(_row(("", "selenite", "NumPy script", "NumPy, tuned", "reference")))
    contenders = OWN | BY_HAND
    for workload in workloads or USUAL:
        find = {name: made.get(workload) for name, made in contenders.items()}.__getitem__
        results = measure(workload, find, list(contenders), rounds, _report)
        _report("")
        if as_json:
            for result in results:
                click.echo(json_text(result))
        else:
            click.echo(_line(workload, results))
    if not as_json:
        click.echo(
            "\n  n times: it takes so many times as long as selenite. The reference is selenite's own mathematics"
        )
        click.echo("  in NumPy. Beside other libraries: benchmarks/run.py in the source.")


def _line(workload: str, results: list[Result]) -> str:
    """Return one workload's figures: the median of selenite, and how many times as long the others take."""
    found = {result["contender"]: result for result in results}
    own = found["selenite"]
    if "error" in own:
        return f"  {WORK[workload]:<46} {own['error']}"
    unit = UNITS[workload].partition("_")[0].replace("us", "µs")
    cells = [WORK[workload], f"{own['median']:.3g} {unit}"]
    for name in ("numpy_script", "numpy_optimised", "selenite_numpy"):
        ratio = found.get(name, {}).get("ratio")
        cells.append("" if ratio is None else f"{ratio:.3g} times" if ratio < 1000 else f"{ratio:,.0f} times")
    return _row(tuple(cells))


def _row(cells: tuple[str, ...]) -> str:
    return f"  {cells[0]:<46}" + "".join(f"{cell:>14}" for cell in cells[1:])


def _report(what: str) -> None:
    """Redraw one line on a terminal."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[2K  {what}", nl=False, err=True)
