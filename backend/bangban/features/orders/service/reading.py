"""Reading orders, the places an offer can come to, and the helpers who may be asked: each one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Date, Text, Uuid, and_, any_, cast, exists, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.orders.rules.facts import Helper, OrderFacts, Place, Window
from bangban.features.orders.tables import HelperSkillRow, OrderRow
from bangban.features.orders.values import OrderState
from bangban.features.people.attendance import attended
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow, TeamRow, TrainingRow
from bangban.kernel.access.vocabulary import Permission, Role
from bangban.kernel.database.written import Given, Written
from bangban.kernel.tenancy.work import Work

_PLACE, _ASKED = aliased(AreaRow), aliased(AreaRow)


def _item() -> Any:
    """The newest version of an order's item; versions of one item seldom differ in theme or department."""
    newest = ServiceItemRow.version.desc()
    return (
        select(ServiceItemRow.department, ServiceItemRow.details["theme"].astext.label("theme"))
        .where(ServiceItemRow.code == OrderRow.service_code)
        .order_by(newest)
        .limit(1)
        .correlate(OrderRow)
        .lateral("item")
    )


def _whole_order() -> Written:
    item = _item()
    return Written(
        select(
            # Without the location, which no rule looks at.
            *(each for each in OrderRow.__table__.columns if each.name not in ("longitude", "latitude")),
            _PLACE.path.label("place_path"),
            _PLACE.level.label("place_level"),
            _ASKED.path.label("asked_path"),
            _ASKED.level.label("asked_level"),
            CaseRow.number.label("case_number"),
            item.c.theme,
            item.c.department,
        )
        .select_from(OrderRow)
        .join(_PLACE, _PLACE.id == OrderRow.area_id)
        .join(_ASKED, _ASKED.id == OrderRow.offered_to_area_id)
        .outerjoin(CaseRow, CaseRow.id == OrderRow.case_id)
        .outerjoin(item, true())
        .where(OrderRow.id == Given("order_id", Uuid()))
    )


WHOLE_ORDER: Final = _whole_order()
LOCK_NUMBER: Final = Written(
    select(OrderRow.id).where(OrderRow.number == Given("number", Text())).with_for_update()
)
LOCK_ID: Final = Written(
    select(OrderRow.id).where(OrderRow.id == Given("order_id", Uuid())).with_for_update()
)
_CHAIN: Final = Written(
    select(AreaRow.id, AreaRow.path, AreaRow.level).where(
        AreaRow.id == any_(Given("areas", ARRAY(Uuid()))),
        or_(AreaRow.retired_on.is_(None), AreaRow.retired_on > Given("today", Date())),
    )
)


def _helpers() -> Written:
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
            TeamMemberRow.since <= today,
            or_(TeamMemberRow.until.is_(None), TeamMemberRow.until >= today),
            TeamRow.department.is_not(None),
        )
        .correlate(StaffRow)
        .scalar_subquery()
    )
    wanted = Given("staff_id", Uuid())
    return Written(
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
            and_(
                StaffRow.active,
                StaffRow.login.is_not(None),
                AssignmentRow.since <= today,
                or_(AssignmentRow.until.is_(None), AssignmentRow.until >= today),
            ),
            (AssignmentRow.role + literal(" ") + AreaRow.level) == any_(Given("posts", ARRAY(Text()))),
            or_(cast(wanted, Uuid()).is_(None), staff == cast(wanted, Uuid())),
        )
        .order_by(staff, AreaRow.path)
    )


_HELPERS: Final = _helpers()


def facts_of(row: Any) -> OrderFacts:
    """The facts of an order, from a row of ``WHOLE_ORDER``."""
    return OrderFacts(
        kind=row.kind,
        state=row.state,
        place=Place(id=row.area_id, path=row.place_path, level=row.place_level),
        asked=Place(id=row.offered_to_area_id, path=row.asked_path, level=row.asked_level),
        resident_id=row.resident_id,
        holder_id=row.holder_id,
        service_code=row.service_code,
        theme=row.theme,
        department=row.department,
        window=None if row.window_from is None else Window(begins=row.window_from, ends=row.window_until),
        tries=row.tries,
        due_at=row.due_at,
        claimed_at=row.claimed_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        grade=row.grade,
        comment=row.comment,
        rated_at=row.rated_at,
    )


def _above(path: str) -> list[UUID]:
    """The ids of the areas of a path: labels are ids without hyphens."""
    return [UUID(hex=label) for label in path.split(".")]


async def read_chain(work: Work, path: str) -> list[Place]:
    """The places in use from the root down to the area with this path."""
    rows = await work.run(_CHAIN, areas=_above(path), today=work.today)
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

    Or everybody with another ``permission`` there.
    """
    rows: Sequence[Any] = await work.run(
        _HELPERS,
        areas=_above(path),
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
