"""Running a user's code: prints and warnings kept still, exceptions told with their line."""

from __future__ import annotations

import io
import linecache
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np

from selenite.errors import ForeignCodeError, OptionError, SeleniteError

SELENITE = str(Path(__file__).parents[1])


@contextmanager
def quietly(doing: str) -> Iterator[None]:
    """Run foreign code without its prints and warnings; raise what it raises as a ForeignCodeError."""
    try:
        with redirect_stdout(io.StringIO()), np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except SeleniteError:
        raise
    except (Exception, SystemExit) as error:
        raise ForeignCodeError(f"{doing} failed: {where(error)}{type(error).__name__}: {error}") from error


def where(error: BaseException) -> str:
    """Return the user's line in which an exception arose, as the beginning of a sentence."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{Path(error.filename).name}, line {error.lineno}: "
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_theirs(frame.filename)]
    if not frames:
        return ""
    last = frames[-1]
    line = (last.line or linecache.getline(last.filename, last.lineno or 0)).strip()
    return f"{Path(last.filename).name}, line {last.lineno}, in {last.name}{f': `{line}`' if line else ''}: "


def _is_theirs(filename: str) -> bool:
    is_library = "site-packages" in filename or filename.startswith((SELENITE, sys.base_prefix, "<frozen", "<__array"))
    return not is_library


def load_module(path: str) -> ModuleType:
    """Return a Python file as a module, its own folder on the path; `if __name__ == "__main__":` does not run."""
    file = Path(path)
    if not file.is_file():
        raise OptionError(f"there is no file {path}; give a Python file, such as mynet.py:Net")
    spec = spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise OptionError(f"{path} is no Python file: its name must end in .py")
    module = module_from_spec(spec)
    before = sys.modules.get(file.stem)
    sys.modules[file.stem] = module  # dataclasses look themselves up there
    try:
        with in_its_folder(file), quietly(f"running {path}"):
            spec.loader.exec_module(module)
    finally:
        if before is not None:
            sys.modules[file.stem] = before
    return module


@contextmanager
def in_its_folder(file: Path) -> Iterator[None]:
    """Let a file import what lies beside it."""
    folder = str(file.resolve().parent)
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)
