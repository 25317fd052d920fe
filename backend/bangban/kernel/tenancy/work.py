"""One write: one transaction in one district, as its ``_rw`` role.

State, event, audit entry and outbox row are saved together or not at all. Nobody commits here but
``Tenancy.write``, which does so when the block ends without an exception.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy import (
    Select,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.kernel.access.compiled import CompiledPolicy
from bangban.kernel.access.grants import Grants
from bangban.kernel.access.principals import Principal
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.audit.platform import audit_latch
from bangban.kernel.clock.working import WorkingCalendar
from bangban.kernel.database.written import Written
from bangban.kernel.ids import new_id
from bangban.kernel.problems import ErrorCode
from bangban.kernel.tenancy.ending import FINISH, FINISH_APART, Entry
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.rules import CALENDAR_STAMP, DistrictRules
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.vault.district import DistrictVault


def calendar_stamp() -> Select[tuple[Any]]:
    """Reads which calendar the district's cases are reckoned with, and shares the profile's row."""
    stamp = ProfileRow.settings[CALENDAR_STAMP].astext.label("stamp")
    return select(stamp).with_for_update(read=True, key_share=True)


class Concern(NamedTuple):
    """What a transaction is about, and which of its refusals are counted."""

    object: str
    area_id: UUID | None
    codes: frozenset[ErrorCode]


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
    driver: asyncpg.Connection  # the connection beneath ``db``
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
    apart: bool = False  # districts stand on nodes of their own (kernel/tenancy/distribution.py)
    _entries: list[Entry] = field(default_factory=list)
    _news: list[tuple[str, str, datetime | None]] = field(default_factory=list)
    concern: Concern | None = None

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
        if self.reckoning.held:
            return
        (found,) = await self.run(_HOLD)
        await self.held_calendar(found.stamp)

    async def held_calendar(self, stamp: str | None) -> None:
        """The profile's row is shared by this transaction, and its calendar's stamp is ``stamp``."""
        kept = self.reckoning
        if stamp not in (None, kept.stamp, kept.calendar.version):
            rules = await kept.renew()
            kept.calendar, kept.stamp = rules.calendar, rules.stamp
        kept.held = True

    async def run(self, statement: Written, /, **values: Any) -> list[Any]:
        """Send a statement that is written out already, in this district; the rows it gives."""
        if self.db.in_transaction():  # the session was used, so it may hold back what it was given
            await self.db.flush()
        arguments = statement.arguments(values)
        return statement.rows(await self.driver.fetch(statement.text(self.district.schema), *arguments))

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
            Entry(
                id=new_id(),
                at=self.now,
                actor=self.actor,
                action=str(action),
                object=object,
                area_id=area_id,
                request_id=self.request_id,
                details=json.dumps(details or {}),
            )
        )

    def counts_refusals(self, object: str, area_id: UUID | None, *codes: ErrorCode) -> None:  # noqa: A002 - the audit trail's own word
        """Have the trail keep a refusal with one of these codes, which undoes the transaction (``refusals``)."""
        self.concern = Concern(object, area_id, frozenset(codes))

    def announce(self, kind: str, reference: str, *, due: datetime | None = None) -> None:
        """Queue work for after the commit and tell listeners. Kind and reference only.

        With ``due`` it is a timer: the handler of ``kind`` is called then, at least once, whatever is restarted
        in between. There is no way to take one back, so the handler looks whether it still has anything to do.
        """
        self._news.append((kind, reference, due))

    def in_the_past(self, principal: Principal, grants: Grants, *, now: datetime) -> Work:
        """The same transaction as somebody else's at an earlier moment: for records of what has happened.

        The trail keeps every entry. What is announced goes nowhere, since it is no news to anybody.
        """
        return replace(self, principal=principal, grants=grants, now=now, _news=[])

    async def finish(self) -> None:
        """Write what was recorded and announced. Called once, by ``Tenancy.write``, before the commit."""
        if self.db.in_transaction():
            await self.db.flush()
        if not self._entries and not self._news:
            return
        news = self._news or [("audit.recorded", "", None)]
        entries = zip(*self._entries, strict=True) if self._entries else ((),) * len(Entry._fields)
        values = {
            "latch": audit_latch(self.district.schema),
            "kinds": [kind for kind, _, _ in news],
            "references": [reference for _, reference, _ in news],
            "dues": [due for _, _, due in news],
            "channel": self.channel,
            "slug": self.district.slug,
            **dict(zip(Entry._fields, map(list, entries), strict=True)),
        }
        for statement in FINISH_APART if self.apart else FINISH:
            await self.run(statement, **values)


_HOLD: Final = Written(calendar_stamp())
