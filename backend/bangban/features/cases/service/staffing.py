"""Who may be given a case: the helper by territory of a new one, the receiver of a hand-over."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Text,
    Uuid,
    and_,
    any_,
    case,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.problems import NobodyToHelp, ReceiverUnfit
from bangban.features.cases.rules.facts import LIVE
from bangban.features.cases.tables import CaseRow
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow, TeamRow
from bangban.kernel.access.compiled import CompiledPolicy
from bangban.kernel.access.paths import is_within
from bangban.kernel.access.vocabulary import STAFF_ROLES, Permission, Reach, Role
from bangban.kernel.database.written import Given, Written
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.work import Work

_PAIR = AssignmentRow.role + literal("@") + AreaRow.level  # as ``_pairs`` writes them
_NEAREST_FIRST = case({level.value: -level.depth for level in AreaLevel}, value=AreaRow.level, else_=0)


def _holder() -> Written:
    """How fit and how near everybody in question is, then how much those have in hand whom nobody beats."""
    pair = _PAIR
    takers, checkers, of_item = (Given(name, ARRAY(Text())) for name in ("takers", "checkers", "of_item"))
    fitness = case(
        (pair == any_(of_item), literal(0)), (pair == any_(checkers), literal(1)), else_=literal(2)
    )
    elsewhere = case((_of_department(AssignmentRow.staff_id), literal(0)), else_=literal(1))
    able = (
        select(
            AssignmentRow.staff_id,
            func.rank().over(order_by=(fitness, _NEAREST_FIRST, elsewhere)).label("place"),
        )
        .join(StaffRow, StaffRow.id == AssignmentRow.staff_id)
        .join(AreaRow, AreaRow.id == AssignmentRow.area_id)
        .where(
            AssignmentRow.area_id == any_(Given("areas", ARRAY(Uuid()))),
            _in_force(Given("today", Date())),
            pair == any_(takers),
        )
        .subquery("able")
    )
    # Only among the best: counting open cases is what costs.
    best = select(able.c.staff_id).where(able.c.place == literal(1)).distinct().subquery("best")
    open_cases = (
        select(func.count())
        .select_from(CaseRow)
        .where(CaseRow.holder_id == best.c.staff_id, CaseRow.state.in_(sorted(LIVE)))
        .correlate(best)
        .scalar_subquery()
    )
    return Written(select(best.c.staff_id).order_by(open_cases, best.c.staff_id).limit(literal_column("1")))


def _of_department(staff_id: Any) -> ColumnElement[bool]:
    """Whether somebody is in a team of the item's department today; nobody is where no department is known."""
    today = Given("today", Date())
    return (
        exists()
        .where(
            TeamRow.department == Given("department", Text()),
            TeamMemberRow.team_id == TeamRow.id,
            TeamMemberRow.staff_id == staff_id,
            TeamMemberRow.since <= today,
            or_(TeamMemberRow.until.is_(None), TeamMemberRow.until >= today),
        )
        .correlate(AssignmentRow)
    )


async def find_holder(
    work: Work, *, area_path: str, levels: Collection[AreaLevel], department: str | None
) -> UUID:
    """The helper for an application 按属地、按条线派单 (DOMAIN C05): one statement, after the policy's.

    Whoever pre-checks the item, which is dealt with at ``levels``, comes first, then whoever pre-checks at all,
    then whoever may at least take a case up; among them the nearest to the area, then who is in a team of the
    item's ``department``, then who has the fewest open cases, then the lowest id. Only people with an account count:
    nobody else could ever act on the case.

    Raises:
        NobodyToHelp: There is nobody at all.
    """
    policy = work.policy
    takers = _able(policy, Permission.CASE_TAKE_OVER)
    checkers = takers & _able(policy, Permission.CASE_PRE_CHECK, own=False)
    found = await work.run(
        _HOLDER,
        department=department,
        areas=[UUID(hex=label) for label in area_path.split(".")],
        today=work.today,
        takers=_pairs(takers),
        checkers=_pairs(checkers),
        of_item=_pairs((role, level) for role, level in checkers if level in levels),
    )
    if not found:
        raise NobodyToHelp
    holder: UUID = found[0].staff_id
    return holder


async def get_receiver(
    work: Work,
    *,
    staff_id: UUID,
    area_path: str,
    doing: Permission = Permission.CASE_TAKE_OVER,
    owning: bool = True,
) -> str:
    """The name of a member of staff who may do this, by default take over, with a case in this area.

    ``owning``: the case is theirs, or will be once they have it, so that what they may do with their own counts.

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
        if (owning and policy.allows(held, Reach.OWN, doing)) or (
            is_within(area_path, path) and policy.allows(held, Reach.of(level), doing)
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


def _pairs(pairs: Iterable[tuple[Role, AreaLevel]]) -> list[str]:
    return [f"{role}@{level}" for role, level in pairs]


def _in_force(today: date | Given) -> ColumnElement[bool]:
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


_HOLDER: Final = _holder()
