"""Pictures, drawn with matplotlib, which is imported when the first one is drawn.

Each function draws one picture and returns its axes, several where the picture has several;
`axes.figure.savefig(path)` writes it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selenite.plots.answer import draw_answer, draw_terms
    from selenite.plots.bent import draw_bent_plane
    from selenite.plots.columns import draw_attributions, draw_dependence, draw_importance
    from selenite.plots.diagram import draw_network
    from selenite.plots.insides import draw_layers, draw_weights
    from selenite.plots.outcomes import draw_confusion, draw_residuals, draw_starts
    from selenite.plots.surface import draw_surface
    from selenite.plots.units import draw_units

_DRAWN = {
    "answer": ("draw_answer", "draw_terms"),
    "bent": ("draw_bent_plane",),
    "columns": ("draw_attributions", "draw_dependence", "draw_importance"),
    "diagram": ("draw_network",),
    "insides": ("draw_layers", "draw_weights"),
    "outcomes": ("draw_confusion", "draw_residuals", "draw_starts"),
    "surface": ("draw_surface",),
    "units": ("draw_units",),
}

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


def __getattr__(name: str) -> Any:
    for module, names in _DRAWN.items():
        if name in names:
            return getattr(import_module(f"selenite.plots.{module}"), name)
    raise AttributeError(f"module 'selenite.plots' has no attribute {name!r}")
