"""Enums of the domain as GraphQL enums, with a description for each value."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

import strawberry

E = TypeVar("E", bound=StrEnum)


def describe(enum: type[E], description: str, values: Mapping[E, str], *, name: str | None = None) -> type[E]:
    """Register ``enum`` for the API. Every member must be described; a missing one is a mistake at import."""
    undescribed = set(enum) - set(values)
    if undescribed:
        message = f"{enum.__name__}: no description for {sorted(undescribed)}"
        raise LookupError(message)
    strawberry.enum(enum, name=name, description=description)
    definition: Any = enum.__strawberry_definition__  # type: ignore[attr-defined]  # set by strawberry.enum
    for value in definition.values:
        value.description = values[enum[value.name]]
    return enum
