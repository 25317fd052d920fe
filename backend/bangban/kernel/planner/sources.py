"""Where planned fields get their values from: columns, related rows, and which of them in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_

from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.reads import Columns, Predicate
from bangban.kernel.problems import Problem


class Source:
    """Where a planned field's value comes from."""


@dataclass(frozen=True)
class Value(Source):
    """A column or expression of the row at hand; an expression's further parameters are the field's arguments."""

    expression: Callable[..., ColumnElement[Any]] | None = None  # None: the column of the field's own name
    auditor: Callable[[Rows], ColumnElement[Any]] | None = None  # what auditors get instead


@dataclass(frozen=True)
class Same(Source):
    """An object made of the parent's own row; null where ``when`` does not hold.

    With ``document`` it is made of a JSON document in that row: its type reads ``value``, as of rows of a JSON list.
    """

    when: Callable[[Rows], Predicate] | None = None
    document: Callable[[Rows], ColumnElement[Any]] | None = None


@dataclass(frozen=True)
class One(Source):
    """At most one related row."""

    pick: Callable[..., Pick | Predicate]


@dataclass(frozen=True)
class Many(Source):
    """A short list of related rows, whole; of the type's table, or of what ``rows`` makes under a given name.

    ``rows`` gives None where there is nothing to make them of: the list is null then, and where ``when`` does not hold.
    """

    pick: Callable[..., Pick]
    rows: Callable[[Rows, str], FromClause | None] | None = None
    when: Callable[[Rows], Predicate] | None = None


@dataclass(frozen=True)
class Paged(Source):
    """A Relay connection over related rows."""

    pick: Callable[..., Listing]


@dataclass(frozen=True)
class Part(Source):
    """A piece of a connection: edges, node, cursor, pageInfo, totalCount. The page's compiler knows them."""


@dataclass(frozen=True)
class Pick:
    """Which rows, in which order.

    ``drawn`` are rows that no table holds, such as the members of a JSON list; the field's type has no table then.
    ``refusals`` are looked at before anything is read; only root fields have them.
    """

    where: Predicate
    order_by: tuple[ColumnElement[Any], ...] = ()
    drawn: FromClause | None = None
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """What PostgreSQL alone can tell is wrong with a question: where ``when`` holds, ``problem()`` is the answer."""

    when: Predicate
    problem: Callable[[], Problem]


@dataclass(frozen=True)
class Order:
    """A keyset order. ``tag`` names it in cursors; all keys run the same way and the last one is unique."""

    tag: str
    keys: tuple[ColumnElement[Any], ...]
    descending: bool = False


@dataclass(frozen=True)
class Way:
    """One of the alternatives by which rows are reached: ``column`` is ``value``, or one of ``among``.

    ``among`` selects one column and no value twice. With an index on the column, then on the order's keys, the
    first rows of each value are found without looking at the others, however many there are.
    """

    column: str
    value: ColumnElement[Any] | None = None
    among: Select[Any] | None = None
    also: Callable[[Columns], Predicate] | None = None

    def holds(self, columns: Columns) -> Predicate:
        """Whether a row is reached this way, as a condition."""
        column = columns[self.column]
        reached = column == self.value if self.among is None else column.in_(self.among)
        return reached if self.also is None else and_(reached, self.also(columns))


@dataclass(frozen=True)
class Each:
    """A column with few values, which indexes have before the order's keys; ``asked`` is an array of those wanted."""

    column: str
    every: tuple[str, ...]
    asked: ColumnElement[Any] | None = None


@dataclass(frozen=True)
class Listing:
    """Which rows a page is cut from, and how they are ordered.

    Only rows that one of ``ways`` reaches; None leaves it to the guard. Where there is no order to follow, as in
    a search, ``searched`` says that the rows are few and found first.
    """

    order: Order
    where: tuple[Predicate, ...] = ()
    ways: tuple[Way, ...] | None = None
    each: Each | None = None
    searched: bool = False


@dataclass(frozen=True)
class Rows:
    """What a declaration may speak of: its row's columns, its parent's, and the request's parameters."""

    c: Columns
    parent: Columns
    request: RequestParameters


@dataclass(frozen=True)
class Period:
    """Some days as parameters of a statement, with the moments at which they begin and are over."""

    since: ColumnElement[Any]
    until: ColumnElement[Any]
    begins: ColumnElement[Any]
    ends: ColumnElement[Any]
    days_off: ColumnElement[Any]


def _everywhere(_: Permission) -> ColumnElement[Any] | None:
    return None


def _no_arguments(*_: Any, **__: Any) -> Any:
    raise LookupError("it is of a field's arguments")


@dataclass(frozen=True)
class RequestParameters:
    """Facts of the request as bind parameters: ``today``, ``me`` and what else ``parameters.Facts`` carries.

    ``derive(argument, how, type)`` is an argument put through one of the request's derivations, such as the
    keyed hash of a phone number. ``granted(permission)`` are the paths of the areas where it holds, None where that
    is the whole district; the field asks for that permission itself. ``period(since, until, usual=…, most=…)`` are
    the days that two arguments of those names give (``spans``). ``judged(argument, judge)`` is an argument that a rule
    let pass, ``in_order(since, until, usual)`` are two whose order was looked at (``judged``, ``periods``).
    """

    bind: Callable[[str, Any], ColumnElement[Any]]
    derive: Callable[[Any, str, Any], ColumnElement[Any]]
    principal_kind: str = ""
    granted: Callable[[Permission], ColumnElement[Any] | None] = _everywhere
    period: Callable[..., Period] = _no_arguments
    judged: Callable[[Any, Callable[[Any], None]], ColumnElement[Any]] = _no_arguments
    in_order: Callable[..., tuple[Any, Any]] = _no_arguments
