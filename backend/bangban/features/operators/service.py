"""Making operators' accounts, giving them a duty, closing them. Each act is in the platform's trail.

Everything here runs in the caller's platform transaction. ``Actor`` says who asks: a security operator, or the
installation's administrator at the command line, who stands outside the three duties and is recorded as such.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.accounts.desk import Desk
from bangban.features.accounts.operators import end_operator_sessions
from bangban.features.accounts.passwords import check_password
from bangban.features.accounts.sessions import ENDED_BY_PASSWORD, ENDED_WITH_ACCOUNT
from bangban.features.accounts.tables import OperatorRow
from bangban.features.operators.problems import (
    OperatorDisabled,
    OperatorInvitationRefused,
    OperatorLoginTaken,
    OperatorUnknown,
)
from bangban.features.operators.rules import Standing, check_change, check_duty, checked_account
from bangban.kernel.access.roles import OperatorDuty
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.audit.platform import record_platform
from bangban.kernel.database.telling import tell
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.tenancy import Tenancy

INVITED_FOR: Final = timedelta(hours=72)
_PREFIX: Final = "operator."
_TOKEN_BYTES: Final = 24
_LONGEST: Final = 100


@dataclass(frozen=True)
class Actor:
    """Who asks, and when. ``id`` is None for the installation's administrator."""

    id: UUID | None
    now: datetime
    request_id: str = "-"

    @property
    def name(self) -> str:
        """As the trail names them."""
        return "system" if self.id is None else f"operator:{self.id}"


async def create_operator(
    db: AsyncSession, *, login: str, name: str, duty: OperatorDuty, by: Actor
) -> tuple[OperatorRow, str]:
    """A new account and the one-time token that sets its first password. Nobody can sign in with it before.

    Raises ``OperatorFaulty``, ``OperatorLoginTaken``.
    """
    login, name = checked_account(login, name)
    # Two at once are told apart by the unique key; that one of them is told late is no harm.
    if await db.scalar(select(OperatorRow.id).where(OperatorRow.login == login)) is not None:
        raise OperatorLoginTaken(login)
    row = OperatorRow(id=new_id(), login=login, name=name, duty=duty)
    db.add(row)
    token = _invite(row, by.now)
    await db.flush()
    await _record(db, row, by, {"made": True, "duty": duty.value})
    return row, token


async def invite_operator(db: AsyncSession, operator_id: UUID, *, by: Actor) -> tuple[OperatorRow, str]:
    """Another token, in the place of whatever was there; a lost password is set anew with it.

    Raises ``OperatorUnknown``, ``OperatorDisabled``.
    """
    row = await get_operator(db, operator_id)
    if not row.active:
        raise OperatorDisabled
    token = _invite(row, by.now)
    await _record(db, row, by, {"invited": True})
    return row, token


async def set_duty(
    db: AsyncSession, desk: Desk, operator_id: UUID, duty: OperatorDuty, *, by: Actor
) -> OperatorRow:
    """Give an account another duty; its sessions end, so that no token outlives what it was given for.

    Raises ``OperatorUnknown``, ``OwnAccount``, ``AuditDutyKept``, ``LastSecurityOperator``.
    """
    security = await _security_operators(db)
    row = await get_operator(db, operator_id)
    check_duty(_standing(row), duty, actor=by.id, security=security)
    if row.duty is not duty:
        was, row.duty = row.duty, duty
        await _shut_out(db, desk, row, by)
        await _record(db, row, by, {"duty": duty.value, "was": was.value})
    return row


async def disable(db: AsyncSession, desk: Desk, operator_id: UUID, *, by: Actor) -> OperatorRow:
    """Close an account: nobody signs in with it, its sessions and invitation end.

    Raises ``OperatorUnknown``, ``OwnAccount``, ``LastSecurityOperator``.
    """
    security = await _security_operators(db)
    row = await get_operator(db, operator_id)
    if row.active or row.id == by.id:
        check_change(_standing(row), actor=by.id, security=security)
        row.active, row.token_hash, row.token_expires_at = False, None, None
        await _shut_out(db, desk, row, by)
        await _record(db, row, by, {"active": False})
    return row


