"""The mathematics of a multilayer perceptron, in NumPy.

Reading order: activations, losses, embedding, network, initializers, random, backprop, schedules, optimizers,
early_stopping, shards, epoch.
"""

from selenite.nn.activations import ACTIVATIONS
from selenite.nn.backprop import (
    Trace,
    backward,
    forward,
    input_gradient,
    jacobian,
    loss_and_gradient,
    predict,
    trace,
)
from selenite.nn.early_stopping import EarlyStopping
from selenite.nn.embedding import Embedding
from selenite.nn.epoch import Epochs, TrainOptions, mean_loss, train, train_many
from selenite.nn.initializers import INITIALIZERS, initialize
from selenite.nn.losses import LOSSES
from selenite.nn.network import Network
from selenite.nn.optimizers import OPTIMIZERS, Optimizer, OptimizerState, Rates, start, step
from selenite.nn.own import OwnActivation, OwnLoss
from selenite.nn.schedules import SCHEDULES, Schedule
from selenite.nn.shards import Exchange

__all__ = [
    "ACTIVATIONS",
    "INITIALIZERS",
    "LOSSES",
    "OPTIMIZERS",
    "SCHEDULES",
    "EarlyStopping",
    "Embedding",
    "Epochs",
    "Exchange",
    "Network",
    "Optimizer",
    "OptimizerState",
    "OwnActivation",
    "OwnLoss",
    "Rates",
    "Schedule",
    "Trace",
    "TrainOptions",
    "backward",
    "forward",
    "initialize",
    "input_gradient",
    "jacobian",
    "loss_and_gradient",
    "mean_loss",
    "predict",
    "start",
    "step",
    "trace",
    "train",
    "train_many",
]
