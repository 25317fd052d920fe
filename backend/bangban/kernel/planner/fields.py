"""Fields that the planner reads: a column, a related row, a list, a page, an object made of the same row.

What is not declared with one of these is not readable. Each is a Strawberry field without a resolver: in
walked mode graphql-core finds the value under the response key in the JSON that PostgreSQL built.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from typing import Annotated, Any, Self

import strawberry
from sqlalchemy import ColumnElement, FromClause
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.reads import Guard, Predicate
from bangban.kernel.planner.sources import Listing, Many, One, Paged, Part, Pick, Rows, Same, Source, Value


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


def same_row(
    description: str,
    *,
    when: Callable[[Rows], Predicate] | None = None,
    document: Callable[[Rows], ColumnElement[Any]] | None = None,
) -> Any:
    """An object made of the parent's own row, or of a JSON document in it."""
    return _field(Same(when, document), description)


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
