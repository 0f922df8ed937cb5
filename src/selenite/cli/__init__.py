"""The command line: one module a command, imported when it is called."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import Any

import click

from selenite import __version__
from selenite.cli.endings import endings, open_streams
from selenite.errors import EXIT_CODES
from selenite.interrupt import leave_when_asked

COMMANDS = {
    "tutorial": "Train the tutorial's networks again and check its figures.",
    "inspect": "Say what is in a table, and what to look out for.",
    "fit": "Fit a model to a table and say honestly how good it is.",
    "tune": "Look for better settings than the recipe's, and fit with them.",
    "predict": "Predict the rows of a table with a model.",
    "score": "Compare a model's predictions with a table's known answers.",
    "diff": "Say what differs between two models, and which is better.",
    "explain": "Say which columns the predictions of a model come from.",
    "export": "Write a model so that it predicts without selenite, with its proof.",
    "report": "Write one page about a model, to send to a colleague.",
    "why": "Take any number of a run apart: its formula, its terms, whether they add up.",
    "check-gradient": "Check the gradient of a network that you wrote yourself.",
    "serve": "Answer over HTTP with a model.",
    "play": "Watch a network learn, in the browser.",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when called, so that --help costs next to nothing."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of the commands, in the order in which one meets them."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return a command, imported now; None where there is none of this name."""
        if name not in COMMANDS:
            return None
        gc.disable()  # nothing that is imported is garbage, and looking for it takes a tenth of the time
        command: click.Command = import_module(f"selenite.cli.{name.replace('-', '_')}").command
        gc.freeze()
        gc.enable()
        return command

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command asked for; suggest the nearest name for one that is not there."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            near = ["selenite --help"] if args[0] == "help" else near
            hint = f" Did you mean {near[0]}?" if near else f" There are {', '.join(COMMANDS)}."
            raise click.UsageError(f"there is no command {args[0]!r}.{hint}", context)
        return super().resolve_command(context, args)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, each in a line, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        """Parse the arguments; what goes wrong ends as any command does."""
        with endings():  # --help and --version are printed here
            return super().make_context(*args, **more)

    def invoke(self, context: click.Context) -> Any:
        """Call the command; what goes wrong is one line and an exit code."""
        with endings():
            return super().invoke(context)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=f"Exit codes: {', '.join(f'{code} {meaning}' for code, meaning in EXIT_CODES.items())}. "
    "Nothing is downloaded and nothing is sent.",
)
@click.version_option(__version__, prog_name="selenite")
def group() -> None:
    """A neural network for tables that you can see through."""


def main() -> None:
    """Run the command line."""
    open_streams()
    leave_when_asked()
    group(prog_name="selenite")
