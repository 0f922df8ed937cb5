"""The tutorial that selenite began with, run again: data, runs as printed and corrected.

*Creating a Neural Network from Scratch in Python* (Usman Malik, 2018), parts 1 to 3.
"""

from selenite.tutorial.data import load_part
from selenite.tutorial.runs import Part2, Run, Starts, part1, part2, part3, predictions

__all__ = ["Part2", "Run", "Starts", "load_part", "part1", "part2", "part3", "predictions"]
