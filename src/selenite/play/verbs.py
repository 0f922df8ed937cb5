"""The page's verbs, which change the workbench; the parameters of each are what the page says."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from selenite.errors import OptionError, SeleniteError
from selenite.play.bench import USUAL_SPEED
from selenite.play.drawing import Point, points_of_problem
from selenite.play.lessons import LESSONS
from selenite.play.link import MOST_DRAWN_BY_HAND, Controls, decode_link, unpack_weights
from selenite.play.messages import Class, Count, Layer, Place, Unit, UnitBefore, messages
from selenite.play.opened import FINISHED, Opened
from selenite.play.plane import PLANE, check_axes
from selenite.play.problem import make_problem
from selenite.play.runs import noted
from selenite.play.seeds import Trials
from selenite.play.session import Session
from selenite.play.settings import RESTARTING, Settings
from selenite.play.workbench import Workbench

Length = Literal["epoch", "batch", "row"]


def change(bench: Workbench, settings: Settings) -> None:
    """Take other settings: begin anew where they need it, else train on."""
    new, old = settings, bench.session.settings
    if any(getattr(new, name) != getattr(old, name) for name in RESTARTING):
        bench.begin(new)
        if new.data != old.data and bench.lesson:
            bench.lesson, bench.speed = "", USUAL_SPEED
        return
    check_axes(bench.session.problem, new.axes)
    if msgspec.structs.replace(new, axes=old.axes, hold=old.hold) != old:  # more than the view
        bench.trials = None
        bench.keep_future()
        bench.session.go_on_with(new)
    bench.session.settings = new
    bench.look_anew()


def reset(bench: Workbench) -> None:
    """Go back to the start: the same weights."""
    bench.playing.clear()
    bench.begin(bench.session.settings)


def play(
    bench: Workbench,
    speed: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = USUAL_SPEED,  # epochs a frame; 0: as time allows
) -> None:
    """Train, at a speed."""
    session = bench.session
    if bench.waiting:
        raise OptionError(bench.waiting)
    bench.speed = speed
    if session.ended:
        if session.epoch >= session.settings.epochs:
            raise OptionError("all epochs of this setting are done; reset, or raise “stop after”")
        session.settings = msgspec.structs.replace(session.settings, auto_stop=False)
    session.branch()
    session.ended = ""
    bench.playing.set()


def pause(bench: Workbench) -> None:
    """Stop training."""
    bench.playing.clear()


def step(bench: Workbench, what: Length = "epoch") -> None:
    """Train for one epoch, batch or row."""
    bench.playing.clear()
    bench.session.ended = ""
    for session in bench.behind(1)[0]:
        session.branch()  # what came after is forgotten
        session.ended = ""
        if what == "epoch":
            session.train(1)
        elif what == "batch":
            session.step_batch()
        else:
            session.step_row()
    if what == "row":
        bench.follow(_next_row(bench.session))


def step_back(bench: Workbench, what: Length = "epoch") -> None:
    """Take one step back."""
    bench.playing.clear()
    bench.go_to(*_moment_before(bench.session, what))
    if what == "row":
        bench.follow(_next_row(bench.session))


def go_to(bench: Workbench, epoch: Count) -> None:
    """Go to another epoch."""
    bench.playing.clear()
    bench.go_to(epoch)


def set_weight(
    bench: Workbench,
    layer: Layer,
    before: UnitBefore,
    unit: Unit,
    value: Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)],
) -> None:
    """Change a weight by hand."""
    bench.keep_future()
    bench.session.set_parameter(layer, before, unit, value)


def follow(bench: Workbench, row: Count) -> None:
    """Follow another row through the network."""
    n_rows = bench.session.problem.table.n_rows
    if row >= n_rows:
        raise OptionError(f"there is no row {row + 1:,}; there are {n_rows:,}")
    bench.follow(row)


def look(bench: Workbench, member: Annotated[int, msgspec.Meta(ge=0, le=10_000)], alone: bool = False) -> None:
    """Look into another network of an opened model; alone: its answer in place of all of them."""
    if not isinstance(bench.session, Opened):
        raise OptionError("one network is trained here; several are in a model that is opened")
    bench.session.look(member, alone)
    bench.look_anew()


def take_lesson(
    bench: Workbench,
    key: Annotated[str, msgspec.Meta(max_length=40)],  # "" for none
) -> None:
    """Begin a lesson, or leave it."""
    bench.playing.clear()
    if key and key not in LESSONS:
        raise OptionError(f"there is no lesson {key!r}; there are {', '.join(LESSONS)}")
    if key:
        lesson = LESSONS[key]
        bench.followed, bench.speed = lesson.followed, lesson.speed
        bench.begin(lesson.settings)
    else:
        bench.speed = USUAL_SPEED
        bench.begin(Settings())
    bench.lesson = key


def run_seeds(
    bench: Workbench,
    do: Literal["seeds", "rates", "stop"] = "seeds",
    epochs: Count = 0,  # 0: as many as the run has had
) -> None:
    """Begin to train the setting from 20 starts, or at several learning rates, or end that."""
    bench.playing.clear()
    bench.trials = None
    if do == "stop":
        return
    if bench.session.finished:
        raise OptionError(FINISHED)
    lesson = LESSONS.get(bench.lesson)
    usual = lesson.settings.epochs if lesson and lesson.settings.sums else bench.session.epoch
    bench.run(Trials(bench.session, epochs or usual or 500, do == "rates"))


def run_beside(bench: Workbench, do: Literal["begin", "end", "switch"]) -> None:
    """Begin a second run from the same weights, end it, or change to the other one."""
    if do == "begin":
        bench.other, bench.session = bench.session.copy(), bench.session.copy()
        bench.side, bench.branched = "B", None
    elif do == "end":
        bench.runs = noted(bench.runs, bench.sessions[1:])
        bench.other, bench.side, bench.branched = None, "A", None
    elif bench.other is not None:
        bench.session, bench.other = bench.other, bench.session
        bench.side = "B" if bench.side == "A" else "A"
        bench.look_anew()


def show(bench: Workbench, what: Literal["forward", "backward"]) -> None:
    """Show the forward or the backward pass in the diagram."""
    bench.backward = what == "backward"


def hide(bench: Workbench, controls: Controls) -> None:
    """Put some controls away, as a link may."""
    bench.hidden = controls


def open_link(bench: Workbench, link: Annotated[str, msgspec.Meta(max_length=100_000)]) -> str:
    """Open a link; nothing runs until the user says so."""
    bench.playing.clear()
    opened = decode_link(link)
    if opened.settings.data == "file" and bench.file is None:
        raise OptionError("this link belongs to a file of its maker's, which it does not carry; open the file first")
    drawn, bench.drawing.points = bench.drawn, list(opened.points) or bench.drawn
    try:
        problem = make_problem(opened.settings, bench.table_of(opened.settings.data))
        network = opened.settings.network_for(problem.X.shape[1], problem.target)
        bench.begin(opened.settings, unpack_weights(opened.weights, network.n_parameters), opened.epoch, problem)
    except SeleniteError:
        bench.drawing.points = drawn
        raise
    bench.lesson = opened.lesson if opened.lesson in LESSONS else ""
    bench.hidden = opened.hidden
    weights = f"weights of epoch {opened.epoch:,}" if opened.weights else "no weights"
    points = f", {len(opened.points)} drawn points" if opened.points else ""
    return f"Opened a link with settings, {weights}{points}. Nothing runs until you press play."


def draw(
    bench: Workbench,
    do: Literal["begin", "add", "move", "remove", "clear", "undo", "redo"],
    x: Place = 0.0,
    y: Place = 0.0,
    of_class: Class = 0,
    index: Annotated[int, msgspec.Meta(ge=0, le=500)] = 0,
    goes_on: bool = False,  # a drag that began before: undone with it as one
) -> None:
    """Add, move or take away a point, or all; and learn from them as they are now, from the present weights."""
    drawing = bench.drawing
    if do == "begin" and bench.session.settings.data != "drawn":
        drawing.points = points_of_problem(bench.session.problem) or drawing.points
    if do in ("undo", "redo"):
        drawing.go_back(forth=do == "redo")
    elif do != "begin":
        drawing.change(_changed(drawing.points, do, (x, y), of_class, index), goes_on)
    bench.learn_from_drawn()


VERBS = messages(
    change=change, reset=reset, play=play, pause=pause, step=step, back=step_back, goto=go_to, weight=set_weight,
    follow=follow, look=look, lesson=take_lesson, seeds=run_seeds, beside=run_beside, show=show, hide=hide,
    open=open_link, draw=draw,
)  # fmt: skip
PAUSING = ("pause", "reset", "step", "back", "goto", "lesson", "seeds", "open")  # training stops at once
URGENT = ("pause", "reset", "goto", "lesson", "open")  # a long way to another epoch ends at once, too


def _changed(points: list[Point], do: str, share: tuple[float, float], of_class: int, index: int) -> list[Point]:
    """Return the points as they are changed."""
    x, y = (round(axis.low + share * (axis.high - axis.low), 3) for axis, share in zip(PLANE, share, strict=True))
    if do == "clear":
        return []
    if do == "add":
        if len(points) >= MOST_DRAWN_BY_HAND:
            raise OptionError(f"there are {MOST_DRAWN_BY_HAND} points; take some away, or open a file")
        return [*points, (x, y, of_class)]
    if index >= len(points):
        raise OptionError(f"there is no point {index + 1}; there are {len(points)}")
    moved = [(x, y, points[index][2])] if do == "move" else []
    return [*points[:index], *moved, *points[index + 1 :]]


def _next_row(session: Session) -> int:
    """Return the row that is seen next."""
    return int(session.problem.training[session.order[session.row]])


def _moment_before(session: Session, what: Length) -> tuple[int, int]:
    """Return epoch and row of the moment one step back."""
    n, size = len(session.X), session.batch_size
    at = session.epoch * n + session.row
    if what == "epoch":
        goal = at - (session.row or n)
    elif what == "batch":
        begin, last = session.row - session.row % size, (n - 1) // size * size
        goal = at - (session.row - begin or (size if session.row else n - last))
    else:
        goal = at - 1
    return divmod(max(goal, session.first_epoch * n), n)
