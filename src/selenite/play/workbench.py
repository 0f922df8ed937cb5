"""The workbench: what is being learnt, the run or the two runs beside each other, and every verb the page has."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np

from selenite import backend
from selenite.errors import OptionError, SeleniteError
from selenite.play import messages as m
from selenite.play.account import FEW_ROWS, MOST_ROWS, baseline, everything, state
from selenite.play.lessons import LESSONS
from selenite.play.link import Link, decode_link, encode_link, pack_weights, unpack_weights
from selenite.play.picture import View, view_of
from selenite.play.points import points_table
from selenite.play.problem import PLANE, Axis, Problem, make_problem, plane_inputs
from selenite.play.seeds import Trials
from selenite.play.session import Session, Vector
from selenite.play.settings import RESTARTING, Settings
from selenite.play.why import explanation
from selenite.table import Table

MOST_DRAWN, MOST_UNDONE = 500, 100
Point = tuple[float, float, int]


class Workbench:
    """The state of the page. Verbs are called with its lock held; `publish` is told what changed."""

    def __init__(self, publish: Callable[[str, dict[str, Any]], None] = lambda name, content: None) -> None:
        self.lock = threading.RLock()
        self.publish = publish
        self.playing = threading.Event()
        self.speed = 5
        self.file: Table | None = None
        self.drawn: list[Point] = []
        self.drawn_before: list[list[Point]] = []  # to undo, the last at the end
        self.drawn_after: list[list[Point]] = []  # to redo
        self.waiting = ""  # what is missing before drawn points can be learnt from
        self.lesson, self.followed = "", 0
        self.seeds: dict[str, Any] | None = None
        self.trials: Trials | None = None  # that are being run
        self.urgent = 0  # calls that wait and end what is being computed
        self.other: Session | None = None  # the run beside this one
        self.side = "A"
        self.branched: int | None = None  # the epoch at which this run left the other
        self.backward = False  # whether the diagram shows deltas and gradients
        self.hidden: tuple[str, ...] = ()  # controls that a lesson's maker put away
        self.session = Session(Settings(), make_problem(Settings()))
        self.view = self._view()
        self._compare()

    # --- what stands on the bench -----------------------------------------------------------------------------------

    def begin(
        self, settings: Settings, parameters: Vector | None = None, epoch: int = 0, problem: Problem | None = None
    ) -> None:
        """Begin a run anew with some settings."""
        problem = problem or self._problem(settings)
        session = Session(settings, problem, parameters, epoch)
        if self.followed >= problem.table.n_rows:
            self.followed = 0
        new = problem is not self.session.problem
        self.session, self.seeds, self.trials, self.waiting = session, None, None, ""
        self.other, self.side, self.branched = None, "A", None
        self.view = self._view()
        if new:
            self._compare()

    def _compare(self) -> None:
        """Find what the run is compared with; of many rows while others go on."""
        session = self.session
        self.baseline = baseline(session, FEW_ROWS)

        def find() -> None:
            found = baseline(session)
            with self.lock:
                if self.session.problem is session.problem:
                    self.baseline = found
                    self.publish("state", state(self))

        if FEW_ROWS < len(session.X) <= MOST_ROWS:
            threading.Thread(target=find, name="baseline", daemon=True).start()

    def _problem(self, settings: Settings) -> Problem:
        """Return the problem of some settings, the present one where nothing about it changes."""
        now, names = self.session, ("data", "rows", "noise", "test_fraction", "seed", "features", "target")
        if not self.waiting and all(getattr(now.settings, name) == getattr(settings, name) for name in names):
            return now.problem
        return make_problem(settings, self._table(settings.data))

    def _table(self, data: str) -> Table | None:
        if data == "drawn":
            X = np.array([point[:2] for point in self.drawn]).reshape(-1, 2)
            return points_table(X, np.array([point[2] for point in self.drawn]), ("x1", "x2"), "label")
        return self.file if data == "file" else None

    def _view(self) -> View:
        session = self.session
        row = self.followed if session.settings.hold == "row" else None
        view = view_of(session.problem, session.settings.axes, row)
        if session.settings.data != "drawn":
            return view
        made = [plane_inputs(session.problem, PLANE, size) for size in (96, 24)]
        return replace(view, axes=PLANE, output_inputs=made[0], unit_inputs=made[1])

    # --- the page's verbs -------------------------------------------------------------------------------------------

    def change(self, message: m.Change) -> None:
        """Take other settings: begin anew where they need it, else train on."""
        new, old = message.settings, self.session.settings
        if any(getattr(new, name) != getattr(old, name) for name in RESTARTING):
            self.begin(new)
            if new.data != old.data and self.lesson:
                self.lesson, self.speed = "", 5
        else:
            if replace_view(new, old) != old:
                self.trials = None
                self._keep_future()
                self.session.go_on_with(new)
            self.session.settings = new
            self.view = self._view()

    def reset(self, _: m.Nothing) -> None:
        """Go back to the start: the same weights."""
        self.pause(_)
        self.begin(self.session.settings)

    def play(self, message: m.Play) -> None:
        if self.waiting:
            raise OptionError(self.waiting)
        self.speed = message.speed
        if self.session.ended:
            if self.session.epoch >= self.session.settings.epochs:
                raise OptionError("all epochs of this setting are done; reset, or raise “stop after”")
            self.session.settings = msgspec.structs.replace(self.session.settings, auto_stop=False)
        self.session.branch()
        self.session.ended = ""
        self.playing.set()

    def pause(self, _: m.Nothing) -> None:
        self.playing.clear()

    def step(self, message: m.Step) -> None:
        """Train for one epoch, batch or row."""
        self.playing.clear()
        self.session.ended = ""
        for session in self.behind(1)[0]:
            session.branch()
            session.ended = ""
            if message.what == "epoch":
                session.train(1)
            elif message.what == "batch":
                session.step_batch()
            else:
                session.step_row()
        if message.what == "row":
            self.followed = int(self.session.problem.training[self.session.order[self.session.row]])
            self.view = self._view() if self.session.settings.hold == "row" else self.view

    def back(self, message: m.Step) -> None:
        """Take one step back."""
        self.playing.clear()
        session = self.session
        n, size = len(session.X), session.batch_size
        at = session.epoch * n + session.row
        unit = {"epoch": n, "batch": size, "row": 1}[message.what]
        begin = session.row - session.row % size if message.what == "batch" else session.row
        if message.what == "epoch":
            goal = at - (session.row or n)
        elif message.what == "batch":
            last = (n - 1) // size * size
            goal = at - (session.row - begin or (size if session.row else n - last))
        else:
            goal = at - unit
        goal = max(goal, session.first_epoch * n)
        self._go_to(goal // n, goal % n)
        if message.what == "row":
            self.followed = int(session.problem.training[session.order[session.row]])

    def go_to(self, message: m.GoTo) -> None:
        self.playing.clear()
        self._go_to(message.epoch)

    def _go_to(self, epoch: int, row: int = 0) -> None:
        """Go to another moment of the run, seen as it is seen now."""
        now = self.session.settings
        self.session.go_to(epoch, row, lambda: self.urgent > 0)
        self.session.settings = msgspec.structs.replace(self.session.settings, axes=now.axes, hold=now.hold)

    def weight(self, message: m.Weight) -> None:
        """Change a weight by hand."""
        self._keep_future()
        self.session.set_parameter(message.layer, message.before, message.unit, message.value)

    def follow(self, message: m.Follow) -> None:
        """Follow another row through the network."""
        if message.row >= self.session.problem.table.n_rows:
            raise OptionError(f"there is no row {message.row + 1:,}; there are {self.session.problem.table.n_rows:,}")
        self.followed = message.row
        if self.session.settings.hold == "row":
            self.view = self._view()

    def why(self, message: m.Ask) -> dict[str, Any]:
        """Explain one number."""
        return explanation(self.session, self.followed, message.layer, message.unit, message.before)

    def at(self, message: m.At) -> dict[str, Any]:
        """Return the network's answer at a place of the plane."""
        size = int(len(self.view.output_inputs) ** 0.5)
        column, row = min(int(message.x * size), size - 1), min(int((1 - message.y) * size), size - 1)
        inputs = self.view.output_inputs[[row * size + column]]
        output = backend.get().predict(self.session.network, self.session.parameters, inputs)[0]
        problem = self.session.problem
        shares = np.append(1 - output, output) if len(output) == 1 else output
        where = {a.name: _place(a, share) for a, share in zip(self.view.axes, (message.x, message.y), strict=True) if a}
        if problem.n_classes:
            return {"where": where, "shares": dict(zip(problem.target.classes, shares.tolist(), strict=True))}
        return {"where": where, "number": problem.target.center + problem.target.width * float(output[0])}

    def take_lesson(self, message: m.Take) -> None:
        """Begin a lesson, or leave it."""
        self.playing.clear()
        if message.key and message.key not in LESSONS:
            raise OptionError(f"there is no lesson {message.key!r}; there are {', '.join(LESSONS)}")
        if message.key:
            lesson = LESSONS[message.key]
            self.followed, self.speed = lesson.followed, lesson.speed
            self.begin(lesson.settings)
        else:
            self.speed = 5
            self.begin(Settings())
        self.lesson = message.key

    def run_seeds(self, message: m.Seeds) -> None:
        """Begin to train the setting from 20 starts, or at several rates, or end that."""
        self.playing.clear()
        self.trials = None
        if message.do == "stop":
            return
        lesson = LESSONS.get(self.lesson)
        epochs = message.epochs or (lesson.settings.epochs if lesson and lesson.settings.sums else self.session.epoch)
        self.trials = Trials(self.session, epochs or 500, message.do == "rates")
        threading.Thread(target=self._run_trials, args=(self.trials,), name="trials", daemon=True).start()

    def _run_trials(self, trials: Trials) -> None:
        """Train them without the lock, as long as they are wanted; then say how they ended."""
        while self.trials is trials and trials.done < trials.epochs:
            trials.advance(0.05)
            self.publish("trials", {"share": trials.done / trials.epochs})
        if self.trials is trials:
            found = trials.result()
            with self.lock:
                if self.trials is trials:
                    self.seeds, self.trials = found, None
                    self.tell()

    def beside(self, message: m.Side) -> None:
        """Begin a second run from the same weights, end it, or change to the other one."""
        if message.do == "begin":
            self.other = self.session.copy()
            self.session = self.session.copy()
            self.side, self.branched = "B", None
        elif message.do == "end":
            self.other, self.side, self.branched = None, "A", None
        elif self.other is not None:
            self.session, self.other = self.other, self.session
            self.side = "B" if self.side == "A" else "A"
            self.view = self._view()

    def show(self, message: m.Show) -> None:
        """Show the forward or the backward pass in the diagram."""
        self.backward = message.what == "backward"

    def hide(self, message: m.Hide) -> None:
        """Put some controls away, as a link may."""
        self.hidden = message.controls

    def _keep_future(self) -> None:
        """Where something changes that the run once went on from, keep that beside: two branches, equal up to here."""
        if self.other is None and self.session.has_future:
            self.other, self.side, self.branched = self.session.whole(), "B", self.session.epoch

    def behind(self, epochs: int) -> tuple[list[Session], int]:
        """Return the runs that are to train next, and for how many epochs: all, or the one that has to catch up."""
        first = min(session.epoch for session in self.sessions)
        ahead = [session.epoch - first for session in self.sessions if session.epoch > first]
        return [session for session in self.sessions if session.epoch == first], min([epochs, *ahead])

    def open_link(self, message: m.Open) -> str:
        """Open a link; nothing runs until the user says so."""
        self.playing.clear()
        link = decode_link(message.link)
        if link.settings.data == "file" and self.file is None:
            raise OptionError(
                "this link belongs to a file of its maker's, which a link cannot carry; open the file first"
            )
        drawn, self.drawn = self.drawn, list(link.points) or self.drawn
        try:
            problem = make_problem(link.settings, self._table(link.settings.data))
            network = link.settings.network_for(problem.X.shape[1], problem.n_classes)
            self.begin(link.settings, unpack_weights(link.weights, network.n_parameters), link.epoch, problem)
        except SeleniteError:
            self.drawn = drawn
            raise
        self.lesson = link.lesson if link.lesson in LESSONS else ""
        self.hidden = link.hidden
        weights = f"weights of epoch {link.epoch:,}" if link.weights else "no weights"
        points = f", {len(link.points)} drawn points" if link.points else ""
        return f"Opened a link with settings, {weights}{points}. Nothing runs until you press play."

    def link(self, _: m.Nothing) -> str:
        """Return the fragment of a link to what stands here."""
        points = tuple(self.drawn) if self.session.settings.data == "drawn" else ()
        weights = pack_weights(self.session.parameters)
        return encode_link(Link(self.session.settings, self.session.epoch, weights, points, self.lesson, self.hidden))

    def draw(self, message: m.Draw) -> None:
        """Change the drawn points, and learn from them as they are now, from the present weights."""
        if message.do == "begin":
            self._begin_drawing()
        point = (
            round(PLANE[0].low + message.x * (PLANE[0].high - PLANE[0].low), 3),
            round(PLANE[1].low + message.y * (PLANE[1].high - PLANE[1].low), 3),
        )
        before = list(self.drawn)
        if message.do in ("undo", "redo"):
            taken, given = self.drawn_before, self.drawn_after
            if message.do == "redo":
                taken, given = given, taken
            if not taken:
                raise OptionError(f"there is no drawing to {message.do}")
            given.append(before)
            self.drawn = taken.pop()
        elif message.do == "clear":
            self.drawn = []
        elif message.do == "add":
            if len(self.drawn) >= MOST_DRAWN:
                raise OptionError(f"there are {MOST_DRAWN} points; take some away, or open a file")
            self.drawn.append((*point, message.of_class))
        elif message.do in ("move", "remove"):
            if message.index >= len(self.drawn):
                raise OptionError(f"there is no point {message.index + 1}; there are {len(self.drawn)}")
            if message.do == "remove":
                del self.drawn[message.index]
            else:
                self.drawn[message.index] = (*point, self.drawn[message.index][2])
        if message.do in ("add", "move", "remove", "clear") and not message.goes_on:
            self.drawn_before = [*self.drawn_before, before][-MOST_UNDONE:]
            self.drawn_after = []
        self._learn_from_drawn()

    def _begin_drawing(self) -> None:
        """Take over the points that are there, if they are two numbers with classes."""
        session = self.session
        if session.settings.data == "drawn":
            return
        problem = session.problem
        if problem.derived and problem.n_classes and problem.table.n_rows <= MOST_DRAWN:
            places = [problem.table[name].values.round(3).tolist() for name in ("x1", "x2")]  # type: ignore[union-attr]
            self.drawn = list(zip(*places, problem.codes.tolist(), strict=True))

    def _learn_from_drawn(self) -> None:
        old = self.session
        settings = msgspec.structs.replace(
            old.settings, data="drawn", target="", axes=("", ""), sums=False, slip=False, start="glorot"
            if old.settings.start == "article" else old.settings.start,
        )  # fmt: skip
        classes = {point[2] for point in self.drawn}
        if len(self.drawn) < 4 or len(classes) < 2:
            self.playing.clear()
            self.waiting = "Draw at least 4 points of at least 2 classes."
            old.settings = settings
            return
        if len(classes) > 2:
            settings = msgspec.structs.replace(settings, loss="log_loss")
        if old.problem.n_classes == 0:
            settings = msgspec.structs.replace(settings, loss="log_loss")
        problem = make_problem(settings, self._table("drawn"))
        network = settings.network_for(problem.X.shape[1], problem.n_classes)
        kept = old.parameters if network == old.network else None
        self.begin(settings, kept, problem=problem)

    def open_table(self, table: Table) -> None:
        """Learn from a file's table."""
        self.playing.clear()
        old = self.session.settings
        base = msgspec.structs.replace(
            old, data="file", target="", axes=("", ""), start="glorot", sums=False, slip=False, auto_stop=True,
            test_fraction=0.25, loss="log_loss", hidden=old.hidden or (8,), activations=old.activations or ("tanh",),
            batch_size=32 if table.n_rows > 500 else 0, learning_rate=0.01 if table.n_rows > 500 else 0.05,
            optimizer="adam", schedule="constant", l1=0.0, l2=0.0,
        )  # fmt: skip
        problem = make_problem(base, table)
        if problem.n_classes == 0:
            base = msgspec.structs.replace(base, loss="squared_error")
        kept, self.file = self.file, table
        try:
            self.begin(base, problem=problem)
        except SeleniteError:
            self.file = kept
            raise
        self.lesson = ""

    @property
    def sessions(self) -> list[Session]:
        """Return the runs that are trained."""
        return [self.session] if self.other is None else [self.session, self.other]

    def tell(self) -> None:
        """Publish all that stands here."""
        for name, content in everything(self).items():
            self.publish(name, content)


def replace_view(new: Settings, old: Settings) -> Settings:
    """Return new settings with the old view: what differs from the old ones then is of the training."""
    return msgspec.structs.replace(new, axes=old.axes, hold=old.hold)


def _place(axis: Axis, share: float) -> float | str:
    value = axis.low + share * (axis.high - axis.low)
    return axis.labels[min(max(round(value), 0), len(axis.labels) - 1)] if axis.labels else value
