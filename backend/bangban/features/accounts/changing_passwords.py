"""Changing one's own password while signed in: staff and auditors in a district, operators on the platform.

The present password is asked for, as in signing in and under the same count, so that an open screen alone is
not enough. Every other session of the account ends. No connection is held while argon2 works, so the last step
makes sure that the password is still the one that was verified.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.accounts.credentials import save_password_hash
from bangban.features.accounts.desk import Also, Desk, Recall
from bangban.features.accounts.limits import SIGN_IN, give_back, take_turn
from bangban.features.accounts.operators import end_operator_sessions
from bangban.features.accounts.problems import PasswordUnchanged, PasswordWrong
from bangban.features.accounts.sessions import ENDED_BY_PASSWORD, end_sessions_of_staff
from bangban.features.accounts.tables import AttemptRow, CredentialRow, OperatorRow, PlatformAttemptRow
from bangban.features.people.tables import StaffRow
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.audit.platform import record_platform
from bangban.kernel.problems import Conflict, Forbidden, NotAuthenticated, RateLimited
from bangban.kernel.tenancy.registry import District


async def change_password(
    desk: Desk,
    principal: Principal,
    *,
    district: District | None,
    current: str,
    new: str,
    request_id: str = "-",
    now: datetime | None = None,
    also: Also | None = None,
    recall: Recall | None = None,
) -> bool:
    """Give the caller's account another password and end its other sessions. True.

    Raises:
        PasswordWrong: ``current`` is not the password.
        PasswordUnchanged, PasswordLengthWrong, PasswordIsLogin, PasswordGuessable: ``new`` may not be one.
        RateLimited: Ten wrong tries within 15 minutes, those of signing in included.
        Conflict: The password was changed by somebody else at the same moment.
        NotAuthenticated, Forbidden: The caller has no account with a password.
    """
    if principal.id is None or principal.session_id is None:
        raise NotAuthenticated
    side = _OfOperator if principal.kind is PrincipalKind.OPERATOR else _OfStaff
    change = side(
        desk=desk,
        principal=principal,
        id=principal.id,
        current=current,
        new=new,
        at=now or datetime.now(UTC),
        request_id=request_id,
        also=also,
        recall=recall,
    )
    if isinstance(change, _OfOperator):
        return await change.done()
    if district is None or principal.kind not in (PrincipalKind.STAFF, PrincipalKind.AUDITOR):
        raise Forbidden(permission=Permission.PASSWORD_CHANGE)
    return await change.done_in(district)


@dataclass(frozen=True, kw_only=True)
class _Change:
    """One change: what both sides of the wall have in common."""

    desk: Desk
    principal: Principal
    id: UUID
    current: str = field(repr=False)
    new: str = field(repr=False)
    at: datetime
    request_id: str
    also: Also | None
    recall: Recall | None

    async def _hashed(self, stored: str | None, *, login: str, name: str) -> str | None:
        """The new password's hash; None where the present one is wrong."""
        verdict = await self.desk.passwords.verify(stored, self.current)
        if not verdict.right:
            return None
        if self.new == self.current:
            raise PasswordUnchanged
        await self.desk.passwords.check(self.new, login=login, name=name)
        return await self.desk.passwords.hash(self.new)

    async def _answered(self, db: AsyncSession) -> None:
        if self.also is not None:
            await self.also(db, True)


class _OfStaff(_Change):
    async def done_in(self, district: District) -> bool:
        desk, me, at = self.desk, self.principal, self.at
        async with desk.tenancy.write(district, me, request_id=self.request_id, now=at) as work:
            staff = await work.db.get_one(StaffRow, self.id)
            login, name = staff.login or "", staff.name
            subject = work.vault.lookup_hash(login, purpose="login")
            turn = await take_turn(work.db, AttemptRow, SIGN_IN, subject=subject, now=at)
            stored = await work.db.scalar(
                select(CredentialRow.password_hash).where(CredentialRow.staff_id == self.id)
            )
        if turn.attempt is None:
            raise RateLimited(seconds=turn.seconds)
        hashed = await self._hashed(stored, login=login, name=name)
        async with desk.tenancy.write(district, me, request_id=self.request_id, now=at) as work:
            if hashed is None:
                if self.recall is not None:
                    await self.recall(work.db)
                work.record(
                    action=Permission.PASSWORD_CHANGE,
                    object=f"staff:{self.id}",
                    details={"refused": "password"},
                )
            else:
                await give_back(work.db, AttemptRow, turn)
                row = await work.db.get(CredentialRow, self.id, with_for_update=True)
                if row is None or row.password_hash != stored:
                    raise Conflict
                await save_password_hash(work, self.id, hashed)
                await end_sessions_of_staff(work, self.id, why=ENDED_BY_PASSWORD, but=me.session_id)
                work.record(action=Permission.PASSWORD_CHANGE, object=f"staff:{self.id}")
                await self._answered(work.db)
        # The refusal comes after the commit: the wrong try must stay counted.
        if hashed is None:
            raise PasswordWrong
        return True


class _OfOperator(_Change):
    async def done(self) -> bool:
        desk, me, at = self.desk, self.principal, self.at
        async with desk.tenancy.platform() as db:
            operator = await db.get_one(OperatorRow, self.id)
            login, name, stored = operator.login, operator.name, operator.password_hash
            subject = hmac.digest(desk.tenancy.ring.derive("operator-login"), login.encode(), "sha256")
            turn = await take_turn(db, PlatformAttemptRow, SIGN_IN, subject=subject, now=at)
        if turn.attempt is None:
            raise RateLimited(seconds=turn.seconds)
        hashed = await self._hashed(stored, login=login, name=name)
        details = {"refused": "password"} if hashed is None else {}
        ended = []
        async with desk.tenancy.platform() as db:
            if hashed is None:
                if self.recall is not None:
                    await self.recall(db)
            else:
                await give_back(db, PlatformAttemptRow, turn)
                operator = await db.get_one(OperatorRow, self.id, with_for_update=True)
                if operator.password_hash != stored:
                    raise Conflict
                operator.password_hash = hashed
                ended = await end_operator_sessions(
                    db, desk, self.id, why=ENDED_BY_PASSWORD, but=me.session_id, at=at
                )
                await self._answered(db)
            await record_platform(
                db,
                actor=f"operator:{self.id}",
                action=Permission.PASSWORD_CHANGE,
                object=f"operator:{self.id}",
                details=details,
                request_id=self.request_id,
                now=at,
            )
        for session_id in ended:
            desk.revocations.revoke(session_id, now=at)
        if hashed is None:
            raise PasswordWrong
        return True
