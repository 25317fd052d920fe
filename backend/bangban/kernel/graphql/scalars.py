"""Scalars of the contract. PostgreSQL has already written their text, which passes through unchanged."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import strawberry
from strawberry.types.scalar import ScalarDefinition

from bangban.kernel.clock.days import real_day


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, Decimal) else str(value.isoformat())


def _datetime(text: Any) -> datetime:
    if isinstance(text, str):
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None and 1 < found.year < 9999:  # so that every offset has a moment in UTC
            return found
    message = "a DateTime is RFC 3339 with an offset, such as 2026-11-21T09:00:00+08:00"
    raise ValueError(message)


def _date(text: Any) -> date:
    if isinstance(text, str):
        return real_day(date.fromisoformat(text))
    message = "a Date is written 2026-11-21"
    raise ValueError(message)


def _decimal(text: Any) -> Decimal:
    message = 'a Decimal is written as a string, such as "12.50"'
    if not isinstance(text, str):
        raise ValueError(message)  # noqa: TRY004 - graphql-core reports ValueErrors as input errors
    try:
        found = Decimal(text)
    except InvalidOperation as malformed:
        raise ValueError(message) from malformed
    if not found.is_finite():
        raise ValueError(message)
    return found


def _base64(text: Any) -> bytes:
    message = "Base64 is the standard alphabet with its padding, as of RFC 4648 section 4"
    if not isinstance(text, str):
        raise ValueError(message)  # noqa: TRY004 - graphql-core reports ValueErrors as input errors
    try:
        return b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as malformed:  # the latter for what is beyond ASCII
        raise ValueError(message) from malformed


def _base64_text(content: Any) -> str:
    return content if isinstance(content, str) else b64encode(content).decode()


SCALARS: Final[Mapping[object, ScalarDefinition]] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment, RFC 3339 with offset 时刻.",
        serialize=_text,
        parse_value=_datetime,
    ),
    date: strawberry.scalar(
        name="Date", description="A day, as 2026-11-21 日期.", serialize=_text, parse_value=_date
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description="An exact decimal number, as a string 精确小数.",
        serialize=_text,
        parse_value=_decimal,
    ),
    bytes: strawberry.scalar(
        name="Base64",
        description="Bytes, such as a file's, in Base64 二进制内容.",
        serialize=_base64_text,
        parse_value=_base64,
    ),
}
