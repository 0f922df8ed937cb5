"""The errors that selenite raises, as a tree, and the exit codes of the command line.

::

    SeleniteError (ValueError)
    ├── NetworkError          a description that makes no sense
    ├── OptionError           an option that does not fit the others or the data
    ├── TableError            a table that cannot be read as it was meant
    │   └── DialectError      a text file written otherwise than the options say
    ├── SchemaError           a table that does not fit the model
    ├── ModelFileError        a model file or checkpoint that is damaged, foreign or too new
    ├── OutsideError          rows that lie outside what training saw, where that was forbidden
    ├── ForeignCodeError      an exception in the code that a user handed in
    ├── DivergedError         training that met a number that is not finite
    ├── ShortOfMemoryError    what needs more memory than there is; a MemoryError, too
    ├── ExportError           an export that answers otherwise than its model
    ├── ProcessError          one of several processes that does not fit to the others, or does not answer
    └── SaveError             a file that could not be written

Every message says what was given, where, and what would work; docs/exit-codes.md has more on the codes.
"""

from typing import Any

EXIT_CODES = {
    0: "done",
    1: "an export that answers otherwise than its model (export)",
    2: "wrong options",
    3: "a table that cannot be read",
    4: "a table that does not fit the model or checkpoint",
    5: "a bad model file or checkpoint",
    6: "rows outside what training saw (predict --strict)",
    7: "a gradient that differs (check-gradient)",
    8: "an exception in your own code (check-gradient)",
    9: "training that diverged; nothing is saved unless --keep-diverged is given (fit)",
    71: "too little memory",
    74: "a file that cannot be written, or an output that takes no more",
    75: "several processes that do not fit together, or one that does not answer (fit)",
    129: "ended by SIGHUP, as where the terminal is closed",
    130: "interrupted by Ctrl-C",
    143: "ended by SIGTERM",
}


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


class DialectError(TableError):
    """A text file written otherwise than the options say; `changes` are the options, by name, that read it further."""

    def __init__(self, message: str, **changes: Any) -> None:
        super().__init__(message)
        self.changes = changes


class SchemaError(SeleniteError):
    """A table that does not fit the model or checkpoint."""

    exit_code = 4


class ModelFileError(SeleniteError):
    """A model file or checkpoint that is damaged, foreign or too new."""

    exit_code = 5


class OutsideError(SeleniteError):
    """Rows that lie outside what training saw, where that was forbidden."""

    exit_code = 6


class ForeignCodeError(SeleniteError):
    """An exception in the code that a user handed in."""

    exit_code = 8


class ExportError(SeleniteError):
    """An export that answers otherwise than its model."""


class DivergedError(SeleniteError):
    """Training that met a number that is not finite."""

    exit_code = 9


class ShortOfMemoryError(SeleniteError, MemoryError):
    """What needs more memory than there is."""

    exit_code = 71  # EX_OSERR of sysexits.h


class SaveError(SeleniteError):
    """A file that could not be written."""

    exit_code = 74  # EX_IOERR of sysexits.h


class ProcessError(SeleniteError):
    """One of several processes that does not fit to the others, or does not answer."""

    exit_code = 75  # EX_TEMPFAIL


class DivergenceWarning(UserWarning):
    """Training met a number that is not finite; it ended with the last finite weights."""


class DriftWarning(UserWarning):
    """Rows to go on learning from hold what the rows before did not: a larger number, another category, a gap."""


class KernelMissingWarning(UserWarning):
    """The C++ kernel was not compiled; NumPy computes, slower."""
