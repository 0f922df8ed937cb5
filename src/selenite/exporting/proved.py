"""Exports a model, and proves that what was written answers as the model does."""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

from selenite.errors import ExportError, OptionError, SaveError
from selenite.exporting.c import C
from selenite.exporting.integer import INTEGERS
from selenite.exporting.javascript import JAVASCRIPT
from selenite.exporting.onnx import ONNX
from selenite.exporting.page import PAGE
from selenite.exporting.python import PYTHON
from selenite.exporting.writer import Asked, Proof, Writer
from selenite.fitting.distillation import Distilled
from selenite.fitting.distillation import distil as distil_model
from selenite.model.loading import load, model_of
from selenite.model.model import Model
from selenite.stages import Stages
from selenite.table import Schema, Table, as_table
from selenite.table.table import called
from selenite.text import argument, shown
from selenite.writing import write

WRITERS: dict[str, Writer] = {writer.to: writer for writer in (C, JAVASCRIPT, ONNX, PAGE, PYTHON)}


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
        The largest difference allowed, of a probability or of a number in the target's widths (of one beyond 1, as
        a share of it); 1e-6 of a model in single precision (more of one with more than 281 inputs or units beside
        each other, see `usual_tolerance`), 1e-12 in double and 0.1 in integers unless said.
    double : bool, optional
        Whether the network computes in double precision, where there is a choice: "c" and "onnx".
    integer : bool
        Whether C computes in integers alone. How far an answer can be from the model's, over all that training saw,
        is proved by interval arithmetic then. The tolerance limits this bound: where it asks for it, weights of 8 bits
        become weights of 16, layer by layer.
    distil : sequence of int, optional
        The hidden layers of one small network, such as (16, 8), that is exported in place of the model: it learns the
        model's answers to the rows of `data`, and knows no rows again. It is a model of its own,
        `proof.distilled.model`, and is kept beside the export as NAME.selenite.
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
    found, writer, name = model_of(model), _writer(to, integer, double), identifier(name or "model")
    _refuse_unread(found.schema, writer, "C in integers" if integer else to, distil is not None)
    if data is not None and not integer and distil is None and to != PAGE.to:
        raise OptionError(
            "data=... is for distil=..., integer=True and to='html': other exports answer as the model does"
        )
    asked = _asked(tolerance, double, None if data is None else as_table(data))
    distilled = None if distil is None else _distilled(found, asked.data, distil, stages)
    found = found if distilled is None else distilled.model
    files, proof = writer.written(found, name, asked)
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
    found, asked = model_of(model), _asked(tolerance)
    return [_verified(writer, file, found, asked) for writer, file in exports_in(Path(path))]


def exports_in(folder: Path) -> list[tuple[Writer, Path]]:
    """Return the exports in a folder, each by the file that it is known by, and how they were written."""
    found = [
        (writer, file)
        for writer in (INTEGERS, *WRITERS.values())
        for file in sorted(folder.glob(f"*{writer.suffix}"))
        if writer.is_of(file)
    ]
    if not found:
        raise OptionError(f"{folder} holds no export; selenite export MODEL --to {next(iter(WRITERS))} writes one")
    return found


def _verified(writer: Writer, file: Path, model: Model, asked: Asked) -> Proof:
    """Run one export again; where it is of a distilled model that lies beside it, and not of this one, say so."""
    try:
        return writer.verified(file, model, asked)
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


def _beside_its_model(proof: Proof, distilled: Model, file: Path) -> Proof:
    """Keep a distilled model beside its export, which is checked by it later."""
    distilled.save(file)
    return replace(proof, facts=(*proof.facts, f"The distilled model is {file}; --verify takes it."))


def _kept(files: dict[str, bytes], folder: Path) -> tuple[Path, ...]:
    """Write files into a folder, which is made if it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise SaveError(f"{folder} is a file; name a folder to write the export to") from None
    except OSError as error:
        raise SaveError(f"{folder} cannot be made: {error.strerror}") from None
    for file, content in files.items():
        write(folder / file, content)
    return tuple(folder / file for file in files)


def _asked(tolerance: float | None, double: bool = False, data: Table | None = None) -> Asked:
    if tolerance is not None and not tolerance >= 0:
        raise OptionError(f"tolerance={tolerance!r} must be a number from 0")
    return Asked(tolerance, double, data)


def _refuse_unread(schema: Schema, writer: Writer, what: str, distilled: bool) -> None:
    """Refuse what a way of writing cannot read as the model does, before anything is distilled."""
    text = [one.name for one in schema.columns if one.kind == "text"]
    if text and not writer.reads_text:
        raise OptionError(
            f"{called(text[0])} is free text, whose words {what} cannot read as the model does: export it to "
            f"{', '.join(to for to, one in WRITERS.items() if one.reads_text)}, or fit a model without the column "
            f"(--drop {argument(text[0])})"
        )
    if schema.known_rows.names and not writer.knows_rows and not distilled:  # which knows no rows
        raise OptionError(
            f"the model knows rows that it was trained on, which {what} cannot tell as the model does: export it to "
            f"{', '.join(to for to, one in WRITERS.items() if one.knows_rows)}, distil it (--distil 16,8: one small "
            "network, which knows no rows), or fit it without (--no-known-rows)"
        )


def _writer(to: str, integer: bool, double: bool) -> Writer:
    if to not in WRITERS:
        raise OptionError(f"to={to!r}: a model is exported to {', '.join(WRITERS)}")
    if not integer:
        return WRITERS[to]
    if to != INTEGERS.to or double:
        raise OptionError("integer=True is for to='c' without double=True")
    return INTEGERS


def identifier(name: str) -> str:
    """Return a name for files, modules and functions."""
    found = re.sub(r"\W", "_", name, flags=re.ASCII)
    if not re.match(r"[A-Za-z]", found) or keyword.iskeyword(found):
        found = f"model_{found}"
    return found
