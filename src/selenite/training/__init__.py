"""Epochs and when to stop: `fit` trains a described network on arrays and returns a `Training` with its `History`."""

from selenite.splits.split import split
from selenite.training.callbacks import Callback, Progress, TellEpochs
from selenite.training.comparison import Comparison, compare
from selenite.training.diagnosis import Finding, diagnose
from selenite.training.fit import fit
from selenite.training.history import History, Training
from selenite.training.lbfgs import fit_lbfgs
from selenite.training.levenberg_marquardt import fit_lm
from selenite.training.loop import Trainer, train_runs
from selenite.training.rows import TrainingRows, Windows
from selenite.training.run import Run

__all__ = [
    "Callback",
    "Comparison",
    "Finding",
    "History",
    "Progress",
    "Run",
    "TellEpochs",
    "Trainer",
    "Training",
    "TrainingRows",
    "Windows",
    "compare",
    "diagnose",
    "fit",
    "fit_lbfgs",
    "fit_lm",
    "split",
    "train_runs",
]
