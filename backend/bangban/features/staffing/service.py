"""What keeping staff takes beyond people's own entries: sessions, invitations, and the cases they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.accounts.credentials import take_password_away, void_token
from bangban.features.accounts.invitations import STAFF_INVITED, check_invitable
from bangban.features.accounts.problems import AlreadyJoined, InvitedJustNow
from bangban.features.accounts.sessions import ENDED_BY_ADMIN, end_sessions_of_staff
from bangban.features.people.keeping import (
    get_managed_staff,
    managed_among,
    set_active,
    tell,
    update_staff,
)
from bangban.features.people.problems import StaffUnknown
from bangban.features.people.service import end_assignment
from bangban.features.people.staff_imports import StaffImported, import_staff
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.staffing.leaving import require_nothing_left
from bangban.kernel.access.problems import AreaOutsideGrant
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.problems import InvalidInput, Problem
from bangban.kernel.sheets import Sheet
from bangban.kernel.tenancy.work import Work

MOST_INVITED: Final = 500
_PATIENCE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NotInvited:
    """Somebody who was sent nothing, and why."""

    staff_id: UUID
    why: Problem


@dataclass(frozen=True, slots=True)
class Invited:
    """Who is being sent an invitation, and who is not."""

    staff_ids: Sequence[UUID]
    not_invited: Sequence[NotInvited]


async def deactivate_staff(work: Work, *, staff_id: UUID) -> StaffRow:
    """The account is closed from the commit on, everywhere: no sign-in, no session, no token.

    Somebody always answers for an open case, order or first-asked record and for papers under way, so they are given
    over, and taken over, before whoever has them goes; what is offered to them is returned (DOMAIN C12). Raises as
    ``require_nothing_left`` and ``set_active``.
    """
    row = await set_active(work, staff_id=staff_id, active=False)
    await require_nothing_left(work, [staff_id])
    await void_token(work, staff_id)
    await end_sessions_of_staff(work, staff_id, why=ENDED_BY_ADMIN)
    return row


async def change_staff(work: Work, *, staff_id: UUID, changes: Mapping[str, Any]) -> StaffRow:
    """As ``update_staff``. Without a login nobody can act, so taking it away asks what closing the account asks."""
    row = await update_staff(work, staff_id=staff_id, changes=changes)
    if "login" in changes and row.login is None:
        await require_nothing_left(work, [staff_id], field="input.login")
    return row


async def end_post(work: Work, *, assignment_id: UUID, until: date) -> AssignmentRow:
    """Let an assignment end on ``until``, its last day.

    One that is over by tomorrow is refused where the posts that stay do not let its holder go on with what they have.
    A later end is announced and leaves time; what is still there then others may move. Raises as ``end_assignment``
    and ``require_nothing_left``.
    """
    row = await end_assignment(work, assignment_id=assignment_id, until=until)
    if until <= work.today:
        await require_nothing_left(
            work, [row.staff_id], staying_on=_day_after(work, until), field="input.assignmentId", locked=True
        )
    return row


def _day_after(work: Work, until: date) -> date:
    """The first day, today at the earliest, on which a post that ends ``until`` counts no more."""
    return max(until + timedelta(days=1), work.today)


async def reactivate_staff(work: Work, *, staff_id: UUID) -> StaffRow:
    """The account may be used again, with the password it had. Raises as ``set_active``."""
    return await set_active(work, staff_id=staff_id, active=True)


async def reset_staff_password(work: Work, *, staff_id: UUID) -> StaffRow:
    """Take the password away, end the sessions, and send an invitation to set another one.

    Raises ``StaffUnknown``, ``AreaOutsideGrant``, ``StaffInactive``, ``LoginMissing``, ``ContactMissing``.
    """
    row = await get_managed_staff(work, staff_id)
    check_invitable(row)
    await take_password_away(work, staff_id, why=ENDED_BY_ADMIN)
    _invite(work, row)
    await work.db.flush()
    tell(work, staff_id, {"password": "taken away"})
    return row


async def invite(work: Work, *, staff_ids: Sequence[UUID]) -> Invited:
    """Send invitations after the commit, to whoever has an account without a password and a contact.

    Raises ``StaffUnknown`` or ``AreaOutsideGrant`` where one of them is nobody whom the caller keeps.
    """
    work.grants.require(Permission.STAFF_MANAGE)
    wanted = list(dict.fromkeys(staff_ids))
    if len(wanted) > MOST_INVITED:
        raise InvalidInput(
            f"At most {MOST_INVITED} people are invited at once.",
            f"一次最多邀请 {MOST_INVITED} 人。",
            fields=("input.staffIds",),
        )
    found = select(StaffRow).where(StaffRow.id.in_(wanted), StaffRow.portal_origins.is_(None))
    rows = {row.id: row for row in await work.db.scalars(found.order_by(StaffRow.id).with_for_update())}
    if len(rows) < len(wanted):
        raise StaffUnknown(field="input.staffIds")
    if await managed_among(work, wanted) < set(wanted):
        raise AreaOutsideGrant(permission=Permission.STAFF_MANAGE)
    sent: list[UUID] = []
    refused: list[NotInvited] = []
    for staff_id in wanted:
        try:
            _check_new(work, rows[staff_id])
        except Problem as why:
            refused.append(NotInvited(staff_id, why))
        else:
            _invite(work, rows[staff_id])
            sent.append(staff_id)
    await work.db.flush()
    if sent:
        work.record(action=Permission.STAFF_MANAGE, object="staff:invite", details={"invited": len(sent)})
    return Invited(sent, refused)


async def import_and_invite(
    work: Work, sheet: Sheet, *, apply: bool, invite_new: bool
) -> tuple[StaffImported, int]:
    """Take a list over; with ``invite_new`` everybody it adds who can be is invited. What was done, and how many."""
    done = await import_staff(work, sheet, apply=apply)
    await require_nothing_left(work, done.ending, staying_on=_day_after(work, work.today), field="input.file")
    if not (done.applied and invite_new and done.staff_ids):
        return done, 0
    invited = 0
    # Whoever was added just now is this caller's to keep: the list gave them their posts.
    for row in await work.db.scalars(
        select(StaffRow)
        .where(StaffRow.id.in_(done.staff_ids), StaffRow.login.is_not(None))
        .order_by(StaffRow.id)
    ):
        if row.phone_sealed is not None or row.email_sealed is not None:
            _invite(work, row)
            invited += 1
    await work.db.flush()
    return done, invited


def _check_new(work: Work, row: StaffRow) -> None:
    check_invitable(row)
    if row.joined_at is not None:
        raise AlreadyJoined(name=row.name)
    if row.invited_at is not None and row.invited_at > work.now - _PATIENCE:
        raise InvitedJustNow(name=row.name)


def _invite(work: Work, row: StaffRow) -> None:
    row.invited_at = work.now
    work.announce(STAFF_INVITED, str(row.id))
