"""What fitting to a large table will take, measured on some of its rows before it begins."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from selenite import backend as backends
from selenite.fitting.budget import seconds_an_epoch
from selenite.fitting.encoded import outputs_of, plain_answers, scaled_for
from selenite.fitting.large import LargeTable
from selenite.fitting.plan import Plan, may_be_widened, network_for, plan
from selenite.fitting.windows import ROWS_OF_A_WINDOW, record_of
from selenite.model.settings import Settings, target_loss
from selenite.table import Text, encode
from selenite.table.cells import as_text
from selenite.training import TrainingRows

ROWS_TRIED, SECONDS = 20_000, 10.0  # to measure by, in a small part of these seconds
PROCESS = 180_000_000  # bytes that the libraries take, and reading a piece
TEXT, CHARACTER = 60, 42  # bytes that a text drawn takes beside its characters, and learning from a character's words


@dataclass(frozen=True)
class Foreseen:
    """What a fit will take."""

    plan: Plan
    windows: int
    disk: int  # bytes
    memory: int  # bytes
    training: float  # seconds
    may_be_widened: bool  # and trained once more


def foresee(large: LargeTable, settings: Settings) -> Foreseen:
    """Return what fitting to a table will take."""
    n, n_choosing = large.pieces.n_rows - len(large.aside.judging) - large.aside.n_left, len(large.aside.choosing)
    loss = target_loss(settings.loss, large.target)
    target, wanted, verbs = scaled_for(loss, large.target), plan(settings, n), backends.get()
    network = network_for(wanted, large.schema, target, loss)
    some = large.sample.take(np.arange(min(ROWS_TRIED, large.sample.n_rows)))
    rows = TrainingRows(encode(large.schema, some, np.float32), outputs_of(target, plain_answers(target, some)))
    at_once = min(wanted.members, backends.n_threads())
    an_epoch = seconds_an_epoch(wanted, network, rows, at_once, SECONDS, verbs) * n / len(rows.X)
    row = record_of(network.n_inputs, bool(large.weights)).itemsize
    drawn = sum(4 if isinstance(column, Text) else 8 for column in large.sample.columns) * large.sample.n_rows
    windows = ceil((n - n_choosing) / ROWS_OF_A_WINDOW)
    return Foreseen(
        wanted,
        windows,
        (n - n_choosing) * row,
        PROCESS + 2 * drawn + row * (2 * ROWS_OF_A_WINDOW + n_choosing * (1 + wanted.members)) + _words(large),
        ceil(wanted.members / at_once) * wanted.epochs * an_epoch,
        may_be_widened(settings),
    )


def _words(large: LargeTable) -> int:
    """Return the bytes that free text takes, and learning from the words of some of it."""
    if large.words is None:
        return 0
    texts = [large.sample[column.name] for column in large.schema.columns if column.terms is not None]
    different = [text for column in map(as_text, texts) for text in column.values]
    characters, share = sum(map(len, different)), len(large.words.numbers) / large.sample.n_rows
    return round(TEXT * len(different) + characters * (1 + CHARACTER * share))
