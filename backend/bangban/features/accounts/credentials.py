"""Setting passwords: of staff in a district, of operators on the platform."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.accounts.passwords import Passwords
from bangban.features.accounts.sessions import ENDED_BY_PASSWORD, end_sessions_of_staff
from bangban.features.accounts.tables import CredentialRow, OperatorRow
from bangban.features.people.tables import StaffRow
from bangban.kernel.access.vocabulary import OperatorDuty
from bangban.kernel.ids import new_id
from bangban.kernel.problems import NotFound
from bangban.kernel.tenancy.work import Work

_VOID: Final = ("token_hash", "token_kind", "token_expires_at", "former_hash", "former_until")


async def set_password(work: Work, *, passwords: Passwords, staff_id: UUID, password: str) -> None:
    """Set a staff account's password and end its sessions.

    The caller authorises, and records under an action of its own.

    Raises:
        NotFound: No such person, or one without a login.
        PasswordLengthWrong, PasswordIsLogin, PasswordGuessable: See ``check_password``.
    """
    staff = await work.db.get(StaffRow, staff_id)
    if staff is None or staff.login is None:
        raise NotFound("account", "该账户")
    await passwords.check(password, login=staff.login, name=staff.name)
    await save_password_hash(work, staff_id, await passwords.hash(password))
    await end_sessions_of_staff(work, staff_id, why=ENDED_BY_PASSWORD)


async def save_password_hash(work: Work, staff_id: UUID, hashed: str) -> None:
    """Store a new password's hash. A token that was still out counts no more, nor does a former secret."""
    new = insert(CredentialRow).values(staff_id=staff_id, password_hash=hashed, changed_at=work.now)
    await work.db.execute(
        new.on_conflict_do_update(
            index_elements=[CredentialRow.staff_id],
            # What is not given is null in the row that was to be inserted.
            set_={name: new.excluded[name] for name in ("password_hash", "changed_at", *_VOID)},
        )
    )
    joined = update(StaffRow).where(StaffRow.id == staff_id, StaffRow.joined_at.is_(None))
    await work.db.execute(joined.values(joined_at=work.now))


async def rehash_password(work: Work, staff_id: UUID, *, was: str, hashed: str) -> None:
    """The same password hashed with other parameters, unless it was changed meanwhile."""
    same = (CredentialRow.staff_id == staff_id, CredentialRow.password_hash == was)
    await work.db.execute(update(CredentialRow).where(*same).values(password_hash=hashed))


async def void_token(work: Work, staff_id: UUID) -> None:
    """No token of the account counts any more."""
    gone = update(CredentialRow).where(CredentialRow.staff_id == staff_id)
    await work.db.execute(gone.values(token_hash=None, token_kind=None, token_expires_at=None))


async def take_password_away(work: Work, staff_id: UUID, *, why: str) -> None:
    """No password, token or session of the account counts any more."""
    gone = update(CredentialRow).where(CredentialRow.staff_id == staff_id)
    await work.db.execute(gone.values(password_hash=None, changed_at=None, **dict.fromkeys(_VOID)))
    await work.db.execute(update(StaffRow).where(StaffRow.id == staff_id).values(joined_at=None))
    await end_sessions_of_staff(work, staff_id, why=why)


async def set_operator_password(
    db: AsyncSession,
    *,
    passwords: Passwords,
    login: str,
    name: str,
    password: str,
    duty: OperatorDuty = OperatorDuty.SYSTEM,
) -> UUID:
    """Make an operator with a duty, or give a known one this name and password; the operator's id.

    A known one's duty stays: only ``features/operators`` changes it, and records that it did.
    ``db`` is a transaction on the platform's tables. Raises what ``check_password`` raises.
    """
    await passwords.check(password, login=login, name=name)
    hashed = await passwords.hash(password)
    operator = await db.scalar(select(OperatorRow).where(OperatorRow.login == login).with_for_update())
    if operator is None:
        operator = OperatorRow(id=new_id(), login=login, name=name, password_hash=hashed, duty=duty)
        db.add(operator)
    else:
        operator.name = name
        operator.password_hash = hashed
    await db.flush()
    return operator.id
