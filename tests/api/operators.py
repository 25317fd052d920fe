"""Operators of each duty, signed in, for tests of the platform's own side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from tests.api.casework import Run
from tests.api.clients import Client

from bangban.features.accounts.tables import OperatorRow, OperatorSessionRow
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.access.roles import OperatorDuty
from bangban.kernel.audit.platform import PlatformEntryRow
from bangban.kernel.ids import new_id
from bangban.web.services import AppServices


@dataclass(frozen=True)
class Platform:
    """The platform's side of the application under test."""

    services: AppServices
    api: Client
    run: Run

    def hire(self, duty: OperatorDuty) -> tuple[UUID, Client]:
        """A new operator with a session; the account's id, and the API as they use it."""
        now, operator_id, session_id = datetime.now(UTC), new_id(), new_id()

        async def make() -> None:
            async with self.services.tenancy.platform() as db:
                login = f"o{uuid4().hex[:10]}"
                db.add(OperatorRow(id=operator_id, login=login, name="样本", duty=duty))
                await db.flush()
                db.add(
                    OperatorSessionRow(
                        id=session_id,
                        operator_id=operator_id,
                        created_at=now,
                        expires_at=now + timedelta(hours=1),
                    )
                )

        self.run(make())
        principal = Principal(kind=PrincipalKind.OPERATOR, id=operator_id, session_id=session_id)
        token = self.services.desk.issuer.issue(principal, now=now, not_after=now + timedelta(hours=1))
        return operator_id, self.api.as_(Authorization=f"Bearer {token.text}")

    def client(self, duty: OperatorDuty) -> Client:
        """The API as a new operator with this duty uses it."""
        return self.hire(duty)[1]

    def trail(self, about: str) -> list[tuple[str, str, dict[str, Any]]]:
        """Actor, action and details of what the platform's trail says about an object, in order."""

        async def read() -> list[tuple[str, str, dict[str, Any]]]:
            async with self.services.tenancy.platform() as db:
                rows = await db.scalars(
                    select(PlatformEntryRow)
                    .where(PlatformEntryRow.object == about)
                    .order_by(PlatformEntryRow.seq)
                )
                return [(row.actor, row.action, row.details) for row in rows]

        found: list[tuple[str, str, dict[str, Any]]] = self.run(read())
        return found
