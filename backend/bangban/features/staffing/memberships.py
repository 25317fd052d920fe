"""Who belongs to a team from which day to which, both included; kept for every day that is past (DOMAIN K05)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bangban.features.areas.latch import take_latch
from bangban.features.people.problems import StaffInactive, StaffUnknown
from bangban.features.people.rules import check_dates, overlap
from bangban.features.people.service import LATCH, get_staff
from bangban.features.people.tables import TeamMemberRow, TeamRow
from bangban.features.people.team_problems import (
    MembershipBegun,
    MembershipOver,
    MembershipOverlaps,
    MembershipUnknown,
    TeamEnded,
    TeamUnknown,
)
from bangban.features.staffing.teams import hold, require_seat
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work


@dataclass(frozen=True, kw_only=True, slots=True)
class Membership:
    """How somebody belongs to a team; without ``full_time`` as they work for the district."""

    since: date
    until: date | None = None
    lead: bool = False
    full_time: bool | None = None


async def set_member(work: Work, *, team_id: UUID, staff_id: UUID, wished: Membership) -> UUID:
    """Let somebody belong to a team; the team's id. The same again changes nothing.

    A membership that begins on the same day is the same one: until it has begun all of it may be said anew, after
    that it is shortened only. Without an end it ends with the team, if that has a last day.

    Raises:
        TeamUnknown, StaffUnknown, StaffInactive, Forbidden, AreaOutsideGrant.
        DatesReversed, TeamEnded: The days are none of the team's.
        MembershipOverlaps: They belong to the team on one of the days already.
        MembershipBegun, MembershipOver: It would be another one on days that are past, or last longer.
    """
    work.grants.require(Permission.STAFF_MANAGE)
    await take_latch(work, LATCH)
    team = await _team(work, team_id)
    check_dates(wished.since, wished.until)
    until = _within(team, wished)
    person = await get_staff(work.db, staff_id, lock=True)
    if person.portal_origins is not None:
        raise StaffUnknown
    if not person.active:
        raise StaffInactive(name=person.name, fields=("input.staffId",))
    stored = select(TeamMemberRow).where(TeamMemberRow.team_id == team_id, TeamMemberRow.staff_id == staff_id)
    rows = (await work.db.scalars(stored.order_by(TeamMemberRow.since))).all()
    row = next((each for each in rows if each.since == wished.since), None)
    full_time = person.full_time if wished.full_time is None else wished.full_time
    if row is not None and wished.full_time is None:
        full_time = row.full_time
    now = TeamMemberRow(
        id=new_id() if row is None else row.id,
        team_id=team_id,
        staff_id=staff_id,
        since=wished.since,
        until=until,
        lead=wished.lead,
        full_time=full_time,
    )
    other = next((each for each in rows if each is not row and overlap(each, now)), None)
    if other is not None:
        raise MembershipOverlaps(since=other.since, fields=("input.since",))
    if row is None:
        work.db.add(now)
    elif _same(row, now):
        return team_id
    else:
        _check_change(row, now, work.today)
        row.until, row.lead, row.full_time = now.until, now.lead, now.full_time
    await work.db.flush()
    _tell(work, team, now, {"lead": now.lead, "full_time": now.full_time})
    return team_id


async def end_membership(work: Work, *, membership_id: UUID, until: date) -> UUID:
    """Let a membership end on ``until``, its last day; the team's id. The same again changes nothing.

    Raises:
        MembershipUnknown, Forbidden, AreaOutsideGrant.
        DatesReversed: It would end before it begins.
        MembershipOver: It ends earlier already.
    """
    work.grants.require(Permission.STAFF_MANAGE)
    await take_latch(work, LATCH)
    found = select(TeamMemberRow).where(TeamMemberRow.id == membership_id)
    row = await work.db.scalar(found.execution_options(populate_existing=True))
    if row is None:
        raise MembershipUnknown
    team = await _team(work, row.team_id)
    check_dates(row.since, until)
    if row.until is not None and row.until < until:
        raise MembershipOver(until=row.until, fields=("input.until",))
    if row.until != until:
        row.until = until
        await work.db.flush()
        _tell(work, team, row, {"ended": True})
    return team.id


async def _team(work: Work, team_id: UUID) -> TeamRow:
    team = await hold(work, TeamRow.id == team_id)
    if team is None:
        raise TeamUnknown
    await require_seat(work, team)
    return team


def _within(team: TeamRow, wished: Membership) -> date | None:
    """The last day, which is none after the team's."""
    if team.until is None:
        return wished.until
    if wished.since > team.until:
        raise TeamEnded(name=team.name, until=team.until, fields=("input.since",))
    if wished.until is not None and wished.until > team.until:
        raise TeamEnded(name=team.name, until=team.until, fields=("input.until",))
    return wished.until or team.until


def _same(one: TeamMemberRow, other: TeamMemberRow) -> bool:
    return (one.until, one.lead, one.full_time) == (other.until, other.lead, other.full_time)


def _check_change(row: TeamMemberRow, now: TeamMemberRow, today: date) -> None:
    if row.since >= today:
        return
    if (row.lead, row.full_time) != (now.lead, now.full_time):
        raise MembershipBegun(since=row.since, fields=("input.since",))
    if row.until is not None and (now.until is None or now.until > row.until):
        raise MembershipOver(until=row.until, fields=("input.until",))


def _tell(work: Work, team: TeamRow, row: TeamMemberRow, details: dict[str, Any]) -> None:
    said = {"member": str(row.staff_id), "since": str(row.since), "until": str(row.until or ""), **details}
    work.record(action=Permission.STAFF_MANAGE, object=f"team:{team.key}", area_id=team.area_id, details=said)
