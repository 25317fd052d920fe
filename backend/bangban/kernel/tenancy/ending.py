"""How a write ends: the audit entries, the outbox rows and the notifications, in one statement where one is enough."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

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

from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.database.written import Given, Written
from bangban.kernel.tenancy.tables import OutboxRow

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


FINISH: Final = _finish()
FINISH_APART: Final = _finish_apart()
