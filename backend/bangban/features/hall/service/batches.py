"""集中收件: one submitter's many applications, taken in at one window, worked on by a pool (DOMAIN A08)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from uuid import UUID

from sqlalchemy import and_, any_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.rules.facts import LIVE
from bangban.features.cases.service import ApplicantDetails, apply_for_case
from bangban.features.cases.tables import CaseRow
from bangban.features.hall.problems import BatchTooLarge, no_such
from bangban.features.hall.service.loading import Point, load_point, staff_of
from bangban.features.hall.settings import hall_settings
from bangban.features.hall.tables import IntakeBatchCaseRow, IntakeBatchRow
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow, TeamRow
from bangban.features.places.tables import ServiceWindowRow
from bangban.kernel.access.roles import STAFF_ROLES, Reach
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import refused_at
from bangban.kernel.tenancy.work import Work

FEWEST = 2


@dataclass(frozen=True, kw_only=True)
class Application:
    """One set of papers of a batch."""

    service_code: str
    area_id: UUID
    supplied: Sequence[str] = ()
    note: str | None = field(default=None, repr=False)


async def collect_batch(
    work: Work, *, window_id: UUID, submitter: ApplicantDetails, applications: Sequence[Application]
) -> UUID:
    """All of them become cases, or none does. Whoever takes them in is first asked; the pool holds them in turn.

    Raises:
        NotFound: There is no such window.
        BatchTooLarge: Fewer than two, or more than the district takes at once.
        Whatever ``apply_for_case`` raises, of the first application that cannot stand.
    """
    work.grants.require(Permission.HALL_CALL)
    window = await work.db.get(ServiceWindowRow, window_id)
    if window is None:
        raise no_such("window", "该窗口", "windowId")
    point = await load_point(work, window.point_id, Permission.HALL_CALL)
    settings = hall_settings(work.settings).batch
    if not FEWEST <= len(applications) <= settings.most:
        raise BatchTooLarge(settings.most)
    collector = staff_of(work)
    pool = cycle(await _pool(work, point, team=settings.team) or [collector])
    cases = []
    for place, each in enumerate(applications):
        its = f"input.applications.{place}"
        named = {f"input.{name}": f"{its}.{name}" for name in ("serviceCode", "areaId", "supplied", "note")}
        with refused_at(named | {"input.applicant": "input.submitter"}):
            cases.append(
                await apply_for_case(
                    work,
                    service_code=each.service_code,
                    area_id=each.area_id,
                    applicant=submitter,
                    supplied=each.supplied,
                    note=each.note,
                    holder_id=next(pool),
                )
            )
    batch = IntakeBatchRow(
        id=new_id(),
        stem=f"{work.number_prefix}{work.today:%Y%m%d}P",
        point_id=point.id,
        window_id=window.id,
        collector_id=collector,
        size=len(cases),
        received_at=work.now,
        due_on=work.calendar.add_working_days(work.today, settings.working_days),
    )
    work.db.add(batch)
    await work.db.flush()
    work.db.add_all(
        IntakeBatchCaseRow(batch_id=batch.id, position=place, case_id=case_id)
        for place, case_id in enumerate(cases)
    )
    work.record(
        action=Permission.HALL_CALL,
        object=f"intake-batch:{batch.id}",
        area_id=point.area_id,
        details={"size": len(cases)},
    )
    return batch.id


async def _pool(work: Work, point: Point, *, team: str | None) -> list[UUID]:
    """The back office 后台: who may accept cases at the point, of the district's team if it names one.

    Who has the fewest open cases comes first.
    """
    able = [
        f"{role}@{level}"
        for role in STAFF_ROLES
        for level in AreaLevel
        if work.policy.allows(role, Reach.of(level), Permission.CASE_ACCEPT)
    ]
    held = AssignmentRow.role + literal("@", Text()) + AreaRow.level
    open_cases = (
        select(func.count())
        .select_from(CaseRow)
        .where(CaseRow.holder_id == StaffRow.id, CaseRow.state.in_(sorted(LIVE)))
        .scalar_subquery()
    )
    wanted = (
        select(StaffRow.id)
        .join(AssignmentRow, AssignmentRow.staff_id == StaffRow.id)
        .join(AreaRow, AreaRow.id == AssignmentRow.area_id)
        .where(
            StaffRow.active,
            StaffRow.login.is_not(None),
            AssignmentRow.since <= work.today,
            or_(AssignmentRow.until.is_(None), AssignmentRow.until >= work.today),
            AssignmentRow.area_id.in_([UUID(hex=label) for label in point.area_path.split(".")]),
            held == any_(literal(able, ARRAY(Text()))),
        )
        .group_by(StaffRow.id)
        .order_by(open_cases, StaffRow.id)
    )
    if team is not None:
        member = TeamMemberRow
        wanted = wanted.where(
            StaffRow.id.in_(
                select(member.staff_id)
                .join(TeamRow, TeamRow.id == member.team_id)
                .where(
                    TeamRow.key == team,
                    and_(member.since <= work.today, or_(member.until.is_(None), member.until >= work.today)),
                )
            )
        )
    return list(await work.db.scalars(wanted))
