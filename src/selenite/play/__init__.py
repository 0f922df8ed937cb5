"""The playground: a page on this machine on which a network learns before one's eyes.

Reading order: settings, points, problem, plane, session, opened (a model), layers, picture, insides, rows, why,
runs, linear, seeds, lessons, link, export, steps, drawing, opening, workbench, asking, guard, stream, server. The page
itself is in page/; it draws and asks, every number comes from here.
"""

from selenite.play.points import make_table
from selenite.play.problem import make_problem
from selenite.play.session import Session
from selenite.play.settings import Settings

__all__ = ["Session", "Settings", "make_problem", "make_table"]
