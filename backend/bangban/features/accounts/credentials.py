"""What is kept of passwords of a district's staff: set, hashed anew, taken away."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from bangban.features.accounts.sessions import end_sessions_of_staff
from bangban.features.accounts.tables import CredentialRow
from bangban.features.people.tables import StaffRow
from bangban.kernel.tenancy.work import Work

_VOID: Final = ("token_hash", "token_kind", "token_expires_at", "former_hash", "former_until")


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
