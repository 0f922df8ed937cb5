"""How commands end: whatever ends one is a line on standard error and an exit code, by this one place."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedWriter, FileIO, TextIOWrapper
from typing import Any

import click

from selenite.errors import DialectError, SaveError, SeleniteError, ShortOfMemoryError, TableError
from selenite.interrupt import asked_by
from selenite.text import printable

NO_ROOM = ("failed to map segment", "cannot allocate memory")  # the system's words where a library finds none
MEMORY, OUTPUT, TABLE = ShortOfMemoryError.exit_code, SaveError.exit_code, TableError.exit_code
TAKES_NO_MORE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EBADF)


@contextmanager
def endings() -> Iterator[None]:
    """Turn what can end any command into a line on standard error and an exit code."""
    try:
        yield
    except BrokenPipeError:  # the reader has seen enough, as in `selenite predict ... | head`
        _discard_output()
        raise click.exceptions.Exit(0) from None
    except KeyboardInterrupt:
        message, code = _left()
    except SeleniteError as error:
        lines = str(error).split("\n") if isinstance(error, DialectError) else [str(error)]
        message, code = "error: " + "\n".join(map(printable, lines)), error.exit_code
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        message, code = _misused(error), error.exit_code
    except MemoryError as error:
        detail = f": {error}" if str(error) else ""
        message, code = f"error: there is too little memory{printable(detail)}. Take fewer rows or columns", MEMORY
    except OSError as error:
        if error.errno in TAKES_NO_MORE:
            _discard_output()
        message, code = f"error: {_refused(error)}", OUTPUT
    except Exception as error:
        if isinstance(error.__cause__, KeyboardInterrupt):  # as Python has it while a class is made
            message, code = _left()
        elif isinstance(error, ImportError) and any(words in str(error).lower() for words in NO_ROOM):
            message, code = "error: there is too little memory for the libraries that are needed", MEMORY
        elif type(error).__module__.partition(".")[0] == "pyarrow":
            message, code = f"error: the table cannot be read: {printable(str(error))}", TABLE
        else:
            raise
    else:
        return
    click.echo(message, err=True)
    raise click.exceptions.Exit(code)


@contextmanager
def going_on() -> Iterator[None]:
    """Print what is not all that the command is for: a reader that has seen enough of it does not end the work."""
    try:
        yield
    except BrokenPipeError:
        _discard_output()


def interrupted_code() -> int:
    """Return the exit code of what was interrupted: as a shell has it, 128 and the signal."""
    return 128 + asked_by()


def _misused(error: click.UsageError) -> str:
    """Return how a command is used, and what is wrong with how it was."""
    context, said = error.ctx, error.format_message()
    usage = "" if context is None else f"{context.get_usage()}\nTry '{context.command_path} --help' for help.\n\n"
    lines = f"error: {said[:1].lower()}{said[1:]}".removesuffix(".").split("\n")
    return usage + "\n".join(map(printable, lines))


def _left() -> tuple[str, int]:
    """Return the word and the exit code of what was asked to end."""
    word = "interrupted" if interrupted_code() == 130 else "terminated"
    return f"\n{word}" if sys.stderr.isatty() else word, interrupted_code()  # it shows ^C, perhaps after progress


def open_streams() -> None:
    """Open the standard streams that the caller closed, lest a file of ours gets the number of one.

    They are opened the wrong way round: reading from a closed input and writing to a closed output fail. What would go
    to a standard error that is closed, is full or has no reader is dropped: words about the work do not end it.
    """
    for number, (name, flags) in enumerate(
        {"stdin": os.O_WRONLY, "stdout": os.O_RDONLY, "stderr": os.O_WRONLY}.items()
    ):
        if getattr(sys, name) is None:
            os.dup2(os.open(os.devnull, flags), number)
            opened = open(number, "r" if name == "stdin" else "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, opened)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # letters that the terminal's encoding lacks
    if isinstance(sys.stderr, TextIOWrapper):
        told = BufferedWriter(_Dropping(2, "w", closefd=False))
        sys.stderr = TextIOWrapper(told, sys.stderr.encoding, "backslashreplace", line_buffering=True)


class _Dropping(FileIO):
    """A stream that drops what it cannot write."""

    def write(self, content: Any, /) -> int:
        try:
            return super().write(content)
        except OSError:
            return len(content)


def _refused(error: OSError) -> str:
    """Return what the system refused to do."""
    reason = error.strerror or str(error)
    if error.filename is not None:
        return f"{printable(os.fsdecode(error.filename))}: {reason}"
    if error.errno == errno.EBADF:
        return "the output cannot be written: it is closed"
    return f"the output cannot be written: {reason}" if error.errno in TAKES_NO_MORE else f"the system says: {reason}"


def _discard_output() -> None:
    """Let nothing, not even what Python still holds back, go to a standard output that takes no more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
