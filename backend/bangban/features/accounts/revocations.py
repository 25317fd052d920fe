"""Sessions that ended before their access tokens did. Every process knows them, so sign-out works at once.

A revocation is kept in memory for as long as a token can live. It arrives by NOTIFY (``session.revoked``)
and, at the start of a process, from the outbox. Listen first and load then: what is announced in between
arrives twice, which does no harm. After a lost connection, load again.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from bangban.kernel.tenancy.tables import OutboxRow
from bangban.kernel.tenancy.tenancy import Tenancy

SESSION_REVOKED: Final = "session.revoked"


class Revocations:
    """The revoked sessions of the last ``seconds``."""

    def __init__(self, *, seconds: int) -> None:
        # A minute more, since the database's clock dates the outbox and this process's the tokens.
        self._kept_for = timedelta(seconds=seconds + 60)
        self._until: OrderedDict[UUID, datetime] = OrderedDict()

    @property
    def count(self) -> int:
        """How many are remembered. No ``__len__``: an empty memory must not be taken for none."""
        return len(self._until)

    def __contains__(self, session_id: UUID) -> bool:
        return session_id in self._until

    def revoke(self, session_id: UUID, *, now: datetime | None = None) -> None:
        """Let no token of the session count from here on."""
        at = now or datetime.now(UTC)
        self._until[session_id] = at + self._kept_for
        self._until.move_to_end(session_id)
        while self._until and next(iter(self._until.values())) <= at:
            self._until.popitem(last=False)

    def note(self, reference: str, *, now: datetime | None = None) -> None:
        """Take in what a ``session.revoked`` notification refers to; what is no session id is passed over."""
        with suppress(ValueError):
            self.revoke(UUID(reference), now=now)

    async def load(self, tenancy: Tenancy, *, now: datetime | None = None) -> None:
        """Take in what was announced before this process listened."""
        at = now or datetime.now(UTC)
        recent = (
            select(OutboxRow.reference)
            .where(OutboxRow.kind == SESSION_REVOKED, OutboxRow.at > at - self._kept_for)
            .order_by(OutboxRow.id)
        )
        async with tenancy.platform() as db:
            for reference in await db.scalars(recent):
                self.note(reference, now=at)
