"""Accounts whose passwords tests know: of staff in a district, of operators on the platform."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.accounts.credentials import save_password_hash
from bangban.features.accounts.passwords import Passwords
from bangban.features.accounts.sessions import ENDED_BY_PASSWORD, end_sessions_of_staff
from bangban.features.accounts.tables import OperatorRow
from bangban.features.people.tables import StaffRow
from bangban.kernel.access.roles import OperatorDuty
from bangban.kernel.ids import new_id
from bangban.kernel.problems import NotFound
from bangban.kernel.tenancy.work import Work


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
