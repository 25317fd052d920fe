"""What a GraphQL type reads: its table, the permission that guards its rows, and how rows are scoped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, FromClause

from bangban.kernel.access.vocabulary import Permission

T = TypeVar("T", bound=type)

# Columns of a row, by name: a table alias's ``c``.
Columns = Any
# SQLAlchemy types comparisons on untyped columns as Any; a predicate is what goes into WHERE.
Predicate: TypeAlias = Any


@dataclass(frozen=True)
class Guard:
    """Who sees which rows of a type.

    ``within`` limits rows to area paths (a bind parameter), ``own`` to those that belong to the principal.
    """

    permission: Permission
    within: Callable[[Columns, ColumnElement[Any]], Predicate] | None = None
    own: Callable[[Columns, Any], Predicate] | None = None
    # The same as alternatives, where a page is to find its rows by them: of the request, the paths (None where the
    # grant has none), and whether own rows count. None where one condition finds them as well.
    ways: Callable[[Any, ColumnElement[Any] | None, bool], tuple[Any, ...] | None] | None = None
    # Reading such rows is itself an event for the trail when an auditor does it (DESIGN 7).
    personal: bool = False


@dataclass(frozen=True)
class Reads:
    """The table behind a type. ``None`` for types that are made of their parent's row or of the request."""

    table: FromClause | None = None
    guard: Guard | None = None
    platform: bool = False
    always: tuple[Callable[[Columns], Predicate], ...] = field(default=())


def reads(table: Any = None, *, guard: Guard | None = None, platform: bool = False) -> Callable[[T], T]:
    """Declare, on a Strawberry type, what it reads. ``table`` is a declarative row class."""

    def mark(cls: T) -> T:
        source = None if table is None else table.__table__
        cls.__reads__ = Reads(table=source, guard=guard, platform=platform)  # type: ignore[attr-defined]  # the mark
        return cls

    return mark


def reads_of(cls: type) -> Reads:
    """The declaration of a type; types without one are made of their parent's row."""
    found: Reads = cls.__dict__.get("__reads__", Reads())
    return found
