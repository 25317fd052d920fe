"""Who may be asked to take an order: the places that an offer can come to, and everybody posted there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Date, Text, Uuid, and_, any_, cast, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.areas.tables import AreaRow
from bangban.features.orders.rules.facts import Helper, Place
from bangban.features.orders.tables import HelperSkillRow, OrderRow
from bangban.features.orders.values import OrderState
from bangban.features.people.attendance import attended
from bangban.features.people.staying import one_at_a_time
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow, TeamRow, TrainingRow
from bangban.kernel.access.paths import areas_of_path
from bangban.kernel.access.roles import Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.terms import runs_on
from bangban.kernel.database.written import Given, Written
from bangban.kernel.tenancy.work import Work

_CHAIN: Final = Written(
    select(AreaRow.id, AreaRow.path, AreaRow.level).where(
        AreaRow.id == any_(Given("areas", ARRAY(Uuid()))),
        or_(AreaRow.retired_on.is_(None), AreaRow.retired_on > Given("today", Date())),
    )
)


def _helpers() -> Any:
    """Everybody posted at one of the areas who may claim there, with what they have learnt and have in hand."""
    staff, today, service = StaffRow.id, Given("today", Date()), Given("service_code", Text())
    load = (
        select(func.count())
        .select_from(OrderRow)
        .where(
            OrderRow.holder_id == staff,
            OrderRow.state.in_([OrderState.CLAIMED.value, OrderState.DOING.value, OrderState.FAILED.value]),
        )
        .correlate(StaffRow)
        .scalar_subquery()
    )
    was_there = attended(staff, TrainingRow)
    departments = (
        select(func.array_agg(TeamRow.department))
        .select_from(TeamMemberRow)
        .join(TeamRow, TeamRow.id == TeamMemberRow.team_id)
        .where(
            TeamMemberRow.staff_id == staff,
            runs_on(TeamMemberRow, today),
            TeamRow.department.is_not(None),
        )
        .correlate(StaffRow)
        .scalar_subquery()
    )
    wanted = Given("staff_id", Uuid())
    return (
        select(
            staff.label("id"),
            StaffRow.name,
            StaffRow.login,
            StaffRow.language,
            AssignmentRow.role,
            AreaRow.id.label("post_id"),
            AreaRow.path.label("post_path"),
            AreaRow.level.label("post_level"),
            HelperSkillRow.all_round,
            HelperSkillRow.themes,
            HelperSkillRow.services,
            HelperSkillRow.approved_at,
            exists().where(was_there, service == any_(TrainingRow.services)).label("trained"),
            exists().where(was_there).label("trained_at_all"),
            departments.label("departments"),
            load.label("load"),
        )
        .select_from(AssignmentRow)
        .join(StaffRow, StaffRow.id == AssignmentRow.staff_id)
        .join(AreaRow, AreaRow.id == AssignmentRow.area_id)
        .outerjoin(HelperSkillRow, HelperSkillRow.staff_id == staff)
        .where(
            AssignmentRow.area_id == any_(Given("areas", ARRAY(Uuid()))),
            and_(StaffRow.active, StaffRow.login.is_not(None), runs_on(AssignmentRow, today)),
            (AssignmentRow.role + literal(" ") + AreaRow.level) == any_(Given("posts", ARRAY(Text()))),
            or_(cast(wanted, Uuid()).is_(None), staff == cast(wanted, Uuid())),
        )
        .order_by(staff, AreaRow.path)
    )


_HELPERS: Final = Written(_helpers())
_HELPER: Final = Written(one_at_a_time(_helpers()))


async def read_chain(work: Work, path: str) -> list[Place]:
    """The places in use from the root down to the area with this path."""
    rows = await work.run(_CHAIN, areas=areas_of_path(path), today=work.today)
    return [Place(id=row.id, path=row.path, level=row.level) for row in rows]


async def read_helper_rows(
    work: Work,
    *,
    path: str,
    service_code: str | None,
    staff_id: UUID | None = None,
    permission: Permission = Permission.ORDER_CLAIM,
) -> Sequence[Any]:
    """Everybody who may claim orders of the area with this path, a row for each of their posts.

    Or everybody with another ``permission`` there. One alone is given something, so they stay, ``one_at_a_time``.
    """
    rows: Sequence[Any] = await work.run(
        _HELPERS if staff_id is None else _HELPER,
        areas=areas_of_path(path),
        today=work.today,
        posts=list(work.policy.posts_that_may(permission)),
        service_code=service_code,
        staff_id=staff_id,
    )
    return rows


def helper_of(row: Any) -> Helper:
    """A helper at one post, from a row of ``read_helper_rows``."""
    return Helper(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        post=Place(id=row.post_id, path=row.post_path, level=row.post_level),
        all_round=bool(row.all_round),
        themes=frozenset(row.themes or ()),
        services=frozenset(row.services or ()),
        departments=frozenset(row.departments or ()),
        approved=row.approved_at is not None,
        trained=row.trained,
        trained_at_all=row.trained_at_all,
        load=row.load,
    )


async def read_helpers(
    work: Work,
    *,
    path: str,
    service_code: str | None,
    staff_id: UUID | None = None,
    permission: Permission = Permission.ORDER_CLAIM,
) -> list[Helper]:
    """The same as helpers; somebody with several posts comes once for each."""
    rows = await read_helper_rows(
        work, path=path, service_code=service_code, staff_id=staff_id, permission=permission
    )
    return [helper_of(row) for row in rows]