async def enable(db: AsyncSession, desk: Desk, operator_id: UUID, *, by: Actor) -> OperatorRow:
    """Open a closed account again. Raises ``OperatorUnknown``, ``OwnAccount``."""
    row = await get_operator(db, operator_id)
    check_change(_standing(row), actor=by.id, security=frozenset())
    if not row.active:
        row.active = True
        await _told(db, desk.tenancy, row)
        await _record(db, row, by, {"active": True})
    return row


async def accept_invitation(
    db: AsyncSession, desk: Desk, *, token: str, password: str, now: datetime, request_id: str = "-"
) -> OperatorRow:
    """Set the password with a one-time token, which is used up; sessions of a former password end.

    Raises ``OperatorInvitationRefused``, or as ``check_password``; a refused password leaves the token good.
    """
    row = await db.scalar(
        select(OperatorRow).where(OperatorRow.token_hash == hash_token(token)).with_for_update()
    )
    late = row is None or row.token_expires_at is None or row.token_expires_at <= now
    if row is None or late or not row.active:
        raise OperatorInvitationRefused
    check_password(password, login=row.login)
    row.password_hash = await desk.passwords.hash(password)
    row.token_hash = row.token_expires_at = None
    await db.flush()
    await end_operator_sessions(db, desk, row.id, why=ENDED_BY_PASSWORD, at=now)
    by = Actor(id=row.id, now=now, request_id=request_id)
    await _record(db, row, by, {"password": "set"}, action="operator:accept-invitation")
    return row


async def get_operator(db: AsyncSession, operator_id: UUID) -> OperatorRow:
    """The account, locked; raises ``OperatorUnknown``."""
    row = await db.get(OperatorRow, operator_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise OperatorUnknown
    return row


async def get_by_login(db: AsyncSession, login: str) -> OperatorRow:
    """The same by its login."""
    row = await db.scalar(
        select(OperatorRow).where(OperatorRow.login == login.strip().lower()).with_for_update()
    )
    if row is None:
        raise OperatorUnknown
    return row


def hash_token(token: str) -> bytes:
    """What is stored of an invitation: its 192 random bits cannot be guessed back from a plain digest."""
    return hashlib.sha256("".join(token[:_LONGEST].split()).encode()).digest()


def _invite(row: OperatorRow, now: datetime) -> str:
    token = _PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
    row.token_hash, row.token_expires_at = hash_token(token), now + INVITED_FOR
    return token


async def _security_operators(db: AsyncSession) -> frozenset[UUID]:
    """All who can act, locked in one order: of two who disable each other at once, one comes second."""
    rows = await db.scalars(
        select(OperatorRow.id)
        .where(OperatorRow.duty == OperatorDuty.SECURITY, OperatorRow.active)
        .order_by(OperatorRow.id)
        .with_for_update()
    )
    return frozenset(rows)


def _standing(row: OperatorRow) -> Standing:
    return Standing(id=row.id, duty=row.duty, active=row.active)


async def _shut_out(db: AsyncSession, desk: Desk, row: OperatorRow, by: Actor) -> None:
    await db.flush()
    await end_operator_sessions(db, desk, row.id, why=ENDED_WITH_ACCOUNT, at=by.now)
    await _told(db, desk.tenancy, row)


async def _told(db: AsyncSession, tenancy: Tenancy, row: OperatorRow) -> None:
    """Every process forgets who the operator was."""
    await tell(db, tenancy.names.channel, slug="", kind="staff.changed", reference=str(row.id))


async def _record(
    db: AsyncSession,
    row: OperatorRow,
    by: Actor,
    details: dict[str, object],
    *,
    action: str = Permission.OPERATOR_MANAGE,
) -> None:
    await db.flush()
    await record_platform(
        db,
        actor=by.name,
        action=action,
        object=f"operator:{row.id}",
        details=details,
        request_id=by.request_id,
        now=by.now,
    )
