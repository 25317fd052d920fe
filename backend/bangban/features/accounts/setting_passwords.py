"""Setting a password by a one-time token, and opening a session with it: the first one, or one anew.

Three steps, as in signing in: see that the token is good; hash the password while no connection is held; set it,
unless the token was used meanwhile. The account's row stays locked to the end, so of two who use one token at
once the second finds it used.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select

from bangban.features.accounts.credentials import save_password_hash
from bangban.features.accounts.desk import Also, Desk, Recall, SignedIn
from bangban.features.accounts.limits import TOKEN, take_turn
from bangban.features.accounts.one_time_tokens import OneTimeToken
from bangban.features.accounts.problems import AccountNotInForce, TokenRefused
from bangban.features.accounts.sessions import (
    ENDED_BY_PASSWORD,
    check_admitted,
    end_sessions_of_staff,
    open_session,
)
from bangban.features.accounts.staff import find_staff_principal
from bangban.features.accounts.tables import AttemptRow, CredentialRow
from bangban.features.accounts.values import TokenKind
from bangban.features.people.tables import StaffRow
from bangban.kernel.access.principals import Principal
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.problems import RateLimited
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.work import Work

_ACTIONS = {
    TokenKind.INVITATION: Permission.INVITATION_ACCEPT,
    TokenKind.RESET: Permission.PASSWORD_RESET,
}


async def set_password_by_token(
    desk: Desk,
    *,
    kind: TokenKind,
    token: str,
    password: str,
    district: District | None,
    request_id: str = "-",
    now: datetime | None = None,
    also: Also | None = None,
    recall: Recall | None = None,
) -> SignedIn:
    """Set the password of the token's account, end its other sessions and open one.

    ``district`` is the request's, if it names one; the token names its own.

    Raises:
        TokenRefused: Wrong, used, replaced, expired, of another kind or of another district.
        AccountNotInForce: Nothing is held today; the token stays good.
        PasswordLengthWrong, PasswordIsLogin, PasswordGuessable: The token stays good.
        RateLimited: Ten tries with one token within 15 minutes.
        SessionEnded, DistrictSuspended, Unavailable: Now it cannot be; the token stays good.
    """
    given = OneTimeToken.parse(token)
    place = _place(desk, given, district)
    at = now or datetime.now(UTC)
    stranger = Principal.anonymous(district=place.slug)
    async with desk.tenancy.write(place, stranger, request_id=request_id, now=at) as work:
        staff, wait = await _knock(work, given, kind, recall)
    if wait:
        raise RateLimited(seconds=wait)
    if staff is None:
        raise TokenRefused
    await desk.passwords.check(
        password, login=staff.login or "", name=staff.name, words=(place.slug, place.name)
    )
    hashed = await desk.passwords.hash(password)
    signed = None
    async with desk.tenancy.write(place, stranger, request_id=request_id, now=at) as work:
        if await _take(work, given, kind) == staff.id:
            signed = await _enter(work, desk, kind, staff.id, hashed)
            if also is not None:
                await also(work.db, signed)
        elif recall is not None:
            await recall(work.db)
    if signed is None:
        raise TokenRefused
    return signed


def _place(desk: Desk, token: OneTimeToken, district: District | None) -> District:
    place = desk.tenancy.registry.find(token.district)
    if place is None:
        raise TokenRefused
    if district is not None and district.slug != place.slug:
        raise TokenRefused
    return place


async def _knock(
    work: Work, token: OneTimeToken, kind: TokenKind, recall: Recall | None
) -> tuple[StaffRow | None, int]:
    """The account that the token is good for, and how long to wait before another try."""
    subject = token.hash(work.vault)
    turn = await take_turn(work.db, AttemptRow, TOKEN, subject=subject, now=work.now)
    if turn.attempt is None:
        return None, turn.seconds
    staff_id = await _find(work, token, kind)
    if staff_id is None:
        if recall is not None:
            await recall(work.db)
        work.record(action=_ACTIONS[kind], object=f"token:{subject[:8].hex()}", details={"refused": "token"})
        return None, 0
    principal = await find_staff_principal(work, staff_id, session_id=new_id())
    if principal is None:
        raise AccountNotInForce
    check_admitted(work.district, principal)
    return await work.db.get_one(StaffRow, staff_id), 0


async def _find(work: Work, token: OneTimeToken, kind: TokenKind, *, lock: bool = False) -> UUID | None:
    good = select(CredentialRow.staff_id).where(
        CredentialRow.token_hash == token.hash(work.vault),
        CredentialRow.token_kind == kind,
        CredentialRow.token_expires_at > work.now,
    )
    found: UUID | None = await work.db.scalar(good.with_for_update() if lock else good)
    return found


async def _take(work: Work, token: OneTimeToken, kind: TokenKind) -> UUID | None:
    """The token's account, locked; None where it has just been used."""
    return await _find(work, token, kind, lock=True)


async def _enter(work: Work, desk: Desk, kind: TokenKind, staff_id: UUID, hashed: str) -> SignedIn:
    principal = await find_staff_principal(work, staff_id, session_id=new_id())
    if principal is None:
        raise AccountNotInForce
    check_admitted(work.district, principal)
    work.principal = principal
    await end_sessions_of_staff(work, staff_id, why=ENDED_BY_PASSWORD)
    await save_password_hash(work, staff_id, hashed)
    work.record(action=_ACTIONS[kind], object=f"staff:{staff_id}")
    return await open_session(work, desk, principal)
