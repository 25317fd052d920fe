"""The one place where somebody writes in a district without holding a role there: the platform itself.

Onboarding makes a district's areas, catalog, people and policy before anybody can hold anything. It acts as
the platform operator, is named so in the audit trail, and may set a district up and nothing else: no case,
no person's data and no trail is within its reach.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from bangban.kernel.access.compiled import shipped_policy
from bangban.kernel.access.grants import Grants, Scope
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.access.roles import OperatorDuty
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

PLATFORM: Final = Principal(
    kind=PrincipalKind.OPERATOR, id=UUID(int=0), name="platform", duty=OperatorDuty.SYSTEM
)
"""The platform as an actor; no operator's account has the nil id."""

SET_UP: Final = frozenset(
    {
        Permission.AREA_MANAGE,
        Permission.CATALOG_MANAGE,
        Permission.PLACE_MANAGE,
        Permission.DELEGATION_MANAGE,
        Permission.STAFF_MANAGE,
        Permission.POLICY_MANAGE,
        Permission.CALENDAR_MANAGE,
    }
)
"""All that onboarding may do in a district."""


class PlatformGrants(Grants):
    """The operator's grants, and beyond them ``SET_UP`` over the whole district."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(PLATFORM, shipped_policy(), on=date.min)

    def scope(self, permission: Permission) -> Scope:
        return Scope(whole=True) if permission in SET_UP else super().scope(permission)

    def permissions(self) -> tuple[str, ...]:
        return tuple(sorted({*super().permissions(), *SET_UP}))


@asynccontextmanager
async def platform_work(
    tenancy: Tenancy, district: District, *, request_id: str = "onboarding", now: datetime | None = None
) -> AsyncIterator[Work]:
    """One transaction of the platform in a district, live or not."""
    async with tenancy.write(district, PLATFORM, request_id=request_id, now=now or datetime.now(UTC)) as work:
        work.grants = PlatformGrants()
        yield work
