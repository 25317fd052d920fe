"""Sessions of platform operators 平台运营人员: the same rules as for staff, on the platform's own tables."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.accounts.desk import Also, Desk, Recall, SignedIn
from bangban.features.accounts.limits import SIGN_IN, give_back, take_turn
from bangban.features.accounts.logins import clean_login
from bangban.features.accounts.problems import WrongCredentials
from bangban.features.accounts.refresh_tokens import RefreshToken
from bangban.features.accounts.revocations import SESSION_REVOKED
from bangban.features.accounts.sessions import ENDED_BY_OWNER, ENDED_BY_REUSE, ENDED_WITH_ACCOUNT
from bangban.features.accounts.tables import (
    OperatorRefreshTokenRow,
    OperatorRow,
    OperatorSessionRow,
    PlatformAttemptRow,
)
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.audit.platform import record_platform
from bangban.kernel.database.telling import tell
from bangban.kernel.ids import new_id
from bangban.kernel.problems import NotAuthenticated, RateLimited, SessionEnded
from bangban.kernel.tenancy.tables import OutboxRow


async def sign_in_operator(
    desk: Desk,
    *,
    login: str,
    password: str,
    request_id: str = "-",
    now: datetime | None = None,
    also: Also | None = None,
) -> SignedIn:
    """Open an operator's session. Raises WrongCredentials, RateLimited, Unavailable."""
    at = now or datetime.now(UTC)
    name = clean_login(login)
    subject = hmac.digest(desk.tenancy.ring.derive("operator-login"), name.encode(), "sha256")
    async with desk.tenancy.platform() as db:
        turn = await take_turn(db, PlatformAttemptRow, SIGN_IN, subject=subject, now=at)
        operator = await db.scalar(select(OperatorRow).where(OperatorRow.login == name))
    if turn.attempt is None:
        raise RateLimited(seconds=turn.seconds)

    verdict = await desk.passwords.verify(operator.password_hash if operator else None, password)
    if operator is None or not operator.active or not verdict.right:
        # Who does not exist leaves an entry, too: nobody learns by the time it takes which logins there are.
        async with desk.tenancy.platform() as db:
            await _record(
                db,
                operator,
                Permission.SESSION_SIGN_IN,
                actor="anonymous",
                at=at,
                request_id=request_id,
                refused=True,
            )
        raise WrongCredentials

    async with desk.tenancy.platform() as db:
        await give_back(db, PlatformAttemptRow, turn)
        if verdict.rehashed is not None:
            (await db.merge(operator)).password_hash = verdict.rehashed
        session = OperatorSessionRow(
            id=new_id(), operator_id=operator.id, created_at=at, expires_at=at + desk.session_lifetime
        )
        db.add(session)
        await db.flush()
        signed = _carry_on(db, desk, session, operator, at)
        actor = f"operator:{operator.id}"
        await _record(db, operator, Permission.SESSION_SIGN_IN, actor=actor, at=at, request_id=request_id)
        if also is not None:
            await also(db, signed)
    return signed


async def refresh_operator_session(
    desk: Desk,
    token: RefreshToken,
    *,
    now: datetime | None = None,
    also: Also | None = None,
    recall: Recall | None = None,
) -> SignedIn:
    """New tokens for a refresh token's session. Raises SessionEnded; see ``sessions.refresh_session``."""
    at = now or datetime.now(UTC)
    revoked = None
    signed = None
    async with desk.tenancy.platform() as db:
        row = await db.get(OperatorRefreshTokenRow, token.hash, with_for_update=True)
        session = await _live_session(db, row.session_id, at) if row else None
        if row is not None and session is not None:
            operator = await db.get(OperatorRow, session.operator_id)
            if row.used_at is not None:
                if recall is not None:
                    await recall(db)
                revoked = await _end(db, desk, session, why=ENDED_BY_REUSE, at=at)
            elif operator is None or not operator.active:
                revoked = await _end(db, desk, session, why=ENDED_WITH_ACCOUNT, at=at)
            else:
                row.used_at = at
                signed = _carry_on(db, desk, session, operator, at)
                if also is not None:
                    await also(db, signed)
    if revoked is not None:
        desk.revocations.revoke(revoked, now=at)
    if signed is None:
        raise SessionEnded
    return signed


