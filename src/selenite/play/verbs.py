"""The page's verbs: each says what it needs, and does it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from selenite.errors import OptionError, SeleniteError
from selenite.play.bench import USUAL_SPEED
from selenite.play.drawing import Point, points_of_problem
from selenite.play.lessons import LESSONS
from selenite.play.link import MOST_DRAWN_BY_HAND, Controls, decode_link, unpack_weights
from selenite.play.messages import Class, Count, Layer, Message, Place, Unit, UnitBefore, by_tag
from selenite.play.opened import FINISHED, Opened
from selenite.play.plane import PLANE, check_axes
from selenite.play.problem import make_problem
from selenite.play.runs import noted
from selenite.play.seeds import Trials
from selenite.play.session import Session
from selenite.play.settings import RESTARTING, Settings
from selenite.play.workbench import Workbench

Length = Literal["epoch", "batch", "row"]


class Change(Message, frozen=True, tag="change"):
    """Take other settings: begin anew where they need it, else train on."""

    settings: Settings

    def act(self, bench: Workbench) -> None:
        new, old = self.settings, bench.session.settings
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


class Reset(Message, frozen=True, tag="reset"):
    """Go back to the start: the same weights."""

    pauses = urgent = True

    def act(self, bench: Workbench) -> None:
        bench.playing.clear()
        bench.begin(bench.session.settings)


class Play(Message, frozen=True, tag="play"):
    """Train, at a speed."""

    speed: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = USUAL_SPEED  # epochs a frame; 0: as time allows

    def act(self, bench: Workbench) -> None:
        session = bench.session
        if bench.waiting:
            raise OptionError(bench.waiting)
        bench.speed = self.speed
        if session.ended:
            if session.epoch >= session.settings.epochs:
                raise OptionError("all epochs of this setting are done; reset, or raise “stop after”")
            session.settings = msgspec.structs.replace(session.settings, auto_stop=False)
        session.branch()
        session.ended = ""
        bench.playing.set()


class Pause(Message, frozen=True, tag="pause"):
    """Stop training."""

    pauses = urgent = True

    def act(self, bench: Workbench) -> None:
        bench.playing.clear()


class Step(Message, frozen=True, tag="step"):
    """Train for one epoch, batch or row."""

    pauses = True
    what: Length = "epoch"

    def act(self, bench: Workbench) -> None:
        bench.playing.clear()
        bench.session.ended = ""
        for session in bench.behind(1)[0]:
            session.branch()  # what came after is forgotten
            session.ended = ""
            if self.what == "epoch":
                session.train(1)
            elif self.what == "batch":
                session.step_batch()
            else:
                session.step_row()
        if self.what == "row":
            bench.follow(_next_row(bench.session))


class Back(Message, frozen=True, tag="back"):
    """Take one step back."""

    pauses = True
    what: Length = "epoch"

    def act(self, bench: Workbench) -> None:
        bench.playing.clear()
        bench.go_to(*_moment_before(bench.session, self.what))
        if self.what == "row":
            bench.follow(_next_row(bench.session))


class GoTo(Message, frozen=True, tag="goto"):
    """Go to another epoch."""

    pauses = urgent = True
    epoch: Count

    def act(self, bench: Workbench) -> None:
        bench.playing.clear()
        bench.go_to(self.epoch)


class Weight(Message, frozen=True, tag="weight"):
    """Change a weight by hand."""

    layer: Layer
    before: UnitBefore
    unit: Unit
    value: Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]

    def act(self, bench: Workbench) -> None:
        bench.keep_future()
        bench.session.set_parameter(self.layer, self.before, self.unit, self.value)


class Follow(Message, frozen=True, tag="follow"):
    """Follow another row through the network."""

    row: Count

    def act(self, bench: Workbench) -> None:
        n_rows = bench.session.problem.table.n_rows
        if self.row >= n_rows:
            raise OptionError(f"there is no row {self.row + 1:,}; there are {n_rows:,}")
        bench.follow(self.row)


class Look(Message, frozen=True, tag="look"):
    """Look into another network of an opened model; alone: its answer in place of all of them."""

    member: Annotated[int, msgspec.Meta(ge=0, le=10_000)]
    alone: bool = False

    def act(self, bench: Workbench) -> None:
        if not isinstance(bench.session, Opened):
            raise OptionError("one network is trained here; several are in a model that is opened")
        bench.session.look(self.member, self.alone)
        bench.look_anew()


class Lesson(Message, frozen=True, tag="lesson"):
    """Begin a lesson, or leave it."""

    pauses = urgent = True
    key: Annotated[str, msgspec.Meta(max_length=40)]  # "" for none

    def act(self, bench: Workbench) -> None:
        bench.playing.clear()
        if self.key and self.key not in LESSONS:
            raise OptionError(f"there is no lesson {self.key!r}; there are {', '.join(LESSONS)}")
        if self.key:
            lesson = LESSONS[self.key]
            bench.followed, bench.speed = lesson.followed, lesson.speed
            bench.begin(lesson.settings)
        else:
            bench.speed = USUAL_SPEED
            bench.begin(Settings())
        bench.lesson = self.key


class Seeds(Message, frozen=True, tag="seeds"):
    """Begin to train the setting from 20 starts, or at several learning rates, or end that."""

    pauses = True
    do: Literal["seeds", "rates", "stop"] = "seeds"
    epochs: Count = 0  # 0: as many as the run has had

    def act(self, bench: Workbench) -> None:
        bench.playing.clear()
        bench.trials = None
        if self.do == "stop":
            return
        if bench.session.finished:
            raise OptionError(FINISHED)
        lesson = LESSONS.get(bench.lesson)
        usual = lesson.settings.epochs if lesson and lesson.settings.sums else bench.session.epoch
        bench.run(Trials(bench.session, self.epochs or usual or 500, self.do == "rates"))


class Beside(Message, frozen=True, tag="beside"):
    """Begin a second run from the same weights, end it, or change to the other one."""

    do: Literal["begin", "end", "switch"]

    def act(self, bench: Workbench) -> None:
        if self.do == "begin":
            bench.other, bench.session = bench.session.copy(), bench.session.copy()
            bench.side, bench.branched = "B", None
        elif self.do == "end":
            bench.runs = noted(bench.runs, bench.sessions[1:])
            bench.other, bench.side, bench.branched = None, "A", None
        elif bench.other is not None:
            bench.session, bench.other = bench.other, bench.session
            bench.side = "B" if bench.side == "A" else "A"
            bench.look_anew()


class Show(Message, frozen=True, tag="show"):
    """Show the forward or the backward pass in the diagram."""

    what: Literal["forward", "backward"]

    def act(self, bench: Workbench) -> None:
        bench.backward = self.what == "backward"


class Hide(Message, frozen=True, tag="hide"):
    """Put some controls away, as a link may."""

    controls: Controls

    def act(self, bench: Workbench) -> None:
        bench.hidden = self.controls


class Open(Message, frozen=True, tag="open"):
    """Open a link; nothing runs until the user says so."""

    pauses = urgent = True
    link: Annotated[str, msgspec.Meta(max_length=100_000)]

    def act(self, bench: Workbench) -> str:
        bench.playing.clear()
        link = decode_link(self.link)
        if link.settings.data == "file" and bench.file is None:
            raise OptionError(
                "this link belongs to a file of its maker's, which a link cannot carry; open the file first"
            )
        drawn, bench.drawing.points = bench.drawn, list(link.points) or bench.drawn
        try:
            problem = make_problem(link.settings, bench.table_of(link.settings.data))
            network = link.settings.network_for(problem.X.shape[1], problem.target)
            bench.begin(link.settings, unpack_weights(link.weights, network.n_parameters), link.epoch, problem)
        except SeleniteError:
            bench.drawing.points = drawn
            raise
        bench.lesson = link.lesson if link.lesson in LESSONS else ""
        bench.hidden = link.hidden
        weights = f"weights of epoch {link.epoch:,}" if link.weights else "no weights"
        points = f", {len(link.points)} drawn points" if link.points else ""
        return f"Opened a link with settings, {weights}{points}. Nothing runs until you press play."


class Draw(Message, frozen=True, tag="draw"):
    """Add, move or take away a point, or all; and learn from them as they are now, from the present weights."""

    do: Literal["begin", "add", "move", "remove", "clear", "undo", "redo"]
    x: Place = 0.0
    y: Place = 0.0
    of_class: Class = 0
    index: Annotated[int, msgspec.Meta(ge=0, le=500)] = 0
    goes_on: bool = False  # a drag that began before: undone with it as one

    def act(self, bench: Workbench) -> None:
        drawing = bench.drawing
        if self.do == "begin" and bench.session.settings.data != "drawn":
            drawing.points = points_of_problem(bench.session.problem) or drawing.points
        if self.do in ("undo", "redo"):
            drawing.go_back(forth=self.do == "redo")
        elif self.do != "begin":
            drawing.change(self._points(drawing.points), self.goes_on)
        bench.learn_from_drawn()

    def _points(self, points: list[Point]) -> list[Point]:
        """Return the points as they are changed."""
        x, y = (
            round(axis.low + share * (axis.high - axis.low), 3)
            for axis, share in zip(PLANE, (self.x, self.y), strict=True)
        )
        if self.do == "clear":
            return []
        if self.do == "add":
            if len(points) >= MOST_DRAWN_BY_HAND:
                raise OptionError(f"there are {MOST_DRAWN_BY_HAND} points; take some away, or open a file")
            return [*points, (x, y, self.of_class)]
        if self.index >= len(points):
            raise OptionError(f"there is no point {self.index + 1}; there are {len(points)}")
        moved = [(x, y, points[self.index][2])] if self.do == "move" else []
        return [*points[: self.index], *moved, *points[self.index + 1 :]]


Verb = (
    Change | Reset | Play | Pause | Step | Back | GoTo | Weight | Follow | Look | Lesson | Seeds | Beside | Show | Hide
    | Open | Draw
)  # fmt: skip
VERBS = by_tag(Verb)


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
