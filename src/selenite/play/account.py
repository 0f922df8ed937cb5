"""What the page is told: the state of the workbench, a frame of the run, the slower figures."""

from __future__ import annotations

from typing import Any

from selenite.nn.activations import HIDDEN_ACTIVATIONS
from selenite.play.bench import Bench
from selenite.play.figures import detail, score
from selenite.play.layers import layer_names
from selenite.play.lessons import LESSONS
from selenite.play.opened import Opened
from selenite.play.picture import class_colours, frame, output_surface, points_of
from selenite.play.plane import PLANE
from selenite.play.points import SETS
from selenite.play.settings import LOSSES_OF
from selenite.table.cells import cell_text

MOST_CELLS = 60  # of the followed row


def everything(bench: Bench) -> dict[str, dict[str, Any]]:
    """Return all of it; of a run only where there is one."""
    found = {"state": state(bench)}
    return found if bench.waiting else found | {"frame": picture(bench), "detail": details(bench)}


def state(bench: Bench) -> dict[str, Any]:
    """Return everything that changes only when somebody does something."""
    session, problem = bench.session, bench.session.problem
    network = session.network
    lesson = LESSONS.get(bench.lesson)
    all_names = [layer_names(session, layer) for layer in range(network.n_layers + 1)]
    return {
        "settings": session.settings,
        "playing": bench.playing.is_set(),
        "speed": bench.speed,
        "waiting": bench.waiting,
        "sets": {name: title for name, (title, _) in SETS.items()},
        "file": bench.file.source if bench.file else None,
        "activations": HIDDEN_ACTIVATIONS,
        "losses": LOSSES_OF["classification" if problem.n_classes else "regression"],
        "lessons": {key: each.title for key, each in LESSONS.items()},
        "lesson": bench.lesson,
        "lesson_text": lesson.text if lesson else (),
        "lesson_question": lesson.question if lesson else "",
        "lesson_answer": lesson.answered(session, bench.seeds) if lesson else "",
        "source": problem.table.source,
        "columns": problem.columns,
        "names": problem.table.names,
        "target": problem.target.name,
        "classes": problem.target.classes,
        "colours": class_colours(session),
        "derived": problem.derived,
        "rows": {"all": problem.table.n_rows, "training": len(problem.training), "test": len(problem.test)},
        "axes": bench.view.axes,
        "layers": [
            {
                "units": n,
                "indices": units.tolist(),
                "names": [names[unit] for unit in units],
                "others": len(others),
                "activation": network.activations[l - 1] if l else "",
            }
            for l, (n, names, units, others) in enumerate(
                zip(network.widths, all_names, bench.chosen.units, bench.chosen.others, strict=True)
            )
        ],
        "opened": opened(session) if isinstance(session, Opened) else None,
        "model": bench.opened.name if bench.opened else None,
        "answers": problem.answers,
        "parameters": network.n_parameters,
        "points": points(bench),
        "followed": bench.followed,
        "followed_row": followed_row(bench),
        "baseline": bench.baseline,
        "seeds": bench.seeds,
        "batches": -(-len(session.X) // max(session.batch_size, 1)),
        "first_epoch": session.first_epoch,
        "side": bench.side,
        "beside": bench.other is not None,
        "branched": bench.branched,
        "trying": bench.trials is not None,
        "backward": bench.backward and problem.answers,
        "hidden": bench.hidden,
        "drawn": len(bench.drawn),
    }


def opened(session: Opened) -> dict[str, Any]:
    """Return what is known of an opened model: its networks, which of them is seen, how good it was found to be."""
    data = session.model.data
    folds = f"in {data.folds} folds" if data.folds else ""
    return {
        "name": session.name,
        "headline": str(session.model).partition("\n")[0],
        "members": len(session.members),
        "member": session.member,
        "alone": session.alone,
        "has_rows": session.has_rows,
        "figures": session.model.figures,
        "judged": f"on {data.test_rows:,} rows put aside" if data.test_rows else folds,
    }


def points(bench: Bench) -> dict[str, Any]:
    """Return the points of the plane; of those drawn by hand also while there are too few to learn from."""
    if bench.session.settings.data != "drawn" or not bench.waiting:
        return points_of(bench.session, bench.view)
    xs, ys = ([(p[i] - PLANE[i].low) / (PLANE[i].high - PLANE[i].low) for p in bench.drawn] for i in (0, 1))
    n = len(bench.drawn)
    return {"rows": list(range(n)), "x": xs, "y": ys, "shade": [p[2] for p in bench.drawn], "test": [False] * n}


def followed_row(bench: Bench) -> list[tuple[str, str]]:
    """Return the followed row as names and cells."""
    table = bench.session.problem.table
    some = list(zip(table.names, table.columns, strict=True))[:MOST_CELLS]
    return [(name, cell_text(column, bench.followed)) for name, column in some]


def picture(bench: Bench) -> dict[str, Any]:
    """Return the frame."""
    backward = bench.backward and bench.session.problem.answers
    found = frame(bench.session, bench.view, bench.followed, bench.chosen, backward)
    found["playing"] = bench.playing.is_set()
    if bench.other is not None:
        other, rows = bench.other, bench.other.problem.judged[1]
        at = other.epoch - other.first_epoch
        found["other"] = {
            "output": output_surface(other, bench.view),
            "loss": other.shown_scale * float(other.curves["loss"][at - 1]) if at else None,
            "good": score(other.problem, other.predicted(rows), rows),
        }
    return found


def details(bench: Bench) -> dict[str, Any]:
    """Return the slower figures."""
    found = detail(bench.session, not bench.playing.is_set())
    if bench.other is not None:
        epochs, curves = bench.other.curves.thinned()
        found["other"] = {
            "epochs": (epochs + bench.other.first_epoch).tolist(),
            "loss": (bench.other.shown_scale * curves["loss"]).tolist(),
            "last_epoch": bench.other.epoch,
        }
    return found
