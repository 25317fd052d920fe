"""Fields that the planner reads: a column, a related row, a list, a page, an object made of the same row.

What is not declared with one of these is not readable. Each is a Strawberry field without a resolver: in
walked mode graphql-core finds the value under the response key in the JSON that PostgreSQL built.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Self

import strawberry
from sqlalchemy import ColumnElement, FromClause, Select, and_
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.reads import Columns, Guard, Predicate


class Source:
    """Where a planned field's value comes from."""


@dataclass(frozen=True)
class Value(Source):
    """A column or expression of the row at hand; an expression's further parameters are the field's arguments."""

    expression: Callable[..., ColumnElement[Any]] | None = None  # None: the column of the field's own name
    auditor: Callable[[Rows], ColumnElement[Any]] | None = None  # what auditors get instead


@dataclass(frozen=True)
class Same(Source):
    """An object made of the parent's own row; null where ``when`` does not hold."""

    when: Callable[[Rows], Predicate] | None = None


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
    """

    where: Predicate
    order_by: tuple[ColumnElement[Any], ...] = ()
    drawn: FromClause | None = None


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


def _no_period(*_: Any, **__: Any) -> Period:
    raise LookupError("a period is of a field's arguments")


@dataclass(frozen=True)
class RequestParameters:
    """Facts of the request as bind parameters: ``today``, ``me`` and what else ``parameters.Facts`` carries.

    ``derive(argument, how, type)`` is an argument put through one of the request's derivations, such as the
    keyed hash of a phone number. ``granted(permission)`` are the paths of the areas where it holds, None where that
    is the whole district; the field asks for that permission itself. ``period(since, until, usual=…, most=…)`` are
    the days that two arguments of those names give (``spans``).
    """

    bind: Callable[[str, Any], ColumnElement[Any]]
    derive: Callable[[Any, str, Any], ColumnElement[Any]]
    principal_kind: str = ""
    granted: Callable[[Permission], ColumnElement[Any] | None] = _everywhere
    period: Callable[..., Period] = _no_period


class PlannedField(StrawberryField):
    """A field whose value the planner's statement has already put under the response key."""

    source: Source
    requires: Permission | None = None
    platform: bool | None = False  # on root fields: which side of the wall; None: whichever is there
    guard: Guard | None = None  # of these rows, where the type as such has none
    table: Any = None  # read from this row class instead of the type's own

    def __copy__(self) -> Self:
        twin = super().__copy__()
        twin.source, twin.requires, twin.platform = self.source, self.requires, self.platform
        twin.guard, twin.table = self.guard, self.table
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return copy.copy(self)


def _field(source: Source, description: str, **options: Any) -> Any:
    planned = PlannedField(
        description=description,
        graphql_name=options.get("name"),
        deprecation_reason=options.get("deprecation_reason"),
    )
    planned.source = source
    planned.requires = options.get("requires")
    planned.platform = options.get("platform")
    planned.guard = options.get("guard")
    planned.table = options.get("table")
    pick = getattr(source, "pick", None) or getattr(source, "expression", None)
    arguments: list[StrawberryArgument] = []
    if pick is not None and pick.__name__ != "<lambda>":
        # The declaration's own parameters, beside the rows it speaks of, are the field's arguments.
        rows = next(iter(inspect.signature(pick).parameters))
        arguments += [each for each in StrawberryResolver(pick).arguments if each.python_name != rows]
    if isinstance(source, Paged):
        arguments += StrawberryResolver(_page_arguments).arguments
    planned.arguments = arguments
    return planned


def _page_arguments(
    root: Any,
    first: Annotated[int | None, strawberry.argument(description="How many rows, 1 to 100 每页行数.")] = 20,
    after: Annotated[
        str | None, strawberry.argument(description="Cursor of the row to continue after 起始游标.")
    ] = None,
) -> None:
    """The arguments that every connection has."""


def column(
    description: str,
    expression: Callable[..., ColumnElement[Any]] | None = None,
    *,
    auditor: Callable[[Rows], ColumnElement[Any]] | None = None,
    requires: Permission | None = None,
    name: str | None = None,
) -> Any:
    """A value of the row. ``auditor`` replaces it where the wall is the auditors'."""
    return _field(Value(expression, auditor), description, requires=requires, name=name)


def same_row(description: str, *, when: Callable[[Rows], Predicate] | None = None) -> Any:
    """An object made of the parent's own row."""
    return _field(Same(when), description)


def one(
    description: str,
    pick: Callable[..., Pick | Predicate],
    *,
    requires: Permission | None = None,
    platform: bool | None = False,
    table: Any = None,
) -> Any:
    """At most one row of the annotated type, from ``table`` if the type's facts are kept there too."""
    return _field(One(pick), description, requires=requires, platform=platform, table=table)


def many(
    description: str,
    pick: Callable[..., Pick],
    *,
    rows: Callable[[Rows, str], FromClause | None] | None = None,
    when: Callable[[Rows], Predicate] | None = None,
    requires: Permission | None = None,
    platform: bool | None = False,
) -> Any:
    """A whole short list of rows of the annotated type, from ``rows`` where they are made of something else.

    At the root they are of the district's side.
    """
    return _field(Many(pick, rows, when), description, requires=requires, platform=platform)


def paged(
    description: str,
    pick: Callable[..., Listing],
    *,
    requires: Permission | None = None,
    platform: bool | None = False,
    guard: Guard | None = None,
) -> Any:
    """A Relay connection over rows of the annotated type. ``first`` and ``after`` come by themselves."""
    return _field(Paged(pick), description, requires=requires, platform=platform, guard=guard)


def part(description: str) -> Any:
    """A piece of a connection."""
    return _field(Part(), description)
