"""One write: one transaction in one district, as its ``_rw`` role.

State, event, audit entry and outbox row are saved together or not at all. Nobody commits here but
``Tenancy.write``, which does so when the block ends without an exception.
"""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.kernel.access.compiled import CompiledPolicy
from bangban.kernel.access.grants import Grants, Principal
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.clock.working import WorkingCalendar
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.rules import CALENDAR_STAMP, DistrictRules
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.vault.district import DistrictVault

# One statement: the shared audit lock, the outbox rows, the notification. The lock is what lets the sealer
# know that no entry with a lower number is still on its way; writers do not wait for each other.
_ANNOUNCE = text(
    """
    WITH latch AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(:latch)),
    news AS (SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:references AS text[])) AS n(kind, reference)),
    kept AS (
        INSERT INTO platform.outbox (kind, reference)
        SELECT kind, reference FROM news
    )
    SELECT (SELECT count(*) FROM latch),
           pg_notify(:channel, json_build_object('d', CAST(:slug AS text), 'k', kind, 'r', reference)::text)
    FROM news
    """
)


def audit_latch(schema: str) -> int:
    """Key of the advisory lock around a district's audit numbers."""
    return (0x62616E67 << 32) | zlib.crc32(schema.encode())


@dataclass(kw_only=True)
class Reckoning:
    """The working days of one transaction, the same for all that is done in it."""

    calendar: WorkingCalendar
    stamp: str | None  # as it was read with the calendar
    renew: Callable[[], Awaitable[DistrictRules]]
    held: bool = False


@dataclass(kw_only=True)
class Work:
    """What a service needs to do its part of one transaction."""

    db: AsyncSession
    district: District
    channel: str
    principal: Principal
    grants: Grants
    policy: CompiledPolicy
    settings: Mapping[str, Any]  # of the district's profile
    vault: DistrictVault
    reckoning: Reckoning
    number_prefix: str
    now: datetime
    request_id: str
    _entries: list[AuditEntryRow] = field(default_factory=list)
    _news: list[tuple[str, str]] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The day it is in the district's time zone."""
        return self.now.astimezone(self.district.zone).date()

    @property
    def calendar(self) -> WorkingCalendar:
        """The district's working days. Before numbers made with it are stored: ``hold_calendar``."""
        return self.reckoning.calendar

    async def hold_calendar(self) -> None:
        """Make sure of ``calendar``, and keep it from changing until this transaction ends.

        One statement, before the first lock on a case: it shares the profile's row with other casework and
        waits for a change of the calendar that is being carried over to the cases (which locks the row for
        itself, then the cases). If that change is newer than what this process knew, the rules are read again.
        """
        kept = self.reckoning
        if kept.held:
            return
        stamp = await self.db.scalar(
            select(ProfileRow.settings[CALENDAR_STAMP].astext).with_for_update(read=True, key_share=True)
        )
        if stamp not in (None, kept.stamp, kept.calendar.version):
            rules = await kept.renew()
            kept.calendar, kept.stamp = rules.calendar, rules.stamp
        kept.held = True

    @property
    def actor(self) -> str:
        """Who acts, as the audit trail names people: kind and id, never a name or a phone."""
        kind = self.principal.kind.value.lower()
        return kind if self.principal.id is None else f"{kind}:{self.principal.id}"

    def record(
        self,
        *,
        action: Permission | str,
        object: str,  # noqa: A002 - the audit trail's own word
        area_id: UUID | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        """Add an entry to the audit trail, written at the end of the transaction. No personal data."""
        self._entries.append(
            AuditEntryRow(
                id=new_id(),
                at=self.now,
                actor=self.actor,
                action=str(action),
                object=object,
                area_id=area_id,
                request_id=self.request_id,
                details=details or {},
            )
        )

    def announce(self, kind: str, reference: str) -> None:
        """Queue work for after the commit and tell listeners. Kind and reference only."""
        self._news.append((kind, reference))

    def in_the_past(self, principal: Principal, grants: Grants, *, now: datetime) -> Work:
        """The same transaction as somebody else's at an earlier moment: for records of what has happened.

        The trail keeps every entry. What is announced goes nowhere, since it is no news to anybody.
        """
        return replace(self, principal=principal, grants=grants, now=now, _news=[])

    async def finish(self) -> None:
        """Write what was recorded and announced. Called once, by ``Tenancy.write``, before the commit."""
        await self.db.flush()
        if not self._entries and not self._news:
            return
        news = self._news or [("audit.recorded", "")]
        await self.db.execute(
            _ANNOUNCE,
            {
                "latch": audit_latch(self.district.schema),
                "kinds": [kind for kind, _ in news],
                "references": [reference for _, reference in news],
                "channel": self.channel,
                "slug": self.district.slug,
            },
        )
        self.db.add_all(self._entries)
        await self.db.flush()