async def sign_out_operator(
    desk: Desk,
    principal: Principal,
    *,
    request_id: str = "-",
    now: datetime | None = None,
    also: Also | None = None,
) -> bool:
    """End an operator's session everywhere. Raises NotAuthenticated for a caller without a session."""
    if principal.session_id is None:
        raise NotAuthenticated
    at = now or datetime.now(UTC)
    async with desk.tenancy.platform() as db:
        session = await _live_session(db, principal.session_id, at)
        if session is not None:
            await _end(db, desk, session, why=ENDED_BY_OWNER, at=at)
            operator = await db.get(OperatorRow, session.operator_id)
            actor = f"operator:{session.operator_id}"
            await _record(db, operator, Permission.SESSION_END, actor=actor, at=at, request_id=request_id)
        if also is not None:
            await also(db, True)
    desk.revocations.revoke(principal.session_id, now=at)
    return True


async def end_operator_sessions(
    db: AsyncSession, desk: Desk, operator_id: UUID, *, why: str, at: datetime, but: UUID | None = None
) -> list[UUID]:
    """End every live session of an operator but one, in the caller's transaction; their ids.

    The caller revokes them in this process after the commit; the others are told.
    """
    live = (
        select(OperatorSessionRow)
        .where(
            OperatorSessionRow.operator_id == operator_id,
            OperatorSessionRow.ended_at.is_(None),
            OperatorSessionRow.expires_at > at,
            OperatorSessionRow.id.is_distinct_from(but),
        )
        .order_by(OperatorSessionRow.id)
        .with_for_update()
    )
    return [await _end(db, desk, session, why=why, at=at) for session in (await db.scalars(live)).all()]


async def _live_session(db: AsyncSession, session_id: UUID, at: datetime) -> OperatorSessionRow | None:
    session = await db.get(OperatorSessionRow, session_id, with_for_update=True)
    if session is None or session.ended_at is not None or session.expires_at <= at:
        return None
    return session


def _carry_on(
    db: AsyncSession, desk: Desk, session: OperatorSessionRow, operator: OperatorRow, at: datetime
) -> SignedIn:
    principal = Principal(
        kind=PrincipalKind.OPERATOR,
        id=operator.id,
        session_id=session.id,
        name=operator.name,
        duty=operator.duty,
    )
    refresh = RefreshToken.fresh(None)
    db.add(OperatorRefreshTokenRow(token_hash=refresh.hash, session_id=session.id, issued_at=at))
    access = desk.issuer.issue(principal, now=at, not_after=session.expires_at)
    return SignedIn(access.text, refresh.text, access.expires_at, principal)


async def _record(
    db: AsyncSession,
    operator: OperatorRow | None,
    action: str,
    *,
    actor: str,
    at: datetime,
    request_id: str,
    refused: bool = False,
) -> None:
    await record_platform(
        db,
        actor=actor,
        action=action,
        object=f"operator:{operator.id if operator is not None else 'unknown'}",
        details={"refused": True} if refused else None,
        request_id=request_id,
        now=at,
    )


async def _end(db: AsyncSession, desk: Desk, session: OperatorSessionRow, *, why: str, at: datetime) -> UUID:
    session.ended_at = at
    session.ended_why = why
    # Kept in the outbox, too, where a process that starts reads which sign-ins were ended.
    db.add(OutboxRow(kind=SESSION_REVOKED, reference=str(session.id)))
    await db.flush()
    await tell(db, desk.tenancy.names.channel, kind=SESSION_REVOKED, reference=str(session.id))
    return session.id
