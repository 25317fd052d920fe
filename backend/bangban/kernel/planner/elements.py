"""Rows made of a JSON list: what a document in a column holds, selected and ordered like any other rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Boolean, ColumnElement, FromClause, Integer, cast, column, func, literal_column
from sqlalchemy.dialects.postgresql import JSONB

from bangban.kernel.planner.sources import Pick, Rows

Made = Callable[[Rows, str], FromClause | None]
"""Rows of a parent under a given name; None where there is nothing to make them of."""


def elements(document: ColumnElement[Any], name: str) -> FromClause:
    """A row for each element of a JSON list: ``value``, and ``place`` from 1 on. No rows where there is no list."""
    function = func.jsonb_array_elements(document, type_=JSONB())
    made = function.table_valued(column("value", JSONB()), with_ordinality="place", name=name)
    return made.render_derived()


def members(document: ColumnElement[Any], name: str) -> FromClause:
    """A row for each member of a JSON object: ``value`` has its ``key`` and ``value``; ``place`` as above."""
    function = func.jsonb_path_query(document, literal_column("'$.keyvalue()'"), type_=JSONB())
    made = function.table_valued(column("value", JSONB()), with_ordinality="place", name=name)
    return made.render_derived()


def tables_of(*columns: Any) -> list[FromClause]:
    """The tables of those that are columns: what a statement inside another one names to correlate with.

    Left to itself, SQLAlchemy correlates with the statement next around and with no other.
    """
    tables = [getattr(column, "table", None) for column in columns]
    return [table for table in tables if table is not None]


def in_place(rows: Rows) -> Pick:
    """All elements, in their order."""
    return Pick(rows.c.place.is_not(None), (rows.c.place,))


def value(*path: str) -> Callable[[Rows], ColumnElement[Any]]:
    """A text of an element."""

    def found(rows: Rows) -> ColumnElement[Any]:
        at = rows.c.value
        for name in path:
            at = at[name]
        return at.astext  # type: ignore[no-any-return]  # columns by name are untyped

    return found


def number(name: str) -> Callable[[Rows], ColumnElement[Any]]:
    """A whole number of an element."""
    return lambda rows: cast(rows.c.value[name].astext, Integer())


def flag(name: str) -> Callable[[Rows], ColumnElement[Any]]:
    """A truth value of an element."""
    return lambda rows: cast(rows.c.value[name].astext, Boolean())


def inner(name: str) -> Made:
    """A list within an element, as rows."""
    return lambda rows, alias: elements(rows.parent.value[name], alias)


def in_column(name: str) -> Made:
    """A list in a column of the parent, as rows."""
    return lambda rows, alias: elements(rows.parent[name], alias)
