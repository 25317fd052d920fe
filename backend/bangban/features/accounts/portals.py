"""Portals' accounts 门户账号: a front end signs in with a secret and calls from the origins it states.

An account is one of the district's staff accounts that holds the role ``portal`` and nothing else, so signing in,
sessions and their end are the same. The secret has 256 random bits; it is shown once and kept as an argon2 hash.
A portal brings no person's rights: its users sign in for themselves. Where another identity provider is to vouch
for an account one day, the account simply has no password, as before its first one.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update

from bangban.features.accounts.credentials import save_password_hash
from bangban.features.accounts.origins import check_origins
from bangban.features.accounts.passwords import Passwords
from bangban.features.accounts.problems import GraceTooLong, PortalDisabled, PortalUnknown
from bangban.features.accounts.sessions import (
    ENDED_BY_ADMIN,
    ENDED_BY_PASSWORD,
    bound_sessions_of_staff,
    end_sessions_of_staff,
)
from bangban.features.accounts.tables import CredentialRow
from bangban.features.areas.tables import AreaRow
from bangban.features.people.naming import check_person_name
from bangban.features.people.problems import StaffUnknown
from bangban.features.people.service import get_staff
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.access.problems import AreaOutsideGrant
from bangban.kernel.access.roles import Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

LONGEST_GRACE: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Secret:
    """A portal's secret in the clear, and its hash. Made outside the transaction, since hashing takes its time."""

    text: str = field(repr=False)
    hashed: str = field(repr=False)

    @classmethod
    async def fresh(cls, passwords: Passwords) -> Secret:
        """A new random one."""
        text = secrets.token_urlsafe(32)
        return cls(text, await passwords.hash(text))


async def create_portal(
    work: Work, *, name: str, origins: list[str], documents_only: bool, secret: Secret
) -> StaffRow:
    """A portal that may sign in from now on. Raises NameWrong, OriginWrong."""
    _require(work)
    portal_id = new_id()
    login = f"portal-{portal_id.hex[-12:]}"
    row = StaffRow(
        id=portal_id,
        key=login,
        name=check_person_name(name),
        login=login,
        portal_origins=check_origins(origins),
        portal_documents_only=documents_only,
    )
    work.db.add(row)
    await work.db.flush()
    root = (await work.db.scalars(select(AreaRow.id).where(AreaRow.parent_id.is_(None)))).one()
    work.db.add(
        AssignmentRow(id=new_id(), staff_id=portal_id, role=Role.PORTAL, area_id=root, since=work.today)
    )
    await save_password_hash(work, portal_id, secret.hashed)
    _tell(work, row, {"created": login, "origins": row.portal_origins})
    return row


async def update_portal(
    work: Work,
    *,
    portal_id: UUID,
    name: str | None = None,
    origins: list[str] | None = None,
    documents_only: bool | None = None,
) -> StaffRow:
    """The portal with what is given changed. Raises PortalUnknown, NameWrong, OriginWrong."""
    row = await _get(work, portal_id)
    if name is not None:
        row.name = check_person_name(name)
    if origins is not None:
        row.portal_origins = check_origins(origins)
    if documents_only is not None:
        row.portal_documents_only = documents_only
    await work.db.flush()
    _tell(work, row, {"updated": row.login, "origins": row.portal_origins})
    return row


async def rotate_portal_secret(work: Work, *, portal_id: UUID, grace: timedelta, secret: Secret) -> StaffRow:
    """Another secret. The old one, and the sessions opened with it, are good for ``grace`` longer.

    Raises PortalUnknown, PortalDisabled, GraceTooLong.
    """
    if not timedelta() <= grace <= LONGEST_GRACE:
        raise GraceTooLong(hours=int(LONGEST_GRACE.total_seconds()) // 3600)
    row = await _get(work, portal_id)
    if not row.active:
        raise PortalDisabled(name=row.name)
    credential = await work.db.get_one(CredentialRow, portal_id, with_for_update=True)
    former = credential.password_hash
    await save_password_hash(work, portal_id, secret.hashed)
    if grace:
        until = work.now + grace
        kept = update(CredentialRow).where(CredentialRow.staff_id == portal_id)
        await work.db.execute(kept.values(former_hash=former, former_until=until))
        await bound_sessions_of_staff(work, portal_id, until=until)
    else:
        await end_sessions_of_staff(work, portal_id, why=ENDED_BY_PASSWORD)
    _tell(work, row, {"rotated": row.login, "grace": int(grace.total_seconds())})
    return row


async def disable_portal(work: Work, *, portal_id: UUID) -> StaffRow:
    """The portal signs in no more, and its sessions end. Raises PortalUnknown."""
    row = await _get(work, portal_id)
    row.active = False
    await work.db.flush()
    await end_sessions_of_staff(work, portal_id, why=ENDED_BY_ADMIN)
    _tell(work, row, {"disabled": row.login})
    return row


def _require(work: Work) -> None:
    if not work.grants.require(Permission.PORTAL_MANAGE).whole:
        raise AreaOutsideGrant(permission=Permission.PORTAL_MANAGE)


async def _get(work: Work, portal_id: UUID) -> StaffRow:
    _require(work)
    try:
        row = await get_staff(work.db, portal_id, lock=True)
    except StaffUnknown:
        raise PortalUnknown from None
    if row.portal_origins is None:
        raise PortalUnknown
    return row


def _tell(work: Work, row: StaffRow, details: dict[str, object]) -> None:
    work.record(action=Permission.PORTAL_MANAGE, object=f"staff:{row.id}", details=details)
    work.announce("staff.changed", str(row.id))
