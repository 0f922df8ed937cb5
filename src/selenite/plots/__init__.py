"""Pictures, drawn with matplotlib, which is imported when the first one is drawn.

Each function draws one picture and returns its axes, several where the picture has several;
`axes.figure.savefig(path)` writes it.
"""

from selenite.plots.answer import draw_answer, draw_terms
from selenite.plots.bent import draw_bent_plane
from selenite.plots.columns import draw_attributions, draw_dependence, draw_importance
from selenite.plots.diagram import draw_network
from selenite.plots.insides import draw_layers, draw_weights
from selenite.plots.outcomes import draw_confusion, draw_residuals, draw_starts
from selenite.plots.surface import draw_surface
from selenite.plots.units import draw_units

__all__ = [
    "draw_answer",
    "draw_attributions",
    "draw_bent_plane",
    "draw_confusion",
    "draw_dependence",
    "draw_importance",
    "draw_layers",
    "draw_network",
    "draw_residuals",
    "draw_starts",
    "draw_surface",
    "draw_terms",
    "draw_units",
    "draw_weights",
]
