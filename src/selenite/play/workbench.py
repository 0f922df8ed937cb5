"""The workbench: what is being learnt, the run or the two runs beside each other, and every verb the page has."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from selenite.errors import OptionError, SeleniteError
from selenite.model import Model, load
from selenite.model.reading import read_rows
from selenite.play import messages as m
from selenite.play.account import FEW_ROWS, MOST_ROWS, baseline, everything
from selenite.play.drawing import TOO_FEW, Drawing, Point, enough, points_of_problem, table_of
from selenite.play.layers import chosen_units
from selenite.play.lessons import LESSONS
from selenite.play.link import Link, decode_link, encode_link, pack_weights, unpack_weights
from selenite.play.opened import FINISHED, Opened
from selenite.play.opening import named, settings_for_drawn, settings_for_table
from selenite.play.picture import View, view_of
from selenite.play.plane import PLANE, check_axes, plane_inputs
from selenite.play.problem import LIMITS, Problem, make_problem
from selenite.play.runs import Run, noted
from selenite.play.seeds import Trials
from selenite.play.session import Session
from selenite.play.settings import RESTARTING, Settings
from selenite.play.steps import moment_before, step
from selenite.table import Table, read_table
from selenite.types import Floats


class Workbench:
    """The state of the page. Verbs are called with its lock held; `publish` is told what changed."""

    def __init__(self, publish: Callable[[str, dict[str, Any]], None] = lambda name, content: None) -> None:
        self.lock = threading.RLock()
        self.publish = publish
        self.playing = threading.Event()
        self.speed = 5
        self.file: Table | None = None
        self.drawing = Drawing()
        self.waiting = ""  # what is missing before drawn points can be learnt from
        self.lesson, self.followed = "", 0
        self.seeds: dict[str, Any] | None = None
        self.trials: Trials | None = None  # that are being run
        self.urgent: set[object] = set()  # calls that wait and end what is being computed
        self.other: Session | None = None  # the run beside this one
        self.side = "A"
        self.runs: list[Run] = []  # that were left for others
        self.opened: Opened | None = None  # the model whose file was opened last
        self.branched: int | None = None  # the epoch at which this run left the other
        self.backward = False  # whether the diagram shows deltas and gradients
        self.hidden: tuple[str, ...] = ()  # controls that a lesson's maker put away
        self.session = Session(Settings(), make_problem(Settings()))
        self.view = self._view()
        self.chosen = chosen_units(self.session)
        self._compare()

    # --- what stands on the bench -----------------------------------------------------------------------------------

    def begin(
        self, settings: Settings, parameters: Floats | None = None, epoch: int = 0, problem: Problem | None = None
    ) -> None:
        """Begin a run anew with some settings."""
        if settings.data == "model":
            session: Session = self._opened(settings)
        else:
            session = Session(settings, problem or self._problem(settings), parameters, epoch)
            check_axes(session.problem, settings.axes)
        if self.followed >= session.problem.table.n_rows:
            self.followed = 0
        new = session.problem is not self.session.problem
        self.runs = noted(self.runs, self.sessions)
        self.session, self.seeds, self.trials, self.waiting = session, None, None, ""
        self.other, self.side, self.branched = None, "A", None
        self.view = self._view()
        self.chosen = chosen_units(session)
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
                    self.tell()  # all: frames that wait are dropped by a state

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
            return table_of(self.drawn)
        return self.file if data == "file" else None

    def _opened(self, settings: Settings) -> Opened:
        if self.opened is None:
            raise OptionError("these settings are of a model; open its file")
        check_axes(self.opened.problem, settings.axes)
        self.opened.seen_as(settings)
        return self.opened

    def _view(self) -> View:
        session = self.session
        row = self.followed if session.settings.hold == "row" else None
        usual = session.usual_axes if isinstance(session, Opened) else ()
        view = view_of(session.problem, session.settings.axes, row, usual)
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
            check_axes(self.session.problem, new.axes)
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
            step(session, message.what)
        if message.what == "row":
            self.followed = int(self.session.problem.training[self.session.order[self.session.row]])
            self.view = self._view() if self.session.settings.hold == "row" else self.view

    def back(self, message: m.Step) -> None:
        """Take one step back."""
        self.playing.clear()
        session = self.session
        self._go_to(*moment_before(session, message.what))
        if message.what == "row":
            self.followed = int(session.problem.training[session.order[session.row]])

    def go_to(self, message: m.GoTo) -> None:
        self.playing.clear()
        self._go_to(message.epoch)

    def _go_to(self, epoch: int, row: int = 0) -> None:
        """Go to another moment of the run, seen as it is seen now."""
        now = self.session.settings
        self.session.go_to(epoch, row, lambda: bool(self.urgent))
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

    def look(self, message: m.Look) -> None:
        """Look into another network of an opened model, or take its answer alone."""
        if not isinstance(self.session, Opened):
            raise OptionError("one network is trained here; several are in a model that is opened")
        self.session.look(message.member, message.alone)
        self.view = self._view()

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
        if self.session.finished:
            raise OptionError(FINISHED)
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
            self.runs = noted(self.runs, self.sessions[1:])
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
        drawn, self.drawing.points = self.drawn, list(link.points) or self.drawn
        try:
            problem = make_problem(link.settings, self._table(link.settings.data))
            network = link.settings.network_for(problem.X.shape[1], problem.n_classes)
            self.begin(link.settings, unpack_weights(link.weights, network.n_parameters), link.epoch, problem)
        except SeleniteError:
            self.drawing.points = drawn
            raise
        self.lesson = link.lesson if link.lesson in LESSONS else ""
        self.hidden = link.hidden
        weights = f"weights of epoch {link.epoch:,}" if link.weights else "no weights"
        points = f", {len(link.points)} drawn points" if link.points else ""
        return f"Opened a link with settings, {weights}{points}. Nothing runs until you press play."

    def link(self, _: m.Nothing) -> str:
        """Return the fragment of a link to what stands here."""
        if self.session.finished:
            raise OptionError("a link carries settings and few weights, no model; share its file")
        points = tuple(self.drawn) if self.session.settings.data == "drawn" else ()
        weights = pack_weights(self.session.parameters)
        return encode_link(Link(self.session.settings, self.session.epoch, weights, points, self.lesson, self.hidden))

    def draw(self, message: m.Draw) -> None:
        """Change the drawn points, and learn from them as they are now, from the present weights."""
        if message.do == "begin" and self.session.settings.data != "drawn":
            self.drawing.points = points_of_problem(self.session.problem) or self.drawn
        self.drawing.change(message)
        self._learn_from_drawn()

    def _learn_from_drawn(self) -> None:
        old = self.session
        classes = {point[2] for point in self.drawn}
        settings = settings_for_drawn(old.settings, len(classes), old.problem.n_classes == 0)
        if not enough(self.drawn):
            self.playing.clear()
            if old.finished:  # what stands here while one draws can be learnt from
                self.begin(Settings())
            self.waiting = TOO_FEW
            self.session.settings = settings
            return
        problem = make_problem(settings, self._table("drawn"))
        network = settings.network_for(problem.X.shape[1], problem.n_classes)
        kept = old.parameters if network == old.network else None
        self.begin(settings, kept, problem=problem)

    def open_table(self, table: Table) -> None:
        """Learn from a file's table."""
        self.playing.clear()
        settings, problem = settings_for_table(self.session.settings, table)
        kept, self.file = self.file, table
        try:
            self.begin(settings, problem=problem)
        except SeleniteError:
            self.file = kept
            raise
        self.lesson = ""

    def open_model(self, model: Model, name: str, rows: Table | None = None) -> None:
        """Look into a model, by the rows of a table or without any."""
        self.playing.clear()
        kept, self.opened = self.opened, Opened(model, name, rows)
        try:
            self.begin(self.opened.settings)
        except SeleniteError:
            self.opened = kept
            raise
        self.lesson = ""

    def read(self, path: str, name: str) -> Callable[[], None]:
        """Read a file (a model, rows for the model that stands here, or a table to learn from); return what opens it.

        Reading may take long and needs no lock; opening does.
        """
        session = self.session
        if path.endswith(".selenite"):
            model = load(path)
            return lambda: self.open_model(model, name)
        if isinstance(session, Opened):
            rows = named(read_rows(session.model, path, limits=LIMITS), name)
            return lambda: self.open_model(session.model, session.name, rows)
        table = named(read_table(path, limits=LIMITS), name)
        return lambda: self.open_table(table)

    def choose_units(self) -> None:
        """Choose anew which units of wide layers are drawn; while it plays they stay."""
        if not self.playing.is_set():
            self.chosen = chosen_units(self.session)

    @property
    def drawn(self) -> list[Point]:
        """Return the points that are drawn."""
        return self.drawing.points

    @property
    def sessions(self) -> list[Session]:
        """Return the runs that are trained."""
        return [self.session] if self.other is None else [self.session, self.other]

    def tell(self) -> None:
        """Publish all that stands here."""
        self.choose_units()
        for name, content in everything(self).items():
            self.publish(name, content)


def replace_view(new: Settings, old: Settings) -> Settings:
    """Return new settings with the old view: what differs from the old ones then is of the training."""
    return msgspec.structs.replace(new, axes=old.axes, hold=old.hold)
