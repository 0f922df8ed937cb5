"""What is taken home: the model file, a script that gives the same numbers, the data, the curves, a drawing."""

from __future__ import annotations

from base64 import b64decode
from html import escape
from itertools import groupby

import msgspec
import numpy as np

from selenite.errors import OptionError
from selenite.model import Model
from selenite.model.parts import Data, Recipe
from selenite.play.opened import FINISHED, Opened
from selenite.play.picture import OUTPUT_SIZE, View, class_colours, output_surface, points_of
from selenite.play.session import Session
from selenite.play.settings import Settings
from selenite.table.cells import cell_texts, csv_cell, spreadsheet_safe
from selenite.training.checkpoints import Checkpoint

PALETTE = ("#0877bd", "#e8710a", "#4f9d2f", "#a23b9a", "#c9a400", "#5c6bc0", "#00838f", "#ad4a5b", "#6d4c41", "#607d8b")


def model_of(session: Session) -> Model:
    """Return the network as a model of the table, as `selenite fit` makes one; of a model that was opened itself."""
    if isinstance(session, Opened):
        return session.model
    problem, settings = session.problem, session.settings
    recipe = Recipe(
        seed=settings.seed, optimizer=settings.optimizer, learning_rate=session.optimizer.learning_rate,
        schedule=settings.schedule, dropout=settings.dropout, batch_size=session.batch_size, epochs=settings.epochs,
        epochs_run=session.epoch, best_epochs=(session.epoch,), ended="callback",
    )  # fmt: skip
    data = Data(training_rows=len(problem.training), test_rows=len(problem.test), split_seed=settings.seed)
    return Model(session.network, session.parameters.copy(), problem.schema, problem.target, recipe=recipe, data=data)


def data_csv(session: Session, guarded: bool = False) -> str:
    """Return the rows as a table, with the inputs that were made of x1 and x2; `guarded`: for a spreadsheet to open."""
    table = session.problem.given(session.problem.table)
    columns = [[name, *cell_texts(column)] for name, column in zip(table.names, table.columns, strict=True)]
    cells = [[csv_cell(spreadsheet_safe(text) if guarded else text) for text in column] for column in columns]
    return "".join(",".join(row) + "\n" for row in zip(*cells, strict=True))


def weights_json(session: Session) -> str:
    """Return the network and its weights as JSON: of each layer (inputs, units) and its biases."""
    network, parameters = session.network, session.parameters
    layers = [
        {"activation": name, "weights": weights.tolist(), "biases": None if biases is None else biases.tolist()}
        for name, weights, biases in zip(
            network.activations, network.weights(parameters), network.bias_vectors(parameters), strict=True
        )
    ]
    found = {"inputs": session.problem.inputs, "epoch": session.epoch, "loss": network.loss, "layers": layers}
    return msgspec.json.format(msgspec.json.encode(found), indent=1).decode() + "\n"


def curves_csv(session: Session) -> str:
    """Return every epoch's numbers."""
    scale = session.shown_scale
    lines = ["epoch,loss,test_loss,gradient_norm"]
    columns = [session.curves[name] * scale for name in ("loss", "validation_loss", "gradient_norm")]
    for epoch, values in enumerate(zip(*columns, strict=True), session.first_epoch + 1):
        lines.append(f"{epoch}," + ",".join("" if np.isnan(value) else repr(float(value)) for value in values))
    return "\n".join(lines) + "\n"


def script_of(session: Session, drawn: list[tuple[float, float, int]]) -> str:
    """Return a Python program that makes the same run and prints the same loss."""
    if session.finished:
        raise OptionError(FINISHED)
    moments = [m for m in session.checkpoints if m.turning and m.place <= (session.epoch, session.row)]
    if session.row or any(m.row for m in moments):
        raise OptionError("the script makes whole epochs; finish this epoch first, with one more step")
    first = session.checkpoints[0]
    lines = [
        '"""The run on selenite\'s playground, again: the same data, start and steps, and so the same numbers."""',
        "",
        "import numpy as np",
        "",
        "from selenite.play import Session, Settings, make_problem",
    ]
    table = _table_lines(session, drawn)
    lines += [
        *table,
        "",
        f"settings = {_settings_text(first.settings)}",
        "run = Session(settings, make_problem(settings",
    ]
    lines[-1] += ", table))" if table else "))"
    if first.epoch:
        lines[-1] = lines[-1][:-1] + f", np.array({first.parameters.tolist()}), {first.epoch})"
    settings = first.settings
    for before, moment in zip(moments, [*moments[1:], None], strict=True):
        if before is not first:
            lines += _turn(before, settings)
            settings = before.settings
        end = session.epoch if moment is None else moment.epoch
        if end > before.epoch:
            lines.append(f"run.train({end - before.epoch})")
    scale = " * len(run.X)" if session.settings.sums else ""
    if session.epoch > session.first_epoch:
        lines += ["", f'print("epoch", run.epoch, "loss", run.curves["loss"][-1]{scale})']
    lines += ['print("weights", np.round(run.parameters, 4).tolist())']
    return "\n".join(lines) + "\n"


