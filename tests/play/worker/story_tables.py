"""The tables of the stories: small, of numbers, categories, gaps, classes and dates, always the same."""

import numpy as np


def pupils() -> str:
    """Return rows of three classes, of columns of every kind that text has."""
    rng = np.random.default_rng(5)
    lines = ["id,age,height,pet,club,town,school,notes,grade"]
    for i in range(1, 91):
        age, pet = rng.integers(11, 17), str(rng.choice(["cat", "dog", "none", "fish, two"], p=[0.4, 0.3, 0.2, 0.1]))
        height = 100 + 4.5 * age + 6 * rng.normal()
        grade = ["poor", "fair", "good"][int(np.clip(height / 8 - 19 + (pet == "dog") + rng.normal() / 3, 0, 2.9))]
        cells = [
            str(i),
            str(age),
            f"{height:.1f}",
            f'"{pet}"',
            ["No", "Yes"][rng.integers(2)],
            f"t{int(30 * rng.random() ** 2)}",
            "one",
            "=1+1",
        ]
        lines.append(
            ",".join([*("" if rng.random() < 0.06 and 0 < k < 5 else cell for k, cell in enumerate(cells)), grade])
        )
    return "\n".join(lines) + "\n"


def houses() -> str:
    """Return rows of a number to predict, parted by semicolons, with decimal commas."""
    rng = np.random.default_rng(6)
    lines = ["area;rooms;kind;garden;price"]
    for _ in range(40):
        area, kind = float(rng.uniform(20, 160)), str(rng.choice(["flat", "house"]))
        price = 2.5 * area + 40 * (kind == "house") + 10 * rng.normal()
        lines.append(
            f"{area:.1f};{round(area / 25)};{kind};{rng.choice(['0', '1', ''], p=[0.5, 0.4, 0.1])};{price:.2f}".replace(
                ".", ","
            )
        )
    return "\r\n".join(lines)


def wide() -> str:
    """Return rows of many columns and two classes, enough for batches."""
    rng = np.random.default_rng(7)
    X = rng.normal(size=(520, 20)).round(2)
    X[:, 4] = (X[:, 3] + 0.1 * X[:, 4]).round(2)
    y = (X[:, 3] + X[:, 7] ** 2 > 0.8).astype(int)
    return "\n".join(
        [
            ",".join([*(f"x{k}" for k in range(20)), "y"]),
            *(",".join([*map(str, row), str(of)]) for row, of in zip(X.tolist(), y.tolist(), strict=True)),
        ]
    )


def many() -> str:
    """Return more rows than figures are found of in every frame."""
    rng = np.random.default_rng(8)
    a, b = rng.normal(size=5300).round(2), rng.integers(0, 4, 5300)
    return "\n".join(
        ["a,b,y", *(f"{x},{'pqrs'[k]},{x * k + 1:.2f}" for x, k in zip(a.tolist(), b.tolist(), strict=True))]
    )


def trips() -> str:
    """Return rows with days, which the page by itself does not read."""
    rng = np.random.default_rng(9)
    days = [f"2026-{rng.integers(1, 13):02}-{rng.integers(1, 28):02}" for _ in range(50)]
    return "\n".join(["day,seats,late", *(f"{day},{rng.integers(1, 9)},{rng.choice(['yes', 'no'])}" for day in days)])


TABLES = {"pupils.csv": pupils(), "houses.csv": houses(), "wide.csv": wide(), "many.csv": many(), "trips.csv": trips()}
ONLY_PYTHON_READS = ("trips.csv",)
