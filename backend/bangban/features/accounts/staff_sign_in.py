"""Signing in with login and password: staff, auditors, portals.

Three steps, so that no connection is held while argon2 works: count the try and read the hash; verify;
open the session or record the refusal. Whatever is wrong, the steps and the answer are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.accounts.credentials import rehash_password
from bangban.features.accounts.desk import Also, Desk, SignedIn
from bangban.features.accounts.limits import SIGN_IN, Turn, give_back, take_turn
from bangban.features.accounts.logins import clean_login
from bangban.features.accounts.problems import AccountNotInForce, PasswordExpired, WrongCredentials
from bangban.features.accounts.sessions import open_session
from bangban.features.accounts.staff import find_staff_principal
from bangban.features.accounts.tables import AttemptRow, CredentialRow
from bangban.features.people.tables import StaffRow
from bangban.kernel.access.principals import Principal
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.problems import DistrictUnknown, Problem, RateLimited
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.tenancy.work import Work

# Why somebody was refused, as the trail has it.
_CREDENTIALS: Final = "credentials"
_EXPIRED: Final = "expired"
_NO_POST: Final = "no post"


@dataclass(frozen=True)
class _Knock:
    """A counted try: whose it would be, and what to verify against."""

    turn: Turn
    subject: bytes
    staff_id: UUID | None = None
    stored: str | None = None
    portal: bool = False
    changed_at: datetime | None = None
    former: str | None = None  # a portal's secret before its rotation, while it is still good
    former_until: datetime | None = None

    @property
    def object(self) -> str:
        """How the audit trail names the account: by id, or by the hash of a login that does not exist."""
        return f"staff:{self.staff_id}" if self.staff_id else f"login:{self.subject[:8].hex()}"


async def sign_in_staff(
    desk: Desk,
    *,
    district: District,
    login: str,
    password: str,
    request_id: str = "-",
    now: datetime | None = None,
    also: Also | None = None,
) -> SignedIn:
    """Open a session for a staff account of the district.

    Raises:
        WrongCredentials: Wrong password, none set yet, unknown login, or inactive account.
        AccountNotInForce: The right password, of somebody without an assignment today.
        PasswordExpired: The right password, and older than the installation allows.
        RateLimited: Ten failures with this login, known or not, within 15 minutes.
        Unavailable: Too many passwords are being verified.
    """
    at = now or datetime.now(UTC)
    stranger = Principal.anonymous(district=district.slug)
    async with desk.tenancy.write(district, stranger, request_id=request_id, now=at) as work:
        knock = await _knock(work, clean_login(login))
    if knock.turn.attempt is None:
        raise RateLimited(seconds=knock.turn.seconds)

    verdict = await desk.passwords.verify(knock.stored, password)
    until = None
    if not verdict.right and knock.former is not None:
        # Only a portal has one; that it takes longer tells of nobody.
        verdict, until = await desk.passwords.verify(knock.former, password), knock.former_until

    expired = verdict.right and _is_expired(desk, knock, at)
    signed = None
    async with desk.tenancy.write(district, stranger, request_id=request_id, now=at) as work:
        # Only a right password gets this far into the account: a wrong one costs the same with and without.
        known = await _holder(work, knock) if verdict.right else None
        why_not = _CREDENTIALS if not verdict.right else await _why_not(work, knock, known, expired=expired)
        if why_not is not None:
            if why_not != _CREDENTIALS:  # nobody guessed
                await give_back(work.db, AttemptRow, knock.turn)
            _record_refusal(work, knock, why=why_not)
        elif known is not None:
            if district.status is DistrictStatus.PROVISIONING and not district.admits(known.kind):
                raise DistrictUnknown(fields=("X-District",))  # to the public, it is not there yet
            work.principal = known
            await give_back(work.db, AttemptRow, knock.turn)
            if verdict.rehashed is not None and until is None and known.id is not None:
                await rehash_password(work, known.id, was=knock.stored or "", hashed=verdict.rehashed)
            signed = await open_session(work, desk, known, until=until)
            if also is not None:
                await also(work.db, signed)
    # The refusal comes after the commit, with its audit entry.
    if signed is None:
        raise _refusal(desk, why_not)
    return signed


def _refusal(desk: Desk, why: str | None) -> Problem:
    if why == _EXPIRED:
        return PasswordExpired(days=desk.password_days)
    return AccountNotInForce(fields=("input.login",)) if why == _NO_POST else WrongCredentials()


def _is_expired(desk: Desk, knock: _Knock, at: datetime) -> bool:
    """Whether a person's password is older than it may be; a portal's secret is rotated instead."""
    if not desk.password_days or knock.portal or knock.changed_at is None:
        return False
    return knock.changed_at < at - timedelta(days=desk.password_days)


async def _knock(work: Work, login: str) -> _Knock:
    subject = work.vault.lookup_hash(login, purpose="login")
    turn = await take_turn(work.db, AttemptRow, SIGN_IN, subject=subject, now=work.now)
    row = (
        await work.db.execute(
            select(
                StaffRow.id,
                StaffRow.portal_origins,
                CredentialRow.password_hash,
                CredentialRow.changed_at,
                CredentialRow.former_hash,
                CredentialRow.former_until,
            )
            .join(CredentialRow, CredentialRow.staff_id == StaffRow.id)
            .where(StaffRow.login == login)
        )
    ).first()
    knock = _Knock(turn, subject)
    if row is not None:
        good = row.former_until is not None and row.former_until > work.now
        knock = _Knock(
            turn,
            subject,
            staff_id=row.id,
            stored=row.password_hash,
            portal=row.portal_origins is not None,
            changed_at=row.changed_at,
            former=row.former_hash if good else None,
            former_until=row.former_until if good else None,
        )
    if turn.attempt is None:
        _record_refusal(work, knock, why="limit")
    return knock


async def _holder(work: Work, knock: _Knock) -> Principal | None:
    if knock.staff_id is None:
        return None
    return await find_staff_principal(work, knock.staff_id, session_id=new_id())


async def _why_not(work: Work, knock: _Knock, known: Principal | None, *, expired: bool) -> str | None:
    """What keeps out somebody who typed the right password; None where nothing does."""
    if known is not None:
        return _EXPIRED if expired else None
    # A person's account that only lacks an assignment; a portal's was disabled.
    staff = None if knock.portal else await work.db.get(StaffRow, knock.staff_id)
    return _NO_POST if staff is not None and staff.active else _CREDENTIALS


def _record_refusal(work: Work, knock: _Knock, *, why: str) -> None:
    work.record(action=Permission.SESSION_SIGN_IN, object=knock.object, details={"refused": why})
