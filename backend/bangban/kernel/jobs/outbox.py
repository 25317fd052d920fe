"""The rows of ``platform.outbox`` as the relay takes and settles them: one statement, one transaction, at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from bangban.kernel.tenancy.tenancy import Tenancy

# Hints that need no work: listeners were told by the notification, so the row is done as it is found.
_SETTLE = text(
    """
    UPDATE platform.outbox SET done_at = :now WHERE id IN (
        SELECT id FROM platform.outbox
        WHERE done_at IS NULL AND coalesce(not_before, due_at, '-infinity'::timestamptz) = '-infinity'
          AND kind <> ALL(CAST(:kinds AS text[]))
        ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED)
    """
)
_CLAIM = text(
    """
    UPDATE platform.outbox SET tries = tries + 1, not_before = :until WHERE id IN (
        SELECT id FROM platform.outbox
        WHERE done_at IS NULL AND coalesce(not_before, due_at, '-infinity'::timestamptz) <= :now
          AND kind = ANY(CAST(:kinds AS text[]))
        ORDER BY coalesce(not_before, due_at, '-infinity'::timestamptz), id LIMIT :most FOR UPDATE SKIP LOCKED)
    RETURNING id, kind, reference, author, greatest(at, due_at), tries
    """
)
_DONE = text(
    "UPDATE platform.outbox SET done_at = :now, problem = :problem WHERE id = :id AND done_at IS NULL"
)
_HANDLED = text(
    "UPDATE platform.outbox SET done_at = :now, problem = NULL"
    " WHERE id = ANY(CAST(:ids AS bigint[])) AND done_at IS NULL"
)
_LATER = text(
    "UPDATE platform.outbox SET not_before = :until, problem = :problem WHERE id = :id AND done_at IS NULL"
)
_RETURN = text(
    "UPDATE platform.outbox SET not_before = NULL, tries = tries - 1"
    " WHERE id = ANY(CAST(:ids AS bigint[])) AND done_at IS NULL"
)
_NEXT = text(
    """
    SELECT coalesce(not_before, due_at) FROM platform.outbox
    WHERE done_at IS NULL AND coalesce(not_before, due_at, '-infinity'::timestamptz) > '-infinity'
    ORDER BY coalesce(not_before, due_at, '-infinity'::timestamptz) LIMIT 1
    """
)
_DELETE = text(
    "DELETE FROM platform.outbox WHERE id IN"
    " (SELECT id FROM platform.outbox WHERE done_at < :before ORDER BY id LIMIT :most)"
)


@dataclass(frozen=True)
class Row:
    """One thing that was announced, leased to whoever claimed it. ``at``: when it was announced, or was due."""

    id: int
    kind: str
    reference: str
    author: str
    at: datetime
    tries: int


class Outbox:
    """The rows, over the platform's sessions."""

    def __init__(self, tenancy: Tenancy) -> None:
        self._tenancy = tenancy

    async def settle(self, *, now: datetime, kinds: list[str], most: int) -> int:
        """Finish ``most`` hints, rows of other kinds than ``kinds``; how many."""
        return await self._run(_SETTLE, now=now, kinds=kinds, most=most)

    async def claim(self, *, now: datetime, until: datetime, kinds: list[str], most: int) -> list[Row]:
        """Lease ``most`` rows that are due, in the order in which they were announced."""
        parameters = {"now": now, "until": until, "kinds": kinds, "most": most}
        async with self._tenancy.platform() as db:
            rows = [Row(*row) for row in await db.execute(_CLAIM, parameters)]
        return sorted(rows, key=lambda row: row.id)

    async def handled(self, ids: list[int], *, now: datetime) -> None:
        """Mark rows that are done."""
        await self._run(_HANDLED, ids=ids, now=now)

    async def done_with(self, row: Row, *, now: datetime, problem: str) -> None:
        """Mark a row that nobody will try again, with why."""
        await self._run(_DONE, id=row.id, now=now, problem=problem)

    async def later(self, row: Row, *, until: datetime, problem: str) -> None:
        """Let a row rest after a failure."""
        await self._run(_LATER, id=row.id, until=until, problem=problem)

    async def give_back(self, ids: list[int]) -> None:
        """End the lease of rows that were not tried."""
        await self._run(_RETURN, ids=ids)

    async def next_due(self) -> datetime | None:
        """When the first of the rows that rest is due; None where none rests."""
        async with self._tenancy.platform() as db:
            due: datetime | None = (await db.execute(_NEXT)).scalar_one_or_none()
        return due

    async def delete(self, *, before: datetime, most: int) -> int:
        """Delete ``most`` rows that were done before; how many."""
        return await self._run(_DELETE, before=before, most=most)

    async def _run(self, statement: Any, **parameters: object) -> int:
        async with self._tenancy.platform() as db:
            return int((await db.execute(statement, parameters)).rowcount)  # type: ignore[attr-defined]  # a cursor result, as of every DML
