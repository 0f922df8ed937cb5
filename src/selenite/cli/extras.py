"""What is to be installed where a command lacks a library that it needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from selenite.errors import OptionError

OF_A_SERVER = ("starlette", "uvicorn", "h11", "anyio")


@contextmanager
def needing_a_server(what: str, extra: str) -> Iterator[None]:
    """Say which extra brings what serves, where importing it fails."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in OF_A_SERVER:
            raise
        raise OptionError(f"{what} needs starlette and uvicorn: pip install 'selenite[{extra}]'") from None
