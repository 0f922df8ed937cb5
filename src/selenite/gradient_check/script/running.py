"""A flat script run as its author would run it, up to the first turn of its training loop; then that turn alone.

Nothing waits for 200,000 epochs: a call put in front of the loop's body ends the run there. The body is then run by
itself, as often as is asked, each time from the same names, arrays and random numbers.
"""

from __future__ import annotations

import ast
import copy
import io
import linecache
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.gradient_check.script.training_loop import Loop
from selenite.gradient_check.user_code import in_its_folder, quietly
from selenite.types import AnyArray

REACHED, TURN, KEEP = "__selenite_reached__", "__selenite_turn__", "__selenite_keep__"
TIME_LIMIT = 120.0  # seconds until the training loop must be reached


class _Reached(BaseException):
    """The training loop's first turn begins."""


class RunningScript:
    """A script that stands at the beginning of its training loop."""

    def __init__(self, path: str, tree: ast.Module, loop: Loop) -> None:
        self.path, self.loop = path, loop
        self.kept: dict[int, list[Any]] = {}
        with as_a_program(path), quietly(f"running {path}"):
            self.namespace = self._run_to_the_loop(tree)
            self.start = self._copy_of_names(self.namespace)
            self._random = random.getstate(), np.random.get_state()  # noqa: NPY002

    def _run_to_the_loop(self, tree: ast.Module) -> dict[str, Any]:
        self.loop.is_training = True  # type: ignore[union-attr]
        stopping = copy.deepcopy(tree)
        ast.fix_missing_locations(_Stopping().visit(stopping))
        begun = time.monotonic()

        def turn(line: int) -> None:
            if time.monotonic() - begun > TIME_LIMIT:
                raise OptionError(
                    f"{self.path} ran for {TIME_LIMIT:.0f} seconds without reaching its training loop in line "
                    f"{self.loop.lineno}; it was in the loop of line {line}: let that take less, such as fewer rows"
                )

        def reached() -> None:
            raise _Reached

        module = ModuleType("__main__")
        module.__dict__.update({"__file__": self.path, REACHED: reached, TURN: turn, KEEP: self._keep})
        try:
            exec(compile(stopping, self.path, "exec"), module.__dict__)
        except _Reached:
            return module.__dict__
        raise OptionError(
            f"{self.path} ends without a turn of its training loop in line {self.loop.lineno}: "
            "let that run once at least"
        )

    def compiled(self, *, keep: list[ast.expr], without: list[ast.stmt]) -> CodeType:
        """Return the loop's body, made to keep the values of some nodes, without some steps."""
        once = _Once([id(node) for node in keep], {id(statement) for statement in without}, self.namespace)
        memo: dict[int, Any] = {}
        loop = copy.deepcopy(self.loop, memo)
        originals = {id(memo[id(node)]): id(node) for node in ast.walk(self.loop) if id(node) in memo}
        body = [once.with_originals(originals).visit(statement) for statement in loop.body]
        turn = ast.For(ast.Name(TURN + "once", ast.Store()), ast.Tuple([ast.Constant(0)], ast.Load()), body, [])
        module = ast.Module([ast.copy_location(turn, loop)], [])
        return compile(ast.fix_missing_locations(module), self.path, "exec")

    def turn(
        self, code: CodeType, values: dict[str, Any], shifts: dict[int, AnyArray] | None = None
    ) -> dict[int, list[Any]]:
        """Run one turn of the loop from its beginning, with other arrays; return what was kept of each node.

        The nodes are known by their numbers; what `shifts` has for one is added to its value.
        """
        self._shifts = shifts or {}
        random.setstate(self._random[0])
        np.random.set_state(self._random[1])  # noqa: NPY002
        fresh = self._copy_of_names(self.start)
        self.namespace.clear()
        self.namespace.update(fresh)
        for name, value in values.items():
            _put(self.namespace, name, value)
        self.kept = {}
        exec(code, self.namespace)
        return self.kept

    @staticmethod
    def _copy_of_names(names: dict[str, Any]) -> dict[str, Any]:
        memo: dict[int, Any] = {}
        return {name: value if name.startswith("__") else _copied(value, memo) for name, value in names.items()}

    def _keep(self, number: int, value: Any) -> Any:
        if isinstance(value, np.ndarray | np.number | int | float | list):
            self.kept.setdefault(number, []).append(np.array(value))
            return value + self._shifts[number] if number in self._shifts else value
        return value


