"""Tables that tests of the playground make."""

import numpy as np


def pets(rows: int = 240, seed: int = 3) -> str:
    """Return a table of text, numbers and gaps whose answer hangs on age and pet."""
    rng = np.random.default_rng(seed)
    lines = ["age,pet,income,answer"]
    for _ in range(rows):
        age, pet = int(rng.integers(18, 90)), rng.choice(["cat", "dog", "owl"])
        income = "" if rng.random() < 0.1 else f"{rng.normal(30, 9):.2f}"
        lines.append(f"{age},{pet},{income},{'yes' if (age > 50) != (pet == 'owl') else 'no'}")
    return "\n".join(lines) + "\n"
