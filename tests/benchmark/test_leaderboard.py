"""The leaderboard's picture: each learner is named, no name covers another or a point."""

from itertools import combinations

import numpy as np
import pytest

pytest.importorskip("matplotlib")
import leaderboard
from selenite.plots.style import canvas


def test_names_of_near_points_stand_apart():
    """Learners in a crowd as close as a name is high, selenite's among them; each place is asked of matplotlib."""
    rng = np.random.default_rng(0)
    spots = zip(10 ** rng.uniform(-1.5, 0, 9), 1 + rng.uniform(-0.04, 0.1, 9), strict=True)
    found = [(f"learner {i}", 10, error, error, 0.5, error, seconds) for i, (seconds, error) in enumerate(spots)]
    with canvas(None, 9.2, 5.6) as axes:
        axes.set(xscale="log", xlim=(0.01, 10), ylim=(0.9, 1.2))
        axes.figure.draw_without_rendering()
        leaderboard._label(axes, found)
        assert [text.get_text() for text in axes.texts] == [row[0] for row in found]
        boxes = [text.get_window_extent() for text in axes.texts]
        assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
        points = [axes.transData.transform((row[-1], row[2])) for row in found]
        assert not any(box.contains(*point) for box in boxes for point in points)
