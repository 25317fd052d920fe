"""What one GraphQL operation carries with it: who asks, in which district, and the services of the process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, TypeAlias

import strawberry

from bangban.kernel.access.grants import Grants, grants_of
from bangban.kernel.access.guard import district_policy
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.clock.local_time import local_today
from bangban.kernel.files.desk import FileDesk
from bangban.kernel.graphql.values import Derivations, Named, RequestValues
from bangban.kernel.jobs.fanout import FanOut
from bangban.kernel.jobs.listener import Listener
from bangban.kernel.messenger.message import Messenger
from bangban.kernel.planner.parameters import Facts
from bangban.kernel.planner.planner import Planner
from bangban.kernel.planner.selection import Selected
from bangban.kernel.problems import DistrictLeaving, DistrictRequired
from bangban.kernel.tenancy.reading import Reader
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.standby import Relaxed
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy


class Services(Protocol):
    """What a process holds for all its requests."""

    @property
    def tenancy(self) -> Tenancy: ...
    @property
    def planner(self) -> Planner: ...
    @property
    def messenger(self) -> Messenger: ...
    @property
    def listener(self) -> Listener: ...
    @property
    def fanout(self) -> FanOut: ...
    @property
    def named(self) -> Named: ...
    @property
    def files(self) -> FileDesk: ...


@dataclass(kw_only=True)
class Context:
    """One operation's context."""

    services: Services
    principal: Principal
    district: District | None
    request_id: str
    language: str
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    idempotency_key: str | None = None
    body_hash: bytes = b""
    ticket: bytes | None = None  # hash of an onboarding ticket
    address: str = ""  # of the client, as one customer's
    expires_at: datetime | None = None  # of the access token
    renewing: Callable[[], Awaitable[Principal]] | None = None
    selected: tuple[Selected, ...] = ()  # by a mutation
    relaxed: bool = False  # the caller takes what is a moment old
    paying: Callable[[int], None] | None = None  # for what the operation costs; raises RateLimited

    def pay(self, price: int) -> None:
        """Take the operation's price from its caller's budgets; raises RateLimited, and nothing was taken."""
        if self.paying is not None:
            self.paying(price)

    async def renew(self) -> None:
        """Look the caller up anew; raises SessionEnded where the token no longer counts."""
        if self.renewing is not None:
            self.principal = await self.renewing()

    def get_district(self) -> District:
        """The request's district; raises DistrictRequired."""
        if self.district is None:
            raise DistrictRequired
        return self.district

    @property
    def auditing(self) -> bool:
        """Whether reads run on the auditors' side of the wall."""
        return self.principal.kind is PrincipalKind.AUDITOR

    @property
    def reader(self) -> Reader | Relaxed:
        """What planned statements are asked of: auditors and whoever says so may get what is a moment old."""
        tenancy = self.services.tenancy
        return tenancy.relaxed if self.relaxed or self.auditing else tenancy.reader

    async def grants(self) -> Grants:
        """What the caller may do here and now."""
        return (await self.facts()).grants

    async def facts(self) -> Facts:
        """What planned statements may ask of the request; each fact is worked out when it is asked for."""
        principal, district = self.principal, self.district
        if district is None:
            grants = grants_of(principal, district_policy(()), on=self.now.date())
            return Facts(
                grants=grants, principal_kind=principal.kind.value, values=RequestValues(self, grants)
            )
        tenancy = self.services.tenancy
        rules = await tenancy.rules(district)
        today = local_today(district.timezone, self.now)
        grants = grants_of(principal, rules.policy, on=today)
        leaving = district.status is DistrictStatus.LEAVING
        # Who may take it back may look meanwhile; nobody else's business goes on.
        staff = principal.kind is PrincipalKind.STAFF
        if leaving and staff and not grants.scope(Permission.DISTRICT_LEAVE):
            raise DistrictLeaving
        return Facts(
            grants=grants,
            principal_kind=principal.kind.value,
            values=RequestValues(
                self, grants, today=today, calendar=rules.calendar, named=self.services.named
            ),
            derivations=Derivations(tenancy, district, rules.calendar),
        )


Info: TypeAlias = strawberry.Info[Context, Any]
