"""Column helpers that several features share."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import CheckConstraint, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import ARRAY

E = TypeVar("E", bound=StrEnum)


class EnumText(TypeDecorator[E], Generic[E]):
    """A StrEnum kept as plain ``text``: enum types per schema would break caching across districts."""

    impl = Text
    cache_ok = True

    def __init__(self, enum: type[E]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: E | str | None, dialect: Any) -> str | None:  # noqa: ARG002 - signature
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Any) -> E | None:  # noqa: ARG002 - signature
        return None if value is None else self.enum(value)


class EnumTextArray(TypeDecorator[list[E]], Generic[E]):
    """A list of StrEnum members kept as ``text[]``."""

    impl = ARRAY(Text())
    cache_ok = True

    def __init__(self, enum: type[E]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: Any, dialect: Any) -> list[str] | None:  # noqa: ARG002 - signature
        return None if value is None else [str(each) for each in value]

    def process_result_value(self, value: Any, dialect: Any) -> list[E] | None:  # noqa: ARG002 - signature
        return None if value is None else [self.enum(each) for each in value]


def one_of(column: str, enum: type[StrEnum]) -> CheckConstraint:
    """CHECK that ``column`` holds a member of ``enum``; NULL passes, as CHECK does."""
    members = ", ".join(f"'{member.value}'" for member in enum)
    return CheckConstraint(f"{column} IN ({members})", name=column)


def all_of(column: str, enum: type[StrEnum]) -> CheckConstraint:
    """CHECK that every element of the array ``column`` is a member of ``enum``."""
    members = ", ".join(f"'{member.value}'" for member in enum)
    return CheckConstraint(f"{column} <@ ARRAY[{members}]::text[]", name=column)
