"""What has had its time: codes, counted tries, used-up tokens and answers kept for retries are deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, delete, exists, select

from bangban.features.accounts.tables import (
    AttemptRow,
    OperatorRefreshTokenRow,
    OperatorSessionRow,
    PlatformAttemptRow,
    RefreshTokenRow,
    SessionRow,
    SignInCodeRow,
)
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.tenancy.tables import PlatformStoredAnswerRow, StoredAnswerRow
from bangban.kernel.tenancy.tenancy import Tenancy

# A retry comes within minutes; a day leaves room for a client that was offline over night.
ANSWERS_KEPT: Final = timedelta(days=1)
# No limit looks further back than a day.
TRIES_KEPT: Final = timedelta(days=2)
# A used token of a live session must stay known, so that its second use ends the session.
TOKENS_KEPT: Final = timedelta(days=1)

# A session that is over is still looked at when somebody asks what became of it; the trail keeps that it was.
SESSIONS_KEPT: Final = timedelta(days=30)
MOST_SESSIONS: Final = 5_000  # deleted in one transaction; what is left waits for the next round

_SWEEPER: Final = Principal(kind=PrincipalKind.OPERATOR)


def _old(sessions: type[SessionRow] | type[OperatorSessionRow], tokens: Any) -> Any:
    """Deletes sessions that ended, by their time or before it, and have no token left; a bounded number."""
    over = (
        select(sessions.id)
        .where(
            sessions.expires_at < bindparam("before"),
            ~exists().where(tokens.session_id == sessions.id),
        )
        .order_by(sessions.id)
        .limit(MOST_SESSIONS)
    )
    return delete(sessions).where(sessions.id.in_(over)).execution_options(synchronize_session=False)


_SESSIONS: Final = _old(SessionRow, RefreshTokenRow)
_OPERATOR_SESSIONS: Final = _old(OperatorSessionRow, OperatorRefreshTokenRow)


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
            await work.db.execute(_SESSIONS, {"before": at - SESSIONS_KEPT})
    gone = select(OperatorSessionRow.id).where(OperatorSessionRow.expires_at < at - TOKENS_KEPT)
    async with tenancy.platform() as db:
        await db.execute(
            delete(PlatformStoredAnswerRow).where(PlatformStoredAnswerRow.at < at - ANSWERS_KEPT)
        )
        await db.execute(delete(PlatformAttemptRow).where(PlatformAttemptRow.at < at - TRIES_KEPT))
        await db.execute(delete(OperatorRefreshTokenRow).where(OperatorRefreshTokenRow.session_id.in_(gone)))
        await db.execute(_OPERATOR_SESSIONS, {"before": at - SESSIONS_KEPT})
