"""What stands on the workbench: the problem and its run, or two runs beside each other, and how they are seen."""

from __future__ import annotations

import threading
from typing import Any

import msgspec

from selenite.errors import OptionError, SeleniteError
from selenite.model import Model
from selenite.play.drawing import TOO_FEW, Drawing, Point, enough, table_of_points
from selenite.play.figures import ROWS_COMPARED_AT_ONCE, baseline
from selenite.play.layers import chosen_units
from selenite.play.opened import Opened
from selenite.play.picture import view_of
from selenite.play.plane import PLANE, axes_of, check_axes
from selenite.play.problem import Problem, make_problem, settings_for_drawn, settings_for_table
from selenite.play.runs import RunSummary, noted
from selenite.play.seeds import Trials
from selenite.play.session import Session
from selenite.play.settings import Settings
from selenite.table import Table
from selenite.types import Floats

USUAL_SPEED = 5  # epochs a frame
OF_THE_PROBLEM = ("data", "rows", "noise", "test_fraction", "seed", "features", "target")  # settings


class Bench:
    """The state of the page."""

    def __init__(self) -> None:
        self.playing = threading.Event()
        self.speed = USUAL_SPEED
        self.file: Table | None = None
        self.drawing = Drawing()
        self.waiting = ""  # what is missing before drawn points can be learnt from
        self.lesson, self.followed = "", 0
        self.seeds: dict[str, Any] | None = None  # how the last trials ended
        self.trials: Trials | None = None  # that are being run
        self.urgent: set[object] = set()  # calls that wait and end what is being computed
        self.other: Session | None = None  # the run beside this one
        self.side = "A"
        self.branched: int | None = None  # the epoch at which this run left the other
        self.runs: list[RunSummary] = []  # that were left for others
        self.opened: Opened | None = None  # the model whose file was opened last
        self.backward = False  # whether the diagram shows deltas and gradients
        self.hidden: tuple[str, ...] = ()  # controls that a lesson's maker put away
        self.session = Session(Settings(), make_problem(Settings()))
        self.look_anew()
        self.chosen = chosen_units(self.session)
        self.compare()

    @property
    def drawn(self) -> list[Point]:
        """Return the points that are drawn."""
        return self.drawing.points

    @property
    def sessions(self) -> list[Session]:
        """Return the runs that are trained."""
        return [self.session] if self.other is None else [self.session, self.other]

    def begin(
        self, settings: Settings, parameters: Floats | None = None, epoch: int = 0, problem: Problem | None = None
    ) -> None:
        """Begin a run anew with some settings."""
        if settings.data == "model":
            session: Session = self._seen_as(settings)
        else:
            session = Session(settings, problem or self._problem(settings), parameters, epoch)
            check_axes(session.problem, settings.axes)
        if self.followed >= session.problem.table.n_rows:
            self.followed = 0
        new = session.problem is not self.session.problem
        self.runs = noted(self.runs, self.sessions)
        self.session, self.seeds, self.trials, self.waiting = session, None, None, ""
        self.other, self.side, self.branched = None, "A", None
        self.look_anew()
        self.chosen = chosen_units(session)
        if new:
            self.compare()

    def compare(self) -> None:
        """Find what the run is compared with, as far as that is quickly found."""
        self.baseline = baseline(self.session, ROWS_COMPARED_AT_ONCE)

    def look_anew(self) -> None:
        """Make the view of the run that stands here."""
        session = self.session
        row = self.followed if session.settings.hold == "row" else None
        usual = session.usual_axes if isinstance(session, Opened) else ()
        drawn = session.settings.data == "drawn"
        axes = PLANE if drawn else axes_of(session.problem, session.settings.axes, usual)
        self.view = view_of(session.problem, axes, row)

    def follow(self, row: int) -> None:
        """Follow another row through the network."""
        self.followed = row
        if self.session.settings.hold == "row":
            self.look_anew()

    def go_to(self, epoch: int, row: int = 0) -> None:
        """Go to another moment of the run, seen as it is seen now."""
        now = self.session.settings
        self.session.go_to(epoch, row, lambda: bool(self.urgent))
        self.session.settings = msgspec.structs.replace(self.session.settings, axes=now.axes, hold=now.hold)

    def keep_future(self) -> None:
        """Where something changes that the run once went on from, keep that beside: two branches, equal up to here."""
        if self.other is None and self.session.has_future:
            self.other, self.side, self.branched = self.session.whole(), "B", self.session.epoch

    def behind(self, epochs: int) -> tuple[list[Session], int]:
        """Return the runs that are to train next, and for how many epochs: all, or the one that has to catch up."""
        first = min(session.epoch for session in self.sessions)
        ahead = [session.epoch - first for session in self.sessions if session.epoch > first]
        return [session for session in self.sessions if session.epoch == first], min([epochs, *ahead])

    def choose_units(self) -> None:
        """Choose anew which units of wide layers are drawn; while it plays they stay."""
        if not self.playing.is_set():
            self.chosen = chosen_units(self.session)

    def learn_from_drawn(self) -> None:
        """Learn from the drawn points, from the present weights, or say what is missing."""
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
        problem = make_problem(settings, self.table_of("drawn"))
        network = settings.network_for(problem.X.shape[1], problem.target)
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

    def table_of(self, data: str) -> Table | None:
        """Return the table of drawn points or of the file, where settings are for it."""
        return table_of_points(self.drawn) if data == "drawn" else self.file if data == "file" else None

    def _problem(self, settings: Settings) -> Problem:
        """Return the problem of some settings, the present one where nothing about it changes."""
        now = self.session
        if not self.waiting and all(getattr(now.settings, name) == getattr(settings, name) for name in OF_THE_PROBLEM):
            return now.problem
        return make_problem(settings, self.table_of(settings.data))

    def _seen_as(self, settings: Settings) -> Opened:
        """Return the opened model, seen as some settings say."""
        if self.opened is None:
            raise OptionError("these settings are of a model; open its file")
        check_axes(self.opened.problem, settings.axes)
        self.opened.seen_as(settings)
        return self.opened
