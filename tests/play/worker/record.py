"""Prints what selenite.play's workbench tells after each of some verbs, as JSON: what the page's session is compared with.

At SELENITE_LEVEL=v2, whose bits the page's kernel has. The sets' points are printed, too: they differ in their last bits.
"""

from collections.abc import Iterator

import msgspec

from selenite.errors import SeleniteError
from selenite.play import bench as benches
from selenite.play import workbench as workbenches
from selenite.play.account import everything
from selenite.play.points import SETS
from selenite.play.questions import QUESTIONS
from selenite.play.settings import Settings
from selenite.play.verbs import VERBS
from selenite.play.workbench import Workbench

benches.FEW_ROWS = workbenches.FEW_ROWS = 5000  # what a run is compared with is found at once, not in a thread

MADE = {}  # every set that was made, by rows, noise and seed


def remembering(name, make):
    def made(rows, noise, seed):
        X, y = make(rows, noise, seed)
        MADE[f"{name} {rows} {noise} {seed}"] = {"X": X.ravel().tolist(), "y": y.tolist()}
        return X, y

    return made


for name, (title, make) in list(SETS.items()):
    SETS[name] = (title, remembering(name, make))


def change(**changes):
    return ("change", {"settings": msgspec.to_builtins(msgspec.structs.replace(Settings(), **changes))})


def train(epochs):
    """Not a verb: what the page does while it plays."""
    return ("train", {"epochs": epochs})


DEEP = {"hidden": (8, 5), "activations": ("relu", "tanh")}
WIDE = {"hidden": (20, 18), "activations": ("tanh", "logistic")}
ASKED = [
    ("matrix", {"layer": 0}), ("rows", {"by": 3, "descending": True}), ("rows", {"by": 4, "start": 50}), ("runs", {}),
    ("at", {"x": 0.3, "y": 0.8}), ("at", {"x": 1.0, "y": 0.0}),
]  # fmt: skip
STORIES = {
    "first steps": [("step", {}), ("step", {"what": "batch"}), ("step", {"what": "row"}), train(40), ("back", {}), *ASKED,
                    ("bent", {"layer": 1}), ("depends", {"column": "x1", "of_class": 1}), ("goto", {"epoch": 7}), ("step", {}),
                    ("weight", {"layer": 0, "before": 1, "unit": 2, "value": 1.5}), train(30), ("show", {"what": "backward"}),
                    ("follow", {"row": 17}), ("reset", {}), ("runs", {}), ("follow", {"row": 1000})],
    "batches": [change(batch_size=16, **DEEP), ("step", {"what": "batch"}), ("step", {"what": "batch"}), ("back", {"what": "batch"}),
                ("step", {"what": "row"}), ("back", {"what": "row"}), ("step", {}), ("step", {}), train(25), ("back", {}),
                change(batch_size=16, learning_rate=0.01, l1=0.001, l2=0.01, **DEEP), train(20),
                change(batch_size=20, dropout=0.3, optimizer="adamw", **DEEP), train(20), *ASKED, ("bent", {"layer": 2, "units": [0, 3]})],
    "momentum and schedules": [change(optimizer="sgd", momentum=0.9, schedule="cosine", learning_rate=0.5, epochs=60), train(30),
                               change(optimizer="sgd", momentum=0.9, schedule="one_cycle", learning_rate=0.5, epochs=90), train(100),
                               change(optimizer="sgd", schedule="step", learning_rate=0.5, epochs=900), train(500), ("step", {})],
    "beside": [train(12), ("beside", {"do": "begin"}), change(learning_rate=0.02), train(5), ("beside", {"do": "switch"}), train(9),
               ("step", {}), ("beside", {"do": "end"}), ("goto", {"epoch": 4}), change(learning_rate=0.3), train(3), ("runs", {})],
    "classes": [change(data="clouds", rows=300, hidden=(6,), activations=("silu",)), train(60), *ASKED, ("depends", {"column": "x2", "of_class": 2}),
                change(data="clouds", rows=2000, test_fraction=0.0, batch_size=100), train(3)],
    "numbers": [change(data="hills", loss="squared_error", noise=0.2, hidden=(12, 12), activations=("gelu", "softplus")), train(50), *ASKED,
                change(data="plane", loss="huber", hidden=(3,), activations=("elu",)), train(300), ("depends", {"column": "x1"}),
                change(data="plane", loss="absolute_error", hidden=(), activations=(), rows=1000), train(20)],
    "sets": [change(data=name, rows=rows, noise=noise, seed=seed) for name, rows, noise, seed in
             (("circle", 200, 0.05, 3), ("xor", 57, 0.0, 4), ("gauss", 10, 0.4, 5), ("spiral", 2000, 0.1, 2**32 - 1), ("moons", 500, 0.3, 1))],
    "made inputs": [change(data="circle", features=("x1²", "x2²", "x1·x2", "x1"), hidden=(2,), activations=("mish",), axes=("x2", "x1")), train(40), *ASKED],
    "people": [change(data="people", test_fraction=0.0, loss="squared_error", start="uniform", hidden=(), activations=(),
               optimizer="sgd", learning_rate=0.05, sums=True, auto_stop=False, hold="row", axes=("obesity", "exercise")), train(3000), ("follow", {"row": 3}),
               change(data="people", test_fraction=0.0, loss="squared_error", start="uniform", hidden=(), activations=(), optimizer="sgd",
               learning_rate=0.05, sums=True, auto_stop=False, axes=("exercise", "smoking")), *ASKED, ("depends", {"column": "obesity"})],
    "wide": [change(**WIDE), train(30), ("matrix", {"layer": 1}), ("bent", {"layer": 2}), ("show", {"what": "backward"})],
    "lessons": [("lesson", {"key": key}) for key in ("part2", "part2-biases", "part3", "rate", "")] + [("lesson", {"key": "part4"})],
    "the article": [("lesson", {"key": "part2"}), train(2000), ("goto", {"epoch": 999}), ("seeds", {"epochs": 60})],
    "rates": [("seeds", {"do": "rates", "epochs": 50}), train(10), ("seeds", {"epochs": 20})],
    "ends": [train(20_000), ("step", {}), change(auto_stop=False, stop_loss=0.5), train(2), ("step", {}), change(epochs=5, hidden=(3,)), train(9),
             ("play", {}), ("pause", {})],
    "diverges": [change(optimizer="sgd", learning_rate=1000.0, data="plane", loss="squared_error", hidden=(16, 16),
                        activations=("relu", "relu")), train(60), ("step", {})],
    "goes badly": [change(learning_rate=1e-05, hidden=(5,)), train(50), change(hidden=(6,), activations=("relu",), learning_rate=30.0), train(60),
                   change(hidden=(6,), activations=("logistic",), learning_rate=100.0), train(60), change(start="uniform", l2=5.0), train(30)],
    "drawing": [("draw", {"do": "begin"}), ("draw", {"do": "add", "x": 0.515625, "y": 0.1, "of_class": 2}), train(15),
                ("draw", {"do": "move", "index": 3, "x": 0.2, "y": 0.9}), ("draw", {"do": "move", "index": 3, "x": 0.25, "y": 0.9, "goes_on": True}),
                ("draw", {"do": "remove", "index": 100}), ("draw", {"do": "undo"}), ("draw", {"do": "clear"}), ("play", {}),
                ("draw", {"do": "add", "x": 0.1, "y": 0.2, "of_class": 0}), ("draw", {"do": "add", "x": 0.3, "y": 0.2, "of_class": 3}),
                ("draw", {"do": "add", "x": 0.2, "y": 0.6, "of_class": 3}), ("draw", {"do": "add", "x": 0.9, "y": 0.9, "of_class": 0}), train(5),
                ("draw", {"do": "undo"}), ("draw", {"do": "redo"}), ("draw", {"do": "redo"}), ("draw", {"do": "remove", "index": 7})],
    "refusals": [change(loss="huber"), change(data="plane"), change(data="clouds", loss="squared_error"), change(start="article", hidden=(3,)),
                 change(axes=("x3", "")), ("depends", {"column": "x3"}), ("depends", {"column": "x1", "of_class": 5}), ("rows", {"by": 9}),
                 ("matrix", {"layer": 4}), ("bent", {"layer": 1, "units": [1, 1]}), ("bent", {"layer": 3}), ("goto", {"epoch": 500}),
                 ("weight", {"layer": 5, "before": 0, "unit": 0, "value": 1.5}), ("weight", {"layer": 0, "before": 7, "unit": 0, "value": 1.5}),
                 ("open", {"link": "nothing"}), ("open", {"link": "#2.abc"}), change(biases=False),
                 ("weight", {"layer": 0, "before": -1, "unit": 0, "value": 1.5}), change(hidden=(1,)), ("bent", {"layer": 1})],
    "put away": [("hide", {"controls": ["more", "seeds"]}), change(seed=9), train(4), ("beside", {"do": "end"})],
}  # fmt: skip


