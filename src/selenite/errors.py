"""The errors that selenite raises, as a tree, each with the exit code of the command line.

::

    SeleniteError (ValueError)   exit
    ├── NetworkError               2    a description that makes no sense
    ├── OptionError                2    an option that does not fit the others or the data
    ├── TableError                 3    a table that cannot be read as it was meant
    ├── SchemaError                4    a table that does not fit the model
    ├── ModelFileError             5    a model file that is damaged, foreign or too new
    ├── ForeignCodeError           8    an exception in the code that a user handed in
    ├── ShortOfMemoryError        71    what needs more memory than there is; a MemoryError, too
    └── SaveError                 74    a file that could not be written

Every message says what was given, where, and what would work; docs/exit-codes.md has all codes.
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


_OBEYED = re.compile(  # by terminals; or what cannot be seen, or written
    "[\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)


def printable(text: str) -> str:
    r"""Return text with control characters, and what is no character, as escapes such as \n, \x1b and \u202e."""
    return _OBEYED.sub(lambda found: _escape(found[0]), text)


def shown(text: str, limit: int = 40) -> str:
    """Return text in quotes, printable and a long one with an ellipsis for its end, so that a message can hold it."""
    plain = printable(text[: limit + 1])
    return f'"{plain}"' if len(plain) <= limit else f'"{plain[: limit - 1]}…"'


def argument(text: str) -> str:
    """Return text, all of it, as an argument on a shell's command line."""
    from shlex import quote

    if printable(text) == text:
        return quote(text)
    return "$'" + printable(text.replace("\\", "\\\\").replace("'", "\\'")) + "'"


def _escape(character: str) -> str:
    """Return a character's escape; that of a byte which was no text, such as a file's name may hold, is the byte's."""
    is_byte = "\udc80" <= character <= "\udcff"
    return f"\\x{ord(character) - 0xDC00:02x}" if is_byte else character.encode("unicode_escape").decode()


class DivergenceWarning(UserWarning):
    """Training met a number that is not finite; it ended with the last finite weights."""


class SaveError(SeleniteError):
    """A file that could not be written."""

    exit_code = 74  # EX_IOERR


class ShortOfMemoryError(SeleniteError, MemoryError):
    """What needs more memory than there is."""

    exit_code = 71  # EX_OSERR


class KernelMissingWarning(UserWarning):
    """The C++ kernel was not compiled; NumPy computes, slower."""


class ForeignCodeError(SeleniteError):
    """An exception in the code that a user handed in."""

    exit_code = 8