def drawing_of(session: Session, view: View) -> str:
    """Return the plane as a scalable drawing: surface, points, what each means."""
    problem = session.problem
    shades = np.frombuffer(b64decode(output_surface(session, view)), dtype=np.uint8)
    cell, parts = 5, []
    side = OUTPUT_SIZE * cell
    palette = [PALETTE[k] for k in class_colours(session)] if problem.n_classes else list(PALETTE[:2])
    colours = [_colour(shades, i, palette) for i in range(OUTPUT_SIZE * OUTPUT_SIZE)]
    for row in range(OUTPUT_SIZE):
        at = 0
        for colour, same in groupby(colours[row * OUTPUT_SIZE : (row + 1) * OUTPUT_SIZE]):  # one rectangle
            count = len(list(same))
            box = f'x="{at * cell}" y="{row * cell}" width="{count * cell}" height="{cell}"'
            parts.append(f'<rect {box} fill="{colour}"/>')
            at += count
    points = points_of(session, view)
    for x, y, shade, test in zip(points["x"], points["y"], points["shade"], points["test"], strict=True):
        fill = palette[int(shade)] if problem.n_classes else _blend(shade, palette)
        ring = "#000" if test else "#fff"
        parts.append(f'<circle cx="{x * side:.1f}" cy="{(1 - y) * side:.1f}" r="4" fill="{fill}" stroke="{ring}"/>')
    title = escape(f"{problem.target.name} over {view.axes[0].name}, epoch {session.epoch}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f"<title>{title}</title>{''.join(parts)}</svg>\n"
    )


def _colour(shades: np.ndarray, i: int, palette: list[str]) -> str:
    if len(palette) > 2:
        strength = shades[OUTPUT_SIZE * OUTPUT_SIZE + i] / 255
        return _mixed(palette[shades[i]], 0.25 + 0.6 * strength)
    return _blend(shades[i] / 255, palette)


def _blend(share: float, palette: list[str]) -> str:
    """Return the first colour for 0, white for ½, the second for 1, in 32 steps."""
    share = round(share * 32) / 32
    return _mixed(palette[1] if share > 0.5 else palette[0], abs(2 * share - 1))


def _mixed(colour: str, strength: float) -> str:
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - strength * (255 - part)):02x}" for part in parts)


def _settings_text(settings: Settings) -> str:
    usual = type(settings)()
    changed = {name: getattr(settings, name) for name in settings.__struct_fields__}
    return "Settings(" + ", ".join(f"{n}={v!r}" for n, v in changed.items() if v != getattr(usual, n)) + ")"


def _table_lines(session: Session, drawn: list[tuple[float, float, int]]) -> list[str]:
    data = session.settings.data
    if data == "file":
        name = session.problem.table.source
        return [
            "from selenite.table import read_table",
            "",
            f"table = read_table({name!r})  # the file beside this script",
        ]
    if data == "drawn":
        return [
            "from selenite.play.points import points_table", "",
            f"points = np.array({[list(point) for point in drawn]})",
            'table = points_table(points[:, :2], points[:, 2], ("x1", "x2"), "label")',
        ]  # fmt: skip
    return []


def _turn(moment: Checkpoint, settings: object) -> list[str]:
    """Return what was changed at a moment: the settings, or weights by hand."""
    if moment.settings != settings:
        return [f"run.go_on_with({_settings_text(moment.settings)})"]
    numbers = msgspec.json.encode(moment.parameters.tolist()).decode()
    return [f"run.parameters[:] = {numbers}  # changed by hand"]
