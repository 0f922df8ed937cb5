"""Prints links of selenite.play and what they carry, as JSON, and what the links that are given carry."""

import json
import sys

import msgspec
import numpy as np

from selenite.errors import OptionError
from selenite.play.link import Link, decode_link, encode_link, pack_weights
from selenite.play.settings import Settings

LINKS = (
    Link(Settings()),
    Link(
        Settings(data="circle", hidden=(3, 2), activations=("relu", "tanh"), learning_rate=0.003), 12, hidden=("more",)
    ),
    Link(Settings(), 7, pack_weights(np.linspace(-1, 1, 17))),
    Link(
        Settings(data="drawn"),
        points=((0.5, -1.25, 0), (0.1, 0.2, 1), (1.0, 1.0, 0), (-1.0, 0.0, 2)),
        lesson="rate",
    ),
)


def carried(text):
    try:
        return msgspec.to_builtins(decode_link(text))
    except OptionError as error:
        return str(error)


made = [encode_link(link) for link in LINKS]
print(json.dumps({"made": [[text, carried(text)] for text in made], "read": [carried(text) for text in sys.argv[1:]]}))
