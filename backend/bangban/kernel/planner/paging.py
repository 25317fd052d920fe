"""Relay connections: their types, and their cursors."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import strawberry
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Text,
    Uuid,
    cast,
    func,
    literal_column,
)

from bangban.kernel.planner.fields import part
from bangban.kernel.planner.sources import Order
from bangban.kernel.problems import InvalidInput

T = TypeVar("T")

MOST_ROWS = 100
USUAL_ROWS = 20
_BEYOND = 2**63  # what bigint cannot hold


@strawberry.type(description="Where a page stands in its list 分页信息.")
class PageInfo:
    has_next_page: bool = part("Whether rows follow this page 是否有下一页.")
    has_previous_page: bool = part("Whether the page began after a cursor 是否有上一页.")
    start_cursor: str | None = part("Cursor of the first row of the page 首行游标.")
    end_cursor: str | None = part("Cursor of the last row of the page, to continue after 末行游标.")


@strawberry.type(description="A row and its place in the list 列表中的一行.")
class Edge(Generic[T]):
    node: T = part("The row itself 该行.")
    cursor: str = part("The row's place, for `after` 该行的游标.")


@strawberry.type(description="One page of a list 列表的一页.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = part("The rows of the page 本页各行.")
    page_info: PageInfo = part("Where the page stands 分页信息.")
    total_count: int = part("How many rows the whole list has; costs a count 总行数.")


def checked_tag(tag: str) -> str:
    """``tag`` itself: a word of ours, safe to stand in the statement's text."""
    if not tag.isalnum():
        raise ValueError(tag)
    return tag


def cursor_of(order: Order, keys: Sequence[ColumnElement[Any]]) -> ColumnElement[str]:
    """The cursor of a row with these keys, made by PostgreSQL: the order's tag and the keys as text, in base64."""
    texts = [cast(key, Text()) for key in keys]
    packed = func.json_build_array(literal_column(f"'{checked_tag(order.tag)}'", Text()), *texts)
    encoded = func.encode(func.convert_to(cast(packed, Text()), "UTF8"), "base64")
    return func.translate(encoded, "+/\n", "-_")


def _unreadable() -> InvalidInput:
    return InvalidInput(
        "`after` is not a cursor of this list.", "after 不是此列表的游标。", fields=("after",)
    )


def _value(text: str, type_: Any) -> Any:
    """A key as PostgreSQL will take it; raises ValueError, or OverflowError where it is out of range."""
    if isinstance(type_, Uuid):
        return UUID(text)
    if isinstance(type_, DateTime):
        return datetime.fromisoformat(text).astimezone(UTC)
    if isinstance(type_, Date):
        return date.fromisoformat(text)
    if isinstance(type_, Integer | BigInteger):
        number = int(text)
        if abs(number) >= _BEYOND:
            raise OverflowError(text)
        return number
    if "\x00" in text:
        raise ValueError(text)
    return text.encode().decode()  # half of a surrogate pair cannot be sent


def keys_of_cursor(cursor: str, *, tag: str, types: Sequence[Any]) -> list[Any]:
    """The key values inside a cursor; raises InvalidInput when it is not one of this list's."""
    try:
        packed = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
        if not isinstance(packed, list) or len(packed) != len(types) + 1 or packed[0] != tag:
            raise _unreadable()
        return [_value(str(text), type_) for text, type_ in zip(packed[1:], types, strict=True)]
    except (ValueError, OverflowError, RecursionError) as malformed:
        raise _unreadable() from malformed


def rows_wanted(first: int | None) -> int:
    """``first`` itself, 20 where it is null; raises InvalidInput outside 1 to 100."""
    if first is None:
        return USUAL_ROWS
    if not 1 <= first <= MOST_ROWS:
        raise InvalidInput(
            f"`first` must be between 1 and {MOST_ROWS}.",
            f"first 必须在 1 到 {MOST_ROWS} 之间。",
            fields=("first",),
        )
    return first
