"""A callback that sees every epoch."""

from selenite.training import Callback


class Witness(Callback):
    """Keeps the parameters of every epoch."""

    every_epoch = True

    def __init__(self):
        self.seen = []

    def epoch(self, progress):
        self.seen.append(progress.parameters.copy())
