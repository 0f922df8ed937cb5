"""A search over what the recipe leaves open: settings are tried on validation rows, the recipe always among them."""

from selenite.tuning.search import Search, Tuned, tune

__all__ = ["Search", "Tuned", "tune"]
