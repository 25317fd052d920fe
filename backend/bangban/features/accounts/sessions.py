"""Sessions of a district: opened by a sign-in, carried on by refresh tokens, ended once.

A session lasts ``session_lifetime`` from its sign-in, however often it is carried on. Each refresh token
counts once; a second use of one means that two parties hold it, so the whole session ends. That is strict
on purpose: of two tabs that refresh with the same token at once, the slower one ends the session of both.
Clients share the newest token, and repeat a lost request with its Idempotency-Key.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, update

from bangban.features.accounts.desk import Also, Desk, Recall, SignedIn
from bangban.features.accounts.refresh_tokens import RefreshToken
from bangban.features.accounts.revocations import SESSION_REVOKED
from bangban.features.accounts.staff import find_staff_principal
from bangban.features.accounts.tables import RefreshTokenRow, SessionRow
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.problems import DistrictSuspended, NotAuthenticated, SessionEnded
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.tenancy.work import Work

ENDED_BY_OWNER: Final = "signed-out"
ENDED_BY_REUSE: Final = "refresh-token-reused"
ENDED_WITH_ACCOUNT: Final = "account-closed"
ENDED_BY_PASSWORD: Final = "password-changed"  # noqa: S105 - a reason, not a password
ENDED_BY_ADMIN: Final = "ended-by-admin"


async def open_session(
    work: Work, desk: Desk, principal: Principal, *, until: datetime | None = None
) -> SignedIn:
    """Open a session for somebody who has proved who they are; ``principal`` names it already.

    ``until``: the moment at which what it was proved with ends, where it does.
    """
    if principal.session_id is None or principal.id is None:
        raise ValueError("the principal of a new session names it")
    resident = principal.kind is PrincipalKind.RESIDENT
    session = SessionRow(
        id=principal.session_id,
        staff_id=None if resident else principal.id,
        resident_id=principal.id if resident else None,
        created_at=work.now,
        expires_at=min(work.now + desk.session_lifetime, until or datetime.max.replace(tzinfo=UTC)),
    )
    work.db.add(session)
    await work.db.flush()
    work.record(action=Permission.SESSION_SIGN_IN, object=f"session:{session.id}")
    return _carry_on(work, desk, session, principal)


async def refresh_session(
    desk: Desk,
    token: RefreshToken,
    *,
    district: District,
    request_id: str = "-",
    now: datetime | None = None,
    also: Also | None = None,
    recall: Recall | None = None,
) -> SignedIn:
    """New tokens for a refresh token's session.

    Raises:
        SessionEnded: Unknown, used before (which ends the session), expired, ended, or the account closed.
        DistrictSuspended: The district is closed to everybody but its auditors; the token stays good.
    """
    stranger = Principal.anonymous(district=district.slug)
    revoked = None
    signed = None
    async with desk.tenancy.write(district, stranger, request_id=request_id, now=now) as work:
        row = await work.db.get(RefreshTokenRow, token.hash, with_for_update=True)
        session = await _live_session(work, row.session_id) if row else None
        if row is not None and session is not None:
            principal = await _owner(work, session)
            if row.used_at is not None:
                if recall is not None:
                    await recall(work.db)
                revoked = _end(work, session, why=ENDED_BY_REUSE)
                _record_refusal(work, session, why=ENDED_BY_REUSE)
            elif principal is None:
                revoked = _end(work, session, why=ENDED_WITH_ACCOUNT)
                _record_refusal(work, session, why=ENDED_WITH_ACCOUNT)
            else:
                check_admitted(district, principal)
                row.used_at = work.now
                work.principal = principal
                signed = _carry_on(work, desk, session, principal)
                if also is not None:
                    await also(work.db, signed)
        at = work.now
    if revoked is not None:
        desk.revocations.revoke(revoked, now=at)
    # The refusal comes after the commit: that the session ended must not be lost with it.
    if signed is None:
        raise SessionEnded
    return signed


async def sign_out(
    desk: Desk,
    principal: Principal,
    *,
    district: District,
    request_id: str = "-",
    now: datetime | None = None,
    also: Also | None = None,
) -> bool:
    """End the caller's session, here at once and everywhere by NOTIFY. True, also if it had ended already.

    Raises NotAuthenticated for a caller without a session.
    """
    if principal.session_id is None:
        raise NotAuthenticated
    async with desk.tenancy.write(district, principal, request_id=request_id, now=now) as work:
        session = await _live_session(work, principal.session_id)
        if session is not None:
            work.record(action=Permission.SESSION_END, object=f"session:{session.id}")
            _end(work, session, why=ENDED_BY_OWNER)
        if also is not None:
            await also(work.db, True)
        at = work.now
    desk.revocations.revoke(principal.session_id, now=at)
    return True


async def end_sessions_of_staff(
    work: Work, staff_id: UUID, *, why: str, but: UUID | None = None
) -> tuple[UUID, ...]:
    """End every live session of a staff account, in the caller's transaction; their ids.

    ``why`` is kept with the session, ``but`` lives on; NOTIFY tells every process, this one included, at the
    commit.
    """
    live = (
        select(SessionRow)
        .where(
            SessionRow.staff_id == staff_id,
            SessionRow.ended_at.is_(None),
            SessionRow.expires_at > work.now,
            SessionRow.id.is_distinct_from(but),
        )
        .order_by(SessionRow.id)
        .with_for_update()
    )
    return tuple([_end(work, session, why=why) for session in await work.db.scalars(live)])


async def bound_sessions_of_staff(work: Work, staff_id: UUID, *, until: datetime) -> None:
    """Let no live session of the account go on after ``until``."""
    live = (
        SessionRow.staff_id == staff_id,
        SessionRow.ended_at.is_(None),
        SessionRow.expires_at > until,
    )
    await work.db.execute(update(SessionRow).where(*live).values(expires_at=until))


async def _live_session(work: Work, session_id: UUID) -> SessionRow | None:
    session = await work.db.get(SessionRow, session_id, with_for_update=True)
    if session is None or session.ended_at is not None or session.expires_at <= work.now:
        return None
    return session


async def _owner(work: Work, session: SessionRow) -> Principal | None:
    if session.staff_id is not None:
        return await find_staff_principal(work, session.staff_id, session_id=session.id)
    return Principal(
        kind=PrincipalKind.RESIDENT,
        id=session.resident_id,
        district=work.district.slug,
        session_id=session.id,
    )


def _carry_on(work: Work, desk: Desk, session: SessionRow, principal: Principal) -> SignedIn:
    refresh = RefreshToken.fresh(work.district.slug)
    work.db.add(RefreshTokenRow(token_hash=refresh.hash, session_id=session.id, issued_at=work.now))
    access = desk.issuer.issue(principal, now=work.now, not_after=session.expires_at)
    return SignedIn(access.text, refresh.text, access.expires_at, principal)


def _end(work: Work, session: SessionRow, *, why: str) -> UUID:
    session.ended_at = work.now
    session.ended_why = why
    work.announce(SESSION_REVOKED, str(session.id))
    return session.id


def _record_refusal(work: Work, session: SessionRow, *, why: str) -> None:
    work.record(action=Permission.SESSION_REFRESH, object=f"session:{session.id}", details={"refused": why})


def check_admitted(district: District, principal: Principal) -> None:
    """Raises SessionEnded or DistrictSuspended for whoever has no business in a district that is not open."""
    if district.admits(principal.kind):
        return
    if district.status is DistrictStatus.PROVISIONING:
        raise SessionEnded
    raise DistrictSuspended
