"""Periods as rows: posts and memberships of a list, and writing what is planned of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.people.drafts import AssignmentDraft, MembershipDraft, resolve
from bangban.features.people.problems import PeopleFaulty
from bangban.features.people.rules import Held, HeldPlan, plan_periods
from bangban.features.people.tables import AssignmentRow, TeamMemberRow
from bangban.features.places.finding import point_ids
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """What an import did to one kind of rows. ``unnamed`` are stored, and not in the list."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    unnamed: int = 0


async def put_assignments(
    work: Work,
    drafts: Sequence[AssignmentDraft],
    staff_ids: Mapping[str, UUID],
    area_ids: Mapping[str, UUID],
) -> Counts:
    """Posts of a list, each person and area by its key. Raises ``PeopleFaulty`` for unknown service points."""
    posted = [(draft.staff, draft.point) for draft in drafts if draft.point is not None]
    points = await point_ids(work) if posted else {}
    if faults := tuple(resolve(posted, points, zh="服务点", en="service point")):
        raise PeopleFaulty(faults)
    stored = [
        Held(
            id=row.id,
            what=(row.staff_id, row.role, row.area_id),
            since=row.since,
            until=row.until,
            point_id=row.point_id,
        )
        for row in await work.db.execute(select(AssignmentRow.__table__))
    ]
    plan = plan_periods(
        stored,
        [
            Held(
                id=new_id(),
                what=(staff_ids[draft.staff], draft.role, area_ids[draft.area]),
                since=draft.since,
                until=draft.until,
                point_id=None if draft.point is None else points[draft.point],
                label=draft.staff,
            )
            for draft in drafts
        ],
    )
    return await write_periods(
        work.db, AssignmentRow, plan, ("staff_id", "role", "area_id"), ("since", "until", "point_id")
    )


async def put_memberships(
    db: AsyncSession,
    drafts: Sequence[MembershipDraft],
    staff_ids: Mapping[str, UUID],
    team_ids: Mapping[str, UUID],
) -> Counts:
    """Memberships of a list, each person and team by its key."""
    stored = [
        Held(
            id=row.id,
            what=(row.team_id, row.staff_id),
            since=row.since,
            until=row.until,
            lead=row.lead,
            full_time=row.full_time,
        )
        for row in await db.execute(select(TeamMemberRow.__table__))
    ]
    plan = plan_periods(
        stored,
        [
            Held(
                id=new_id(),
                what=(team_ids[draft.team], staff_ids[draft.staff]),
                since=draft.since,
                until=draft.until,
                lead=draft.lead,
                full_time=draft.full_time,
                label=f"{draft.team}/{draft.staff}",
            )
            for draft in drafts
        ],
    )
    return await write_periods(
        db, TeamMemberRow, plan, ("team_id", "staff_id"), ("since", "until", "lead", "full_time")
    )


async def write_periods(
    db: AsyncSession,
    row: type[AssignmentRow] | type[TeamMemberRow],
    plan: HeldPlan,
    what: tuple[str, ...],
    names: tuple[str, ...],
) -> Counts:
    """Write a plan; ``what`` and ``names`` are the columns of what is held, and of how."""
    table = cast("Table", row.__table__)
    if plan.created:
        await db.execute(
            insert(table),
            [
                {
                    "id": each.id,
                    **dict(zip(what, each.what, strict=True)),
                    **{name: getattr(each, name) for name in names},
                }
                for each in plan.created
            ],
        )
    if plan.changed:
        await db.execute(
            update(table)
            .where(table.c.id == bindparam("this"))
            .values({name: bindparam(f"new_{name}") for name in names}),
            [
                {"this": each.id, **{f"new_{name}": getattr(each, name) for name in names}}
                for each in plan.changed
            ],
        )
    return Counts(
        created=len(plan.created),
        changed=len(plan.changed),
        unchanged=plan.unchanged,
        unnamed=len(plan.unnamed),
    )
