"""Rows made of a JSON list: what a document in a column holds, selected and ordered like any other rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, column, func
from sqlalchemy.dialects.postgresql import JSONB

from bangban.kernel.planner.fields import Pick, Rows


def elements(document: ColumnElement[Any], name: str) -> FromClause:
    """A row for each element of a JSON list: ``value``, and ``place`` from 1 on. No rows where there is no list."""
    function = func.jsonb_array_elements(document, type_=JSONB())
    made = function.table_valued(column("value", JSONB()), with_ordinality="place", name=name)
    return made.render_derived()


def in_place(rows: Rows) -> Pick:
    """All elements, in their order."""
    return Pick(rows.c.place.is_not(None), (rows.c.place,))