def told(bench: Workbench, verb: str, body: dict) -> dict:
    """Do a verb, and return what it gave: its result or refusal, and what the page is told then."""
    if verb == "train":
        for session in bench.sessions:
            session.train(body["epochs"])
    else:
        try:
            kind = VERBS.get(verb) or QUESTIONS[verb]
            result = kind(**msgspec.convert(body, dict)).act(bench) if verb != "change" else _changed(bench, body)
        except (SeleniteError, ValueError) as error:
            return {"error": str(error)}
        if bench.trials is not None and verb == "seeds":
            while bench.trials is not None:
                pass
        if verb in QUESTIONS:
            return {"result": result}
    bench.choose_units()
    return {"events": everything(bench)}


def _changed(bench: Workbench, body: dict) -> None:
    VERBS["change"](settings=msgspec.convert(body["settings"], Settings, strict=False)).act(bench)


def stories() -> Iterator[dict]:
    for title, verbs in STORIES.items():
        bench = Workbench()
        steps = [{"verb": "tell", "body": {}, "told": {"events": everything(bench)}}]
        for verb, body in verbs:
            steps.append({"verb": verb, "body": body, "told": told(bench, verb, body)})
            steps[-1]["told"] = msgspec.json.decode(msgspec.json.encode(steps[-1]["told"]))
            bench.playing.clear()
        yield {"title": title, "steps": steps}


if __name__ == "__main__":
    found = list(stories())
    print(msgspec.json.encode({"stories": found, "sets": MADE}).decode())
