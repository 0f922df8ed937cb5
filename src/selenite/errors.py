"""The errors that selenite raises, as a tree, each with the exit code of the command line.

::

    SeleniteError (ValueError)   exit
    ├── NetworkError               2    a description that makes no sense
    ├── OptionError                2    an option that does not fit the others or the data
    ├── TableError                 3    a table that cannot be read as it was meant
    ├── SchemaError                4    a table that does not fit the model
    └── ModelFileError             5    a model file that is damaged, foreign or too new

Every message says what was given, where, and what would work.
"""

import re


class SeleniteError(ValueError):
    """What every error of selenite is."""

    exit_code = 1


class NetworkError(SeleniteError):
    """A description of a network that makes no sense."""

    exit_code = 2


class OptionError(SeleniteError):
    """An option that does not fit the others or the data."""

    exit_code = 2


class TableError(SeleniteError):
    """A table that cannot be read as it was meant."""

    exit_code = 3


class SchemaError(SeleniteError):
    """A table that does not fit the model."""

    exit_code = 4


class ModelFileError(SeleniteError):
    """A model file that is damaged, foreign or too new."""

    exit_code = 5


_ANSI = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|[@-_])")


def shown(text: str, limit: int = 40) -> str:
    """Return text in quotes, short and without control characters, so that a message can hold it."""
    plain = "".join(c if c.isprintable() else " " if c.isspace() else "" for c in _ANSI.sub("", text[: 20 * limit]))
    return f'"{plain}"' if len(plain) <= limit else f'"{plain[: limit - 1]}…"'


class DivergenceWarning(UserWarning):
    """Training met a number that is not finite; it ended with the last finite weights."""


class SaveError(SeleniteError):
    """A file that could not be written."""

    exit_code = 74  # EX_IOERR


class KernelMissingWarning(UserWarning):
    """The C++ kernel was not compiled; NumPy computes, slower."""
