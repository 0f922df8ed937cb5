"""A model taken home: written so that it predicts without selenite, with its own proof."""

from selenite.exporting.proved import Proof, export, verify

__all__ = ["Proof", "export", "verify"]
