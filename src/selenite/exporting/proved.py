"""Exports a model, and proves that what was written answers as the model does."""

from __future__ import annotations

import keyword
import re
import tempfile
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from selenite.errors import ExportError, OptionError, SaveError
from selenite.exporting.c import C
from selenite.exporting.integer import is_integer, verified, written
from selenite.exporting.javascript import JAVASCRIPT
from selenite.exporting.onnx import ONNX
from selenite.exporting.page import PAGE, is_page
from selenite.exporting.plan import plan_of
from selenite.exporting.proof import proof_table, rows_of
from selenite.exporting.python import PYTHON
from selenite.exporting.writer import Export, NotChecked, Proof, Writer
from selenite.model.model import Model, model_of
from selenite.table import Table, as_table
from selenite.types import Floats
from selenite.writing import write

WRITERS = {writer.to: writer for writer in (C, JAVASCRIPT, ONNX, PAGE, PYTHON)}
TOLERANCE = {True: 1e-6, False: 1e-12}  # of a probability, or of a number in the target's widths; is_single: which


def export(
    model: Any,
    to: str,
    path: str | PathLike[str],
    *,
    name: str = "",
    tolerance: float | None = None,
    double: bool = False,
    integer: bool = False,
    data: Any = None,
) -> Proof:
    """Write a model so that it predicts without selenite, and prove that it does.

    What is written goes the whole way from a raw row (text, gaps, dates, unknown categories) to the answer. It carries
    rows of its own with the model's answers, is run on these before it is kept, and refused where it differs.

    Parameters
    ----------
    model : Model or an estimator that was fitted
    to : "c", "js", "onnx", "html" or "python"
        C99; an ES module; one graph, which needs the extra `export`; a page; a module of the standard library alone.
    path : path
        The folder to write to; made if it is not there.
    name : str, optional
        Of the files and of what they define; "model" unless said.
    tolerance : float, optional
        The largest difference allowed, of a probability or of a number in the target's widths; 1e-6 of a model in
        single precision, 1e-12 in double and 0.1 in integers unless said.
    double : bool, optional
        Whether the network computes in double precision, where there is a choice: "c" and "onnx".
    integer : bool
        Whether C computes in integers alone. How far an answer can be from the model's, over all that training saw,
        is proved by interval arithmetic then. The tolerance limits this bound: where it asks for it, weights of 8 bits
        become weights of 16, layer by layer.
    data : table, optional
        For integers rows with answers, on which they are judged beside the model, too. For a page the rows that 100
        are drawn from to compare with, as `selenite.explain` does; without it the training medians.

    Returns
    -------
    Proof
        The files, and how far their answers are from the model's.

    Raises
    ------
    OptionError
        Where there is no such way, or what it needs is not installed.
    ExportError
        Where an answer differs by more than the tolerance.
    SaveError
        Where the files cannot be written.

    Examples
    --------
    >>> import numpy as np, tempfile, selenite
    >>> X = np.random.default_rng(0).normal(size=(100, 2))
    >>> model = selenite.SeleniteClassifier(members=1, max_iter=5).fit(X, X[:, 0] > 0)
    >>> proof = selenite.export(model, "python", tempfile.mkdtemp(), name="sign")
    >>> proof.files[0].name, proof.n_rows >= 64, proof.difference <= proof.tolerance
    ('sign.py', True, True)
    """
    found = model_of(model)
    writer, name = _writer(to), _identifier(name or "model")
    if data is not None and not integer and to != PAGE.to:
        raise OptionError("data=... is for integer=True and to='html': other exports answer as the model does")
    if integer:
        if to != "c" or double:
            raise OptionError("integer=True is for to='c' without double=True")
        _allowed(found, tolerance)
        files, proved = written(found, name, tolerance, None if data is None else as_table(data))
        return replace(proved, files=_kept(files, Path(path)))
    made = _export(found, name, double, None if data is None else as_table(data, found.schema.names))
    files = writer.files(made)
    with tempfile.TemporaryDirectory() as scratch:
        for file, content in files.items():
            (Path(scratch) / file).write_bytes(content)
        proof = _proof(writer, Path(scratch), made, _allowed(found, tolerance))
    return Proof(to, _kept(files, Path(path)), len(made.rows), *proof)


