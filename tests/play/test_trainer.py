"""The thread that trains: how many epochs it takes on, whoever changes the network meanwhile."""

import time

from selenite.play.settings import Settings
from selenite.play.trainer import LATE_SECONDS, Trainer
from selenite.play.verbs import change
from selenite.play.workbench import Workbench


def trained(bench, trainer, frames):
    bench.playing.set()
    before = bench.session.epoch
    for _ in range(frames):
        trainer._train()
    return bench.session.epoch - before


def test_a_frame_has_the_epochs_that_were_asked_for():
    bench = Workbench()
    bench.session.settings = Settings(auto_stop=False)
    trainer = Trainer(bench)
    for bench.speed in (1, 7):
        assert trained(bench, trainer, 30) <= 30 * bench.speed
        assert trainer._count <= 4 * bench.speed  # as many as were tried, and a few more
    bench.speed = 0
    assert trained(bench, trainer, 10) > 100


def test_a_network_that_grew_a_thousandfold_does_not_hold_everything_up():
    bench = Workbench()
    trainer = Trainer(bench)
    bench.speed, trainer._count = 0, 100_000  # as after a small one
    change(bench, Settings(rows=500, hidden=(64,) * 4, activations=("tanh",) * 4, batch_size=8))
    begun = time.process_time()
    assert trained(bench, trainer, 1) == 0
    assert time.process_time() - begun < 10 * LATE_SECONDS  # of two threads
    assert trainer._count < 10_000
    for _ in range(12):
        trained(bench, trainer, 1)
    assert bench.session.epoch > 0
