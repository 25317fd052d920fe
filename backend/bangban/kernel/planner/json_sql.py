"""SQL/JSON constructors for SQLAlchemy. ``json_build_object`` fails past 50 fields; JSON_OBJECT does not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import JSON, ColumnElement, Text, cast, func, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import visitors

_LONGEST_NAME: Final = 63
_LARGE: Final = 7
_KEY: Final = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")

EMPTY_LIST: Final[ColumnElement[Any]] = literal_column("'[]'::json", JSON())
NULL: Final[ColumnElement[Any]] = literal_column("NULL::json", JSON())


class JsonObject(ColumnElement[Any]):
    """``JSON_OBJECT('key' VALUE expression, …)``. Keys are GraphQL names, so they need no escaping."""

    __visit_name__ = "json_object"
    _traverse_internals = [("pairs", visitors.InternalTraversal.dp_plain_obj)]  # noqa: RUF012 - SQLAlchemy's protocol
    inherit_cache = False
    type = JSON()

    def __init__(self, pairs: list[tuple[str, ColumnElement[Any]]]) -> None:
        for key, _ in pairs:
            if not _KEY.fullmatch(key):
                message = f"not a GraphQL name: {key!r}"
                raise ValueError(message)
        self.pairs = pairs

    @property
    def _from_objects(self) -> list[Any]:
        return [each for _, value in self.pairs for each in value._from_objects]  # noqa: SLF001 - its protocol

    def self_group(self, against: Any = None) -> JsonObject:  # noqa: ARG002 - SQLAlchemy's signature
        return self


@compiles(JsonObject)
def _json_object(element: JsonObject, compiler: Any, **options: Any) -> str:
    options.pop("within_columns_clause", None)
    inner = ", ".join(f"'{key}' VALUE {compiler.process(value, **options)}" for key, value in element.pairs)
    return f"JSON_OBJECT({inner} RETURNING json)" if inner else "'{}'::json"


class RowObject(JsonObject):
    """The same object of one row's values. Large ones are made by ``row_to_json``, which takes a third less time.

    Small ones are not worth the query within the query. Values may not be aggregates of the query around them.
    Keys are names of columns here, and PostgreSQL cuts those off after 63 characters, so longer ones are left to
    JSON_OBJECT.
    """

    __visit_name__ = "row_object"
    inherit_cache = False


@compiles(RowObject)
def _row_object(element: RowObject, compiler: Any, **options: Any) -> str:
    if len(element.pairs) < _LARGE or not are_names(key for key, _ in element.pairs):
        return _json_object(element, compiler, **options)
    options.pop("within_columns_clause", None)
    columns = ", ".join(f'{compiler.process(value, **options)} AS "{key}"' for key, value in element.pairs)
    # The row's name is none that a response key can have: a column of the same name would come before it.
    return f'(SELECT row_to_json("a row") FROM (SELECT {columns}) AS "a row")'  # noqa: S608 - compiled parts and checked names


def are_names(keys: Iterable[str]) -> bool:
    """Whether these can be the names of columns: there are some, and PostgreSQL cuts off none of them."""
    lengths = [len(key) for key in keys]
    return bool(lengths) and max(lengths) <= _LONGEST_NAME


def as_text(value: ColumnElement[Any]) -> ColumnElement[str]:
    """The JSON as text: a writer's connection would take JSON apart by itself."""
    return cast(value, Text())


def json_list(element: ColumnElement[Any], *order_by: ColumnElement[Any]) -> ColumnElement[Any]:
    """All rows' ``element`` as one JSON list, in order; an empty list where there are none."""
    from sqlalchemy.dialects.postgresql import aggregate_order_by  # noqa: PLC0415 - one user

    argument = aggregate_order_by(element, *order_by) if order_by else element
    return func.coalesce(func.json_agg(argument), EMPTY_LIST)
