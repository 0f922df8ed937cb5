"""Prints what selenite.play's workbench tells after each verb of stories.txt, as JSON.

The page's session is compared with it: at SELENITE_LEVEL=v2, whose bits the page's kernel has. The sets' points are
printed, too, because they differ in their last bits.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import msgspec
from csvs import problem_of
from story_tables import ONLY_PYTHON_READS, TABLES
from tables import columns_of

from selenite.errors import SeleniteError
from selenite.play import bench as benches
from selenite.play import workbench as workbenches
from selenite.play.account import everything
from selenite.play.export import data_csv, drawing_of
from selenite.play.points import SETS
from selenite.play.questions import QUESTIONS
from selenite.play.reading import read_as_written
from selenite.play.settings import Settings
from selenite.play.verbs import VERBS
from selenite.play.workbench import Workbench

STORIES = Path(__file__).with_name("stories.txt")

benches.ROWS_COMPARED_AT_ONCE = workbenches.ROWS_COMPARED_AT_ONCE = (
    5000  # what a run is compared with is found at once, not in a thread
)

TAKEN: dict[str, Callable[[Workbench], str]] = {
    "data": lambda bench: data_csv(bench.session),
    "spreadsheet": lambda bench: data_csv(bench.session, guarded=True),
    "svg": lambda bench: drawing_of(bench.session, bench.view),
}
FOLDER = Path(mkdtemp())

Made = Callable[[int, float, int], tuple[Any, Any]]


def remembering(name: str, make: Made, sets: dict[str, Any]) -> Made:
    """Return the maker of a set that keeps what it makes."""

    def made(rows: int, noise: float, seed: int) -> tuple[Any, Any]:
        X, y = make(rows, noise, seed)
        sets[f"{name} {rows} {noise:g} {seed}"] = {"X": X.ravel().tolist(), "y": y.tolist()}
        return X, y

    return made


def stories() -> Iterator[tuple[str, list[tuple[str, dict[str, Any]]]]]:
    """Yield each story's title and verbs."""
    for story in STORIES.read_text(encoding="utf-8").split("\n# ")[1:]:
        title, *lines = story.strip().split("\n")
        yield title, [("tell", {}), *map(read, lines)]


def read(line: str) -> tuple[str, dict[str, Any]]:
    """Return a verb and what it takes; of a change all settings."""
    verb, *pairs = line.split()
    body = {name: value(text) for name, _, text in (pair.partition("=") for pair in pairs)}
    usual = msgspec.to_builtins(Settings())
    return verb, {"settings": usual | body} if verb == "change" else body


def value(text: str) -> Any:
    """Return JSON, or text as it is."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def told(bench: Workbench, verb: str, body: dict[str, Any]) -> dict[str, Any]:
    """Do a verb, and return what it gave: its result or refusal, and what the page is told then."""
    if verb == "train":
        for session in bench.sessions:
            session.train(body["epochs"])
    elif verb == "take":
        return {"result": TAKEN[body["what"]](bench)}
    elif verb == "file":
        try:
            bench.read(str(FOLDER / body["name"]), body["name"])()
        except SeleniteError as error:
            return {"error": str(error)}
    elif verb != "tell":
        try:
            message = (VERBS | QUESTIONS)[verb]
            result = message.act(bench, **msgspec.structs.asdict(msgspec.convert(body, message.kind)))
        except (SeleniteError, ValueError) as error:
            return {"error": str(error)}
        if verb in QUESTIONS:
            return {"result": result}
    while bench.trials is not None:
        time.sleep(0.01)
    bench.choose_units()
    return {"events": everything(bench)}


def learnt(name: str) -> dict[str, Any]:
    """Return a table, and what is learnt of it for each target, as the page gets it where Python reads the file."""
    table = replace(read_as_written(FOLDER / name), source=name)
    ways = {target: problem_of(table, Settings(data="file", target=target)) for target in table.names}
    return {"source": name, "n_rows": table.n_rows, "names": table.names, "columns": columns_of(table), "learnt": ways}


if __name__ == "__main__":
    for name, text in TABLES.items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="")
    sets: dict[str, Any] = {}
    SETS.update({name: (title, remembering(name, make, sets)) for name, (title, make) in SETS.items()})
    found = []
    for title, verbs in stories():
        bench = Workbench()
        steps = []
        for verb, body in verbs:
            now = msgspec.Raw(msgspec.json.encode(told(bench, verb, body)))  # before anything goes on
            steps.append({"verb": verb, "body": body, "told": now})
            bench.playing.clear()
        found.append({"title": title, "steps": steps})
    tables = {name: learnt(name) for name in ONLY_PYTHON_READS}
    print(msgspec.json.encode({"stories": found, "sets": sets, "files": TABLES, "tables": tables}).decode())
    rmtree(FOLDER)
