"""Who leads: the leads of somebody's teams, or else the supervisors over the areas where they work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from bangban.features.areas.tables import AreaRow
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow
from bangban.kernel.access.roles import Role
from bangban.kernel.tenancy.work import Work


def counts_today(period: Any, work: Work) -> Any:
    """Whether an assignment or a membership counts today, as a condition."""
    return and_(period.since <= work.today, or_(period.until.is_(None), period.until >= work.today))


async def team_leads(work: Work, staff_id: UUID) -> Sequence[StaffRow]:
    """Who leads the teams that somebody belongs to."""
    member, lead = aliased(TeamMemberRow), aliased(TeamMemberRow)
    return (
        await work.db.scalars(
            select(StaffRow)
            .join(lead, lead.staff_id == StaffRow.id)
            .join(member, member.team_id == lead.team_id)
            .where(
                member.staff_id == staff_id,
                counts_today(member, work),
                lead.lead,
                counts_today(lead, work),
                StaffRow.active,
            )
            .order_by(StaffRow.id)
        )
    ).all()


async def leads_of_team(work: Work, team_id: UUID) -> Sequence[StaffRow]:
    """Who leads a team today."""
    seat = TeamMemberRow
    return (
        await work.db.scalars(
            select(StaffRow)
            .join(seat, seat.staff_id == StaffRow.id)
            .where(seat.team_id == team_id, seat.lead, counts_today(seat, work), StaffRow.active)
            .order_by(StaffRow.id)
        )
    ).all()


async def leads_of(work: Work, staff_id: UUID) -> Sequence[StaffRow]:
    """Who answers for somebody, themselves left out: leads of their teams, else the nearest supervisors."""
    leads = [each for each in await team_leads(work, staff_id) if each.id != staff_id]
    if leads:
        return leads
    posts = select(AssignmentRow.area_id).where(
        AssignmentRow.staff_id == staff_id, counts_today(AssignmentRow, work)
    )
    return await _supervisors(work, posts, besides=staff_id)


async def leads_at(work: Work, area_id: UUID) -> Sequence[StaffRow]:
    """Who answers for what lies at an area: the nearest supervisors at it or above it."""
    return await _supervisors(work, [area_id])


async def _supervisors(work: Work, areas: Any, *, besides: UUID | None = None) -> Sequence[StaffRow]:
    """The nearest supervisors over one of some areas."""
    place, held, area = aliased(AreaRow), aliased(AssignmentRow), aliased(AreaRow)
    # Every id is a label of the path, so the areas above are those whose label is in it.
    above = func.ext.nlevel(area.path)
    found = await work.db.execute(
        select(StaffRow, above)
        .join(held, held.staff_id == StaffRow.id)
        .join(area, area.id == held.area_id)
        .join(place, area.path.op("OPERATOR(ext.@>)")(place.path))
        .where(
            place.id.in_(areas),
            held.role == Role.SUPERVISOR.value,
            counts_today(held, work),
            StaffRow.active,
            StaffRow.id.is_distinct_from(besides),
        )
        .order_by(above.desc(), StaffRow.id)
    )
    rows = found.unique().all()
    return [staff for staff, depth in rows if depth == rows[0][1]]
