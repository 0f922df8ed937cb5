"""Exports a model, and proves that what was written answers as the model does."""

from __future__ import annotations

import keyword
import re
import tempfile
from collections.abc import Sequence
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
from selenite.fitting.distillation import Distilled
from selenite.fitting.distillation import distil as distil_model
from selenite.model.model import Model, load, model_of
from selenite.stages import Stages
from selenite.table import Table, as_table
from selenite.text import shown
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
    distil: Sequence[int] | None = None,
    data: Any = None,
    stages: Stages | None = None,
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
    distil : sequence of int, optional
        The hidden layers of one small network, such as (16, 8), that is exported in place of the model: it learns the
        model's answers to the rows of `data`. It is a model of its own, `proof.distilled.model`, and is kept beside the
        export as NAME.selenite.
    data : table, optional
        For `distil` the training table, or one like it. For integers rows with answers, on which they are judged beside
        the model, too. For a page the rows that 100 are drawn from to compare with, as `selenite.explain` does; without
        it the training medians.
    stages : Stages, optional
        Told how far distilling is.

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
    writer, name = _writer(to), identifier(name or "model")
    if integer and (to != "c" or double):
        raise OptionError("integer=True is for to='c' without double=True")
    if data is not None and not integer and distil is None and to != PAGE.to:
        raise OptionError(
            "data=... is for distil=..., integer=True and to='html': other exports answer as the model does"
        )
    table = None if data is None else as_table(data, found.schema.names if distil is None and not integer else None)
    distilled = None if distil is None else _distilled(found, table, distil, stages)
    found, allowed = found if distilled is None else distilled.model, _allowed(found, tolerance)
    if integer:
        files, proof = written(found, name, tolerance, table)
    else:
        files, proof = _written(writer, _export(found, name, double, table), allowed)
    proof = replace(proof, files=_kept(files, Path(path)), distilled=distilled)
    return proof if distilled is None else _beside_its_model(proof, found, Path(path) / f"{name}.selenite")


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
    allowed = _allowed(found, tolerance)
    return [_verified(writer, file, found, allowed) for writer, file in exports]


def _verified(writer: Writer, file: Path, model: Model, allowed: float) -> Proof:
    """Run one export again; where it is of a distilled model that lies beside it, and not of this one, say so."""
    try:
        if writer is C and is_integer(file):
            return verified(file, model)
        made = _export(model, file.stem)
        return Proof(writer.to, (file,), len(made.rows), *_proof(writer, file.parent, made, allowed))
    except ExportError as error:
        beside = file.with_suffix(".selenite")
        if not beside.exists() or load(beside).to_bytes() == model.to_bytes():
            raise
        raise ExportError(f"{error}. {beside}, which was distilled, lies beside it: check with that model") from None


def _distilled(original: Model, table: Table | None, hidden: Any, stages: Stages | None) -> Distilled:
    """Return the network of so many units that learns a model's answers to the rows of a table."""
    if table is None:
        raise OptionError("distil=... needs data=...: the table that the model was fitted on, or one like it")
    sizes = list(hidden) if isinstance(hidden, Sequence) else [hidden]
    if isinstance(hidden, str) or not all(isinstance(size, int) and size >= 1 for size in sizes):
        raise OptionError(f"distil={hidden!r} must be the units of each hidden layer, whole numbers such as (16, 8)")
    if original.target.name not in table.names:
        raise OptionError(f"data=... needs the column that the model predicts, {shown(original.target.name)}")
    return distil_model(original, table, tuple(sizes), stages)


def _written(writer: Writer, made: Export, allowed: float) -> tuple[dict[str, bytes], Proof]:
    """Return the files, and how far their answers are from the model's."""
    files = writer.files(made)
    with tempfile.TemporaryDirectory() as scratch:
        for file, content in files.items():
            (Path(scratch) / file).write_bytes(content)
        return files, Proof(writer.to, (), len(made.rows), *_proof(writer, Path(scratch), made, allowed))


def _beside_its_model(proof: Proof, distilled: Model, file: Path) -> Proof:
    """Keep a distilled model beside its export, which is checked by it later."""
    distilled.save(file)
    return replace(proof, facts=(*proof.facts, f"The distilled model is {file}; --verify takes it."))


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


def identifier(name: str) -> str:
    """Return a name for files, modules and functions."""
    found = re.sub(r"\W", "_", name, flags=re.ASCII)
    if not re.match(r"[A-Za-z]", found) or keyword.iskeyword(found):
        found = f"model_{found}"
    return found
