"""Root fields that do something. Each states the permission it asks for; without one it cannot be declared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import strawberry

from bangban.kernel.access.vocabulary import Permission

F = TypeVar("F", bound=Callable[..., Any])


def mutation(
    description: str, permission: Permission, *or_else: Permission, needs_district: bool = True
) -> Callable[[F], F]:
    """A mutation. ``or_else`` are permissions of which any other will do; services then ask for the exact one."""

    def declare(resolver: F) -> F:
        metadata = {"permission": (permission, *or_else), "needs_district": needs_district}
        return cast("F", strawberry.mutation(resolver, description=description, metadata=metadata))

    return declare


def subscription(
    description: str, permission: Permission, *, needs_district: bool = True
) -> Callable[[F], F]:
    """A subscription."""

    def declare(resolver: F) -> F:
        metadata = {"permission": (permission,), "needs_district": needs_district}
        return cast("F", strawberry.subscription(resolver, description=description, metadata=metadata))

    return declare
