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
    CTE,
    BigInteger,
    ColumnElement,
    DateTime,
    Select,
    Text,
    cast,
    func,
    insert,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON, JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.kernel.access.compiled import CompiledPolicy
from bangban.kernel.access.grants import Grants, Principal
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.audit.platform import audit_latch
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.clock.working import WorkingCalendar
from bangban.kernel.database.written import Given, Written
from bangban.kernel.ids import new_id
from bangban.kernel.problems import ErrorCode
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.rules import CALENDAR_STAMP, DistrictRules
from bangban.kernel.tenancy.tables import OutboxRow, ProfileRow
from bangban.kernel.vault.district import DistrictVault

_MOMENT: Final = DateTime(timezone=True)


class Entry(NamedTuple):
    """One entry of the audit trail, not written yet. ``details`` is JSON."""

    id: UUID
    at: datetime
    actor: str
    action: str
    object: str
    area_id: UUID | None
    request_id: str
    details: str


def _latch() -> Select[Any]:
    return select(func.pg_advisory_xact_lock_shared(Given("latch", BigInteger())).label("held"))


def _entries(*, after: CTE | None) -> CTE:
    """The entries are inserted. They get their numbers as they come out of the join, so ``after`` what it names."""
    columns = [AuditEntryRow.__table__.c[name] for name in Entry._fields]
    lists = func.unnest(
        *(Given(each.name, ARRAY(Text() if each.name == "details" else each.type)) for each in columns)
    ).table_valued(*Entry._fields, name="list")
    # Citus takes INSERT … SELECT from what is materialised, and from nothing else.
    given = select(lists.render_derived()).cte("given").prefix_with("MATERIALIZED")
    picked = select(*(given.c[name] for name in Entry._fields[:-1]), cast(given.c.details, JSONB()))
    rows = picked.select_from(given if after is None else after.join(given, true()))
    return insert(AuditEntryRow).from_select(Entry._fields, rows, include_defaults=False).cte("entries")


def _news() -> tuple[CTE, ColumnElement[Any], CTE]:
    """What is announced, the notification of each, and the outbox rows."""
    told = func.unnest(
        Given("kinds", ARRAY(Text())), Given("references", ARRAY(Text())), Given("dues", ARRAY(_MOMENT))
    )
    listed = told.table_valued("kind", "reference", "due_at", name="told").render_derived()
    news = select(listed).cte("news").prefix_with("MATERIALIZED")
    kept = (
        insert(OutboxRow)
        .from_select(
            ["kind", "reference", "due_at"],
            select(news.c.kind, news.c.reference, news.c.due_at),
            include_defaults=False,
        )
        .cte("kept")
    )
    notified = func.pg_notify(
        Given("channel", Text()),
        cast(
            func.json_build_object(
                "d", Given("slug", Text()), "k", news.c.kind, "r", news.c.reference, type_=JSON()
            ),
            Text(),
        ),
    )
    return news, notified, kept


def _finish() -> tuple[Written, ...]:
    """One statement: the shared audit lock, the entries, the outbox rows, the notifications.

    The lock is what lets the sealer know that no entry with a lower number is still on its way; writers do not
    wait for each other.
    """
    latch = _latch().cte("latch").prefix_with("MATERIALIZED")
    _, notified, kept = _news()
    held = select(func.count()).select_from(latch).scalar_subquery()
    ending = select(held.label("held"), notified.label("notified"))
    return (Written(ending.add_cte(_entries(after=latch), kept)),)


def _finish_apart() -> tuple[Written, ...]:
    """The same as three statements, for districts on nodes of their own: the lock, the outbox and the
    notifications are the platform's node's, and no statement goes to two nodes."""
    _, notified, kept = _news()
    return (
        Written(_latch()),
        Written(select(literal(1).label("done")).add_cte(_entries(after=None))),
        Written(select(notified.label("notified")).add_cte(kept)),
    )


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

    def counts_refusals(self, object: str, area_id: UUID | None, *codes: ErrorCode) -> None:  # noqa: A002 - as above
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
        for statement in _FINISH_APART if self.apart else _FINISH:
            await self.run(statement, **values)


_FINISH: Final = _finish()
_FINISH_APART: Final = _finish_apart()
_HOLD: Final = Written(calendar_stamp())
