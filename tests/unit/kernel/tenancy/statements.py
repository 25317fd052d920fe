"""Finds, in source code, every text that goes to PostgreSQL and is not written out where it stands.

A text counts as written out if it is a literal, a module's constant that is one, an expression of SQLAlchemy's,
or an f-string of identifiers that ``quoted()`` let pass and of whole numbers; other f-strings, concatenations,
parameters and results of other functions do not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Methods that take a statement first: asyncpg's, SQLAlchemy's, and our own that pass one on.
TAKING = frozenset(
    {"execute", "executemany", "exec_driver_sql", "fetch", "fetchrow", "fetchval", "cursor", "copy_from_query",
     "scalar", "scalars", "stream_scalars"}
)  # fmt: skip
FUNCTIONS = frozenset({"text", "run_script"})
# Those that take it third or first after others: Reader.district(slug, wall, sql, …), Reader.platform(sql, …).
READER = {"district": 2, "platform": 0, "registry": 0}
BUILDERS = frozenset(
    {"select", "insert", "update", "delete", "exists", "func", "union_all", "literal", "values"}
)


@dataclass(frozen=True, order=True)
class Splice:
    """A statement that is put together or handed on: where, by which method, and its source."""

    file: str
    method: str
    source: str


def splices_in(root: Path) -> set[Splice]:
    """All of a package."""
    found: set[Splice] = set()
    for path in sorted(root.rglob("*.py")):
        code = path.read_text(encoding="utf-8")
        found |= set(_splices(ast.parse(code), code, path.relative_to(root).as_posix()))
    return found


def splices_of(code: str) -> set[Splice]:
    """All of one source text."""
    return set(_splices(ast.parse(code), code, "-"))


def _splices(module: ast.Module, code: str, file: str) -> Iterator[Splice]:
    constants = _assigned(module.body)
    for scope in [
        module,
        *(each for each in ast.walk(module) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)),
    ]:
        known = constants if scope is module else {**constants, **_assigned(list(_inside(scope)))}
        for call in (each for each in _inside(scope) if isinstance(each, ast.Call)):
            taken = _statement_of(call)
            if taken is not None and not _written_out(taken[1], known, set()):
                yield Splice(file, taken[0], " ".join((ast.get_source_segment(code, taken[1]) or "").split()))


def _inside(scope: ast.AST) -> Iterator[ast.AST]:
    """Everything in a scope that is not in a function of its own inside it."""
    for child in ast.iter_child_nodes(scope):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
            yield from _inside(child)


def _statement_of(call: ast.Call) -> tuple[str, ast.expr] | None:
    function = call.func
    if isinstance(function, ast.Name) and function.id in FUNCTIONS and call.args:
        return function.id, call.args[-1]
    name = function.attr if isinstance(function, ast.Attribute) else ""
    if name in TAKING and call.args:
        return name, call.args[0]
    if isinstance(function, ast.Attribute) and name in READER and "reader" in ast.unparse(function.value):
        place = READER[name]
        return (f"reader.{name}", call.args[place]) if len(call.args) > place else None
    return None


def _assigned(nodes: list[ast.stmt] | list[ast.AST]) -> dict[str, list[ast.expr]]:
    """What each name is assigned, all values of it."""
    found: dict[str, list[ast.expr]] = {}
    for node in nodes:
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif (isinstance(node, ast.AnnAssign) and node.value is not None) or isinstance(node, ast.AugAssign):
            targets, value = [node.target], node.value
        for target in targets:
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append(value)
    return found


def _written_out(  # noqa: C901 - one arm for each form
    node: ast.expr, known: dict[str, list[ast.expr]], seen: set[str]
) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.List(elts=parts):
            return all(_written_out(part, known, seen) for part in parts)
        case ast.JoinedStr(values=parts):
            return all(isinstance(part, ast.Constant) or _is_identifier_or_number(part) for part in parts)
        case ast.Name(id=name) if name in seen:
            return True  # query = query.where(…): its other values decide
        case ast.Name(id=name) if name in known:
            return all(_written_out(value, known, seen | {name}) for value in known[name])
        case ast.IfExp(body=body, orelse=orelse):
            return _written_out(body, known, seen) and _written_out(orelse, known, seen)
        case ast.Call(func=ast.Name(id="text"), args=[inner, *_]):
            return _written_out(inner, known, seen)
        case ast.Call(func=ast.Name(id=name)) if name in BUILDERS:
            return True
        case ast.Call(func=ast.Attribute(value=inner)):
            # A chain of SQLAlchemy's: select(…).where(…); or func.count(…). Not a string's own methods.
            return not isinstance(inner, ast.Constant | ast.JoinedStr) and _written_out(inner, known, seen)
        case ast.Attribute(value=ast.Name(id="func")):
            return True
        case ast.Name(id="func"):
            return True
        case _:
            return False


def _is_identifier_or_number(part: ast.expr) -> bool:
    """``{quoted(…)}``, which only lets our own identifiers pass, or ``{…:d}``, which only lets whole numbers."""
    match part:
        case ast.FormattedValue(value=ast.Call(func=ast.Name(id="quoted")), format_spec=None):
            return True
        case ast.FormattedValue(format_spec=ast.JoinedStr(values=[ast.Constant(value="d")])):
            return True
        case _:
            return False
