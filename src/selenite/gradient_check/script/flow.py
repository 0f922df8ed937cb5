"""What each value in a loop's body depends on: told from the text alone, statement after statement.

A value depends on the names that a turn of the loop begins with: its roots. In `zh = X @ wh`, then `ah = sigmoid(zh)`,
the roots of ah are X and wh (and the function's name, which does no harm).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

Names = frozenset[str]
FILLERS = ("append", "extend", "insert", "update", "fill")  # methods that put a value into an array, a list or a dict
OF_SHAPE = ("shape", "size", "ndim", "dtype")


class Flow:
    """The roots of every name, as far as the statements have been followed."""

    def __init__(self, stands_for: dict[str, Names]) -> None:
        self.stands_for = stands_for
        self.roots: dict[str, Names] = {}
        self.aliases: dict[str, Names] = {}  # p of `for p in (wh, wo)`: what it stands for

    def of_name(self, name: str) -> Names:
        """Return the roots of a name."""
        if name in self.roots:
            return self.roots[name]
        read = self.stands_for.get(name, frozenset())
        return frozenset({name}).union(*(self.roots.get(one, {one}) for one in read))

    def of(self, node: ast.AST) -> Names:
        """Return the roots of an expression; of a shape there are none."""
        if isinstance(node, ast.Name):
            return self.of_name(node.id)
        if is_of_shape(node):
            return frozenset()
        return frozenset().union(*(self.of(child) for child in ast.iter_child_nodes(node)))

    def follow(self, statements: list[ast.stmt], see: Callable[[ast.stmt], None] = lambda statement: None) -> Flow:
        """Go through some statements; `see` is called before each that computes something."""
        for statement in statements:
            self._follow_one(statement, see)
        return self

    def _follow_one(self, statement: ast.stmt, see: Callable[[ast.stmt], None]) -> None:
        match statement:
            case ast.For():
                self._follow_loop(statement, see)
            case ast.While():
                self.follow(statement.body).follow(statement.body, see)  # twice: what one turn leaves, the next takes
            case ast.If():
                before = dict(self.roots)
                self.follow(statement.body, see)
                after, self.roots = self.roots, before
                self.follow(statement.orelse, see)
                for name, roots in after.items():
                    self.roots[name] = roots | self.roots.get(name, frozenset())
            case ast.With():
                self.follow(statement.body, see)
            case ast.Try():
                self.follow([*statement.body, *statement.orelse, *statement.finalbody], see)
            case ast.FunctionDef() | ast.ClassDef():
                pass
            case _:
                see(statement)
                self._bind(statement)

    def _bind(self, statement: ast.stmt) -> None:
        """Give the roots of its value to what a statement assigns or fills."""
        if isinstance(statement, ast.AugAssign):
            name = base(statement.target)
            self.roots[name] = self.of_name(name) | self.of(statement.value)
        for target, value in assigned(statement):
            roots = self.of(value)
            for name in names_bound(target):
                self.roots[name] = roots
            if isinstance(target, ast.Subscript | ast.Attribute) and (name := base(target)):
                self.roots[name] = self.of_name(name) | roots
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method), args=args)):
                if method in FILLERS:
                    self.roots[name] = self.of_name(name).union(*map(self.of, args))

    def _follow_loop(self, loop: ast.For, see: Callable[[ast.stmt], None]) -> None:
        for target, source in paired(loop.target, loop.iter):
            if isinstance(source, ast.Tuple | ast.List):
                names = [one.id for one in source.elts if isinstance(one, ast.Name)]
            else:
                names = [*self.stands_for.get(source.id, [source.id])] if isinstance(source, ast.Name) else []
            for name in names_bound(target):
                self.aliases[name] = frozenset(names)
                self.roots[name] = self.of(source)
        self.follow(loop.body).follow(loop.body, see)


def is_of_shape(node: ast.AST) -> bool:
    """Return whether a value is only the shape of something: len(X), X.shape, np.zeros_like(X)."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name == "len"
        case ast.Call(func=ast.Attribute(attr=name)):
            return name.endswith("_like")
        case ast.Attribute(attr=name):
            return name in OF_SHAPE
    return False


def paired(target: ast.expr, source: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield which loop variable goes through what: of zip and enumerate, each through its own."""
    match source, target:
        case ast.Call(func=ast.Name(id="zip"), args=sources), ast.Tuple(elts=targets) if len(sources) == len(targets):
            for one, other in zip(targets, sources, strict=True):
                yield from paired(one, other)
        case ast.Call(func=ast.Name(id="enumerate"), args=[inner, *_]), ast.Tuple(elts=[_, one]):
            yield from paired(one, inner)
        case _:
            yield target, source


def assigned(statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield each target of an assignment with its value; of `a, b = c, d` each by itself."""
    if isinstance(statement, ast.AnnAssign) and statement.value:
        yield statement.target, statement.value
    elif isinstance(statement, ast.Assign):
        for target in statement.targets:
            match target, statement.value:
                case ast.Tuple(elts=parts), ast.Tuple(elts=values) if len(parts) == len(values):
                    yield from zip(parts, values, strict=True)
                case _:
                    yield target, statement.value


def base(target: ast.expr) -> str:
    """Return the name that a target is a part of: weights of weights[0]; "" where there is none."""
    if isinstance(target, ast.Subscript | ast.Attribute | ast.Starred):
        return base(target.value)
    return target.id if isinstance(target, ast.Name) else ""


def names_bound(target: ast.expr) -> list[str]:
    """Return the names that a target binds."""
    if isinstance(target, ast.Tuple | ast.List):
        return [name for part in target.elts for name in names_bound(part)]
    return [target.id] if isinstance(target, ast.Name) else []


def names_read(node: ast.AST) -> list[str]:
    """Return the names that an expression reads, each as often as it does; of shapes none."""
    if isinstance(node, ast.Name):
        return [node.id]
    if is_of_shape(node):
        return []
    return [name for child in ast.iter_child_nodes(node) for name in names_read(child)]


def stand_ins(tree: ast.Module) -> dict[str, Names]:
    """Return which names of the script a function reads when it is called, and which are in a list like [wh, wo]."""
    direct: dict[str, set[str]] = {}
    for statement in ast.walk(tree):
        if isinstance(statement, ast.FunctionDef):
            own = {argument.arg for argument in ast.walk(statement.args) if isinstance(argument, ast.arg)}
            names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
            own |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
            direct[statement.name] = {node.id for node in names} - own - {statement.name}
    for target, value in (pair for statement in tree.body for pair in assigned(statement)):
        parts = value.elts if isinstance(value, ast.Tuple | ast.List) else []
        inside = {part.id for part in parts if isinstance(part, ast.Name)}
        if isinstance(target, ast.Name) and inside and len(inside) == len(parts):
            direct[target.id] = inside
    for _ in direct:
        for read in direct.values():
            read |= set().union(*(direct.get(name, set()) for name in read))
    return {name: frozenset(read) for name, read in direct.items()}
