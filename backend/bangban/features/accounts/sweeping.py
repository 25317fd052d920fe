"""What has had its time: codes, counted tries, used-up tokens and answers kept for retries are deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from bangban.features.accounts.tables import (
    AttemptRow,
    OperatorRefreshTokenRow,
    OperatorSessionRow,
    PlatformAttemptRow,
    RefreshTokenRow,
    SessionRow,
    SignInCodeRow,
)
from bangban.kernel.access.grants import Principal, PrincipalKind
from bangban.kernel.tenancy.tables import PlatformStoredAnswerRow, StoredAnswerRow
from bangban.kernel.tenancy.tenancy import Tenancy

# A retry comes within minutes; a day leaves room for a client that was offline over night.
ANSWERS_KEPT: Final = timedelta(days=1)
# No limit looks further back than a day.
TRIES_KEPT: Final = timedelta(days=2)
# A used token of a live session must stay known, so that its second use ends the session.
TOKENS_KEPT: Final = timedelta(days=1)

_SWEEPER: Final = Principal(kind=PrincipalKind.OPERATOR)


async def sweep(tenancy: Tenancy, *, now: datetime | None = None) -> None:
    """Delete, in every district and on the platform's side, what is over. One short transaction each."""
    at = now or datetime.now(UTC)
    over = select(SessionRow.id).where(SessionRow.expires_at < at - TOKENS_KEPT)
    for district in list(tenancy.registry):
        async with tenancy.write(district, _SWEEPER, request_id="sweep", now=at) as work:
            await work.db.execute(delete(StoredAnswerRow).where(StoredAnswerRow.at < at - ANSWERS_KEPT))
            await work.db.execute(delete(SignInCodeRow).where(SignInCodeRow.expires_at < at - TRIES_KEPT))
            await work.db.execute(delete(AttemptRow).where(AttemptRow.at < at - TRIES_KEPT))
            await work.db.execute(delete(RefreshTokenRow).where(RefreshTokenRow.session_id.in_(over)))
    gone = select(OperatorSessionRow.id).where(OperatorSessionRow.expires_at < at - TOKENS_KEPT)
    async with tenancy.platform() as db:
        await db.execute(
            delete(PlatformStoredAnswerRow).where(PlatformStoredAnswerRow.at < at - ANSWERS_KEPT)
        )
        await db.execute(delete(PlatformAttemptRow).where(PlatformAttemptRow.at < at - TRIES_KEPT))
        await db.execute(delete(OperatorRefreshTokenRow).where(OperatorRefreshTokenRow.session_id.in_(gone)))