def verify(path: str | PathLike[str], model: Any, *, tolerance: float | None = None) -> list[Proof]:
    """Run the exports in a folder again beside their model.

    Parameters
    ----------
    path : path
        The folder that `export` wrote to.
    model : Model or an estimator that was fitted

    Returns
    -------
    list of Proof
        Of each export that is there.

    Raises
    ------
    OptionError
        Where the folder holds no export.
    ExportError
        Where an answer has moved.
    """
    found, folder = model_of(model), Path(path)
    exports = [(writer, file) for writer in WRITERS.values() for file in sorted(folder.glob(f"*{writer.suffix}"))]
    exports = [(writer, file) for writer, file in exports if writer is not PAGE or is_page(file)]
    if not exports:
        raise OptionError(f"{folder} holds no export; selenite export MODEL --to {next(iter(WRITERS))} writes one")
    allowed, proofs = _allowed(found, tolerance), []
    for writer, file in exports:
        if writer is C and is_integer(file):
            proofs.append(verified(file, found))
            continue
        made = _export(found, file.stem)
        proofs.append(Proof(writer.to, (file,), len(made.rows), *_proof(writer, folder, made, allowed)))
    return proofs


def _kept(files: dict[str, bytes], folder: Path) -> tuple[Path, ...]:
    """Write files into a folder, which is made if it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveError(f"{folder} cannot be made: {error.strerror}") from None
    for file, content in files.items():
        write(folder / file, content)
    return tuple(folder / file for file in files)


def _proof(writer: Writer, folder: Path, made: Export, allowed: float) -> tuple[float, float, str]:
    """Return the largest difference, what is allowed, and why it was not checked."""
    try:
        answers = np.array(writer.outputs(folder, made))
    except NotChecked as reason:
        return np.nan, allowed, str(reason)
    wanted: Floats = np.array(made.outputs)
    if answers.shape != wanted.shape:
        raise ExportError(f"{made.name}{writer.suffix} gives answers of shape {answers.shape}, not {wanted.shape}")
    differences = np.abs(answers - wanted).max(axis=1)
    worst = int(np.argmax(np.where(np.isnan(differences), np.inf, differences)))
    if not differences[worst] <= allowed:
        raise ExportError(
            f"{made.name}{writer.suffix} answers {answers[worst].tolist()} where the model answers "
            f"{made.outputs[worst]}, beyond the tolerance of {allowed:g}, for the row {made.rows[worst]}"
        )
    return float(differences[worst]), allowed, ""


def _export(model: Model, name: str, double: bool = False, data: Table | None = None) -> Export:
    table = proof_table(model)
    outputs = model.output(model.encode(table)).astype(np.float64).tolist()
    double = double or model.parameters.dtype == np.float64
    return Export(name, model, plan_of(model), rows_of(table), outputs, double, data)


def _allowed(model: Model, tolerance: float | None) -> float:
    if tolerance is not None and not tolerance >= 0:
        raise OptionError(f"tolerance={tolerance!r} must be a number from 0")
    return TOLERANCE[model.parameters.dtype == np.float32] if tolerance is None else tolerance


def _writer(to: str) -> Writer:
    if to not in WRITERS:
        raise OptionError(f"to={to!r}: a model is exported to {', '.join(WRITERS)}")
    return WRITERS[to]


def _identifier(name: str) -> str:
    """Return a name for files, modules and functions."""
    found = re.sub(r"\W", "_", name, flags=re.ASCII)
    if not re.match(r"[A-Za-z]", found) or keyword.iskeyword(found):
        found = f"model_{found}"
    return found
