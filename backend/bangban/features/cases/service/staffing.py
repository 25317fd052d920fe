"""Who may be given a case: the helper by territory of a new one, the receiver of a hand-over."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select, tuple_

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.problems import NobodyToHelp, ReceiverUnfit
from bangban.features.cases.rules.facts import LIVE
from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.access.compiled import CompiledPolicy
from bangban.kernel.access.paths import is_within
from bangban.kernel.access.vocabulary import STAFF_ROLES, Permission, Reach, Role
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.work import Work

_NEAREST_FIRST = case({level.value: -level.depth for level in AreaLevel}, value=AreaRow.level, else_=0)


async def find_holder(work: Work, *, area_path: str, item: ServiceItemRow) -> UUID:
    """The helper for a resident's application 按属地派单 (DOMAIN C05): one statement, after the policy's.

    Whoever pre-checks this item comes first, then whoever pre-checks at all, then whoever may at least take
    a case up; among them the nearest to the area, then who has the fewest open cases, then the lowest id.
    Only people with an account count: nobody else could ever act on the case.

    Raises:
        NobodyToHelp: There is nobody at all.
    """
    policy = work.policy
    takers = _able(policy, Permission.CASE_TAKE_OVER)
    checkers = takers & _able(policy, Permission.CASE_PRE_CHECK, own=False)
    of_item = {(role, level) for role, level in checkers if level in (*item.pre_checked_at, *item.handled_at)}
    open_cases = (
        select(func.count())
        .select_from(CaseRow)
        .where(CaseRow.holder_id == AssignmentRow.staff_id, CaseRow.state.in_(sorted(LIVE)))
        .correlate(AssignmentRow)
        .scalar_subquery()
    )
    found: UUID | None = await work.db.scalar(
        select(AssignmentRow.staff_id)
        .join(StaffRow, StaffRow.id == AssignmentRow.staff_id)
        .join(AreaRow, AreaRow.id == AssignmentRow.area_id)
        .where(
            AssignmentRow.area_id.in_([UUID(hex=label) for label in area_path.split(".")]),
            _in_force(work.today),
            _pair_in(takers),
        )
        .order_by(
            case((_pair_in(of_item), 0), (_pair_in(checkers), 1), else_=2),
            _NEAREST_FIRST,
            open_cases,
            AssignmentRow.staff_id,
        )
        .limit(1)
    )
    if found is None:
        raise NobodyToHelp
    return found


async def get_receiver(work: Work, *, staff_id: UUID, area_path: str) -> str:
    """The name of a member of staff who may take over a case in this area.

    Raises:
        ReceiverUnfit: Unknown, out of service, without account or assignment today, or not allowed to.
    """
    policy = work.policy
    rows = await work.db.execute(
        select(StaffRow.name, AssignmentRow.role, AreaRow.level, AreaRow.path)
        .select_from(StaffRow)
        .join(AssignmentRow, AssignmentRow.staff_id == StaffRow.id)
        .join(AreaRow, AreaRow.id == AssignmentRow.area_id)
        .where(StaffRow.id == staff_id, _in_force(work.today))
    )
    for name, role, level, path in rows:
        held = _find_role(role)
        if held is None:
            continue
        # A case that is handed to somebody is theirs, wherever its area lies.
        if policy.allows(held, Reach.OWN, Permission.CASE_TAKE_OVER) or (
            is_within(area_path, path) and policy.allows(held, Reach.of(level), Permission.CASE_TAKE_OVER)
        ):
            return str(name)
    raise ReceiverUnfit(fields=("input.toStaffId",))


def _able(policy: CompiledPolicy, permission: Permission, *, own: bool = True) -> set[tuple[Role, AreaLevel]]:
    """The roles and levels at which staff hold the permission over their area, or over what is theirs."""
    return {
        (role, level)
        for role in STAFF_ROLES
        for level in AreaLevel
        if policy.allows(role, Reach.of(level), permission)
        or (own and policy.allows(role, Reach.OWN, permission))
    }


def _pair_in(pairs: set[tuple[Role, AreaLevel]]) -> ColumnElement[bool]:
    return tuple_(AssignmentRow.role, AreaRow.level).in_(
        [(role.value, level.value) for role, level in sorted(pairs)]
    )


def _in_force(today: date) -> ColumnElement[bool]:
    return and_(
        StaffRow.active,
        StaffRow.login.is_not(None),
        AssignmentRow.since <= today,
        or_(AssignmentRow.until.is_(None), AssignmentRow.until >= today),
    )


def _find_role(name: str) -> Role | None:
    try:
        return Role(name)
    except ValueError:
        return None
