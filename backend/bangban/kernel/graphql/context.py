"""What one GraphQL operation carries with it: who asks, in which district, and the services of the process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, TypeAlias

import strawberry

from bangban.kernel.access.grants import Grants, Principal, PrincipalKind, grants_of
from bangban.kernel.access.guard import district_policy
from bangban.kernel.jobs.listener import Listener
from bangban.kernel.messenger.message import Messenger
from bangban.kernel.planner.parameters import Facts
from bangban.kernel.planner.planner import Planner
from bangban.kernel.problems import DistrictRequired
from bangban.kernel.tenancy.registry import District
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
    expires_at: datetime | None = None  # of the access token
    renewing: Callable[[], Awaitable[Principal]] | None = None

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

    async def grants(self) -> Grants:
        """What the caller may do here and now."""
        if self.district is None:
            return grants_of(self.principal, district_policy(()), on=self.now.date())
        policy = await self.services.tenancy.policy(self.district)
        return grants_of(self.principal, policy, on=self.now.astimezone(self.district.zone).date())

    async def facts(self) -> Facts:
        """What planned statements may ask of the request."""
        grants = await self.grants()
        values: dict[str, Any] = {
            "now": self.now,
            "me": self.principal.id,
            "kind": self.principal.kind.value,
            "name": self.principal.name,
            "permissions": list(grants.permissions()),
            "language": self.language,
            "today": self.now.date(),
            "ticket": self.ticket,
        }
        derivations: Mapping[str, Any] = {}
        if self.district is not None:
            tenancy = self.services.tenancy
            moment = (await tenancy.calendar(self.district)).moment(
                self.now.astimezone(self.district.zone).date()
            )
            values |= {
                "today": moment.day,
                "ordinal": moment.ordinal,
                "next_ordinal": moment.next_ordinal,
                "district_status": self.district.status.value,
            }
            vault = tenancy.vault(self.district)
            derivations = {
                "identity": lambda text: vault.lookup_hash(str(text).strip().upper(), purpose="identity"),
                "phone": lambda text: vault.lookup_hash(str(text).strip(), purpose="phone"),
            }
        return Facts(
            grants=grants,
            principal_kind=self.principal.kind.value,
            values=values,
            derivations=derivations,
        )


Info: TypeAlias = strawberry.Info[Context, Any]
