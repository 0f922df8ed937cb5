"""A model taken home: written so that it predicts without selenite, with its own proof."""

from selenite.exporting.proved import export, verify
from selenite.exporting.writer import Proof

__all__ = ["Proof", "export", "verify"]