@contextmanager
def as_a_program(path: str) -> Iterator[None]:
    """Let a script find what it would as a program of its own: folder, arguments; no input, and no windows."""
    before, arguments, backend = sys.stdin, sys.argv, os.environ.get("MPLBACKEND")
    sys.stdin, sys.argv, os.environ["MPLBACKEND"] = io.StringIO(), [path], "Agg"
    try:
        with in_its_folder(Path(path)):
            yield
    finally:
        sys.stdin, sys.argv = before, arguments
        if backend is None:
            del os.environ["MPLBACKEND"]
        else:
            os.environ["MPLBACKEND"] = backend


class _Stopping(ast.NodeTransformer):
    """Put a call before the body of each loop: one looks at the clock, that of the training loop ends the run."""

    def visit(self, node: ast.AST) -> ast.AST:
        """Put the call there."""
        self.generic_visit(node)
        if not isinstance(node, ast.For | ast.While):
            return node
        call = f"{REACHED}()" if hasattr(node, "is_training") else f"{TURN}({node.lineno})"
        node.body.insert(0, ast.parse(call).body[0])
        return node


class _Once(ast.NodeTransformer):
    """Make a loop's body keep the values of some nodes and leave some steps out; draw no pictures."""

    def __init__(self, keep: list[int], without: set[int], namespace: dict[str, Any]) -> None:
        self.keep, self.without, self.namespace = keep, without, namespace
        self.originals: dict[int, int] = {}

    def with_originals(self, originals: dict[int, int]) -> _Once:
        """Take which node of the script each node of its copy is."""
        self.originals = originals
        return self

    def visit(self, node: ast.AST) -> Any:
        original = self.originals.get(id(node), 0)
        if isinstance(node, ast.If) and self._is_for_what_is_kept(node):
            node.test = ast.copy_location(ast.Constant(True), node.test)  # so it is kept in every epoch
        if isinstance(node, ast.Expr) and self._draws(node.value):
            return ast.copy_location(ast.Pass(), node)
        node = self.generic_visit(node)
        if original in self.without and isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and node.value:
            return ast.copy_location(ast.Expr(node.value), node)
        if original in self.keep and isinstance(node, ast.expr):
            number = ast.Constant(self.keep.index(original))
            return ast.copy_location(ast.Call(ast.Name(KEEP, ast.Load()), [number, node], []), node)
        return node

    def _is_for_what_is_kept(self, node: ast.If) -> bool:
        inside = [*ast.walk(node)]
        leaves = any(isinstance(one, ast.Break | ast.Continue) for one in inside)
        return not leaves and any(self.originals.get(id(one)) in self.keep for one in inside)

    def _draws(self, node: ast.AST) -> bool:
        """Return whether an expression is a call of matplotlib's, or of what matplotlib made."""
        while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
            node = node.func if isinstance(node, ast.Call) else node.value
        value = self.namespace.get(node.id) if isinstance(node, ast.Name) else None
        module = value.__name__ if isinstance(value, ModuleType) else type(value).__module__
        return module.startswith("matplotlib")


def _put(holder: Any, key: Any, value: Any) -> None:
    """Put an array in the place of another: into it where it fits, so that other names for it see it."""
    own = holder[key]
    if isinstance(own, np.ndarray) and np.shape(value) == own.shape:
        own[...] = value
    elif isinstance(own, list | dict):
        for part in value if isinstance(own, dict) else range(len(value)):
            _put(own, part, value[part])
    else:
        holder[key] = copy.copy(value)


def _copied(value: Any, memo: dict[int, Any]) -> Any:
    """Return a copy of names, lists, arrays and random streams; two names for one array stay two names for one."""
    if id(value) in memo:
        return memo[id(value)]
    if isinstance(value, np.ndarray | np.random.Generator | np.random.RandomState):
        memo[id(value)] = copy.deepcopy(value)
    elif isinstance(value, dict):
        memo[id(value)] = made = {}
        made.update({key: _copied(part, memo) for key, part in value.items()})
    elif isinstance(value, list):
        parts: list[Any] = []
        memo[id(value)] = parts
        parts.extend(_copied(part, memo) for part in value)
    elif type(value) is tuple:
        memo[id(value)] = tuple(_copied(part, memo) for part in value)
    else:
        return value
    return memo[id(value)]


def parsed(path: str) -> ast.Module:
    """Return a script's text as a tree."""
    linecache.checkcache(path)
    with quietly(f"reading {path}"):
        return ast.parse(Path(path).read_bytes(), path)
