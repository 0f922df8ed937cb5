"""Prints page/worker/tutorial.js: the tutorial's data and the articles' starting weights, for a page without Python."""

import json

from selenite.tutorial import load_part
from selenite.tutorial.networks import lesson
from selenite.tutorial.runs import other_starts

HEAD = (
    "// The tutorial's rows, and the weights that its articles start from: printed by tests/play/worker/tutorial.py.\n"
)


def tutorial():
    """Return the file's text."""
    parts = {}
    for part in (1, 2, 3):
        X, y = load_part(part)
        parts[part] = json.dumps({"X": X.ravel().tolist(), "y": y.astype(int).tolist()}, separators=(",", ":"))
    starts = {"3-1": "1", "2-1": "2-perceptron", "2-4-1": "2", "2-4-3": "3"}
    return HEAD + "".join(
        f"\n/** {what} */\nexport const {name} = {json.dumps(content, separators=(',', ':'))};\n"
        for name, what, content in (
            ("PARTS", "The rows of the three parts as JSON, which is read where they are wanted: X row by row.", parts),
            (
                "STARTS",
                "Of each network its parameters; 2-4-1 has no biases.",
                {k: lesson(v).parameters.tolist() for k, v in starts.items()},
            ),
            ("OTHER_STARTS", "20 other draws of the 2-4-1 network's weights.", other_starts(biases=False).tolist()),
        )
    )


if __name__ == "__main__":
    print(tutorial(), end="")
