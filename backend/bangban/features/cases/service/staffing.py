"""Who may be given a case: the helper by territory of a new one, the receiver of a hand-over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
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
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.problems import NobodyToHelp, ReceiverUnfit
from bangban.features.cases.rules.facts import LIVE
from bangban.features.cases.tables import CaseRow
from bangban.features.people.staying import while_they_stay
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow, TeamRow
from bangban.kernel.access.compiled import CompiledPolicy
from bangban.kernel.access.paths import areas_of_path, is_within
from bangban.kernel.access.roles import STAFF_ROLES, Reach, Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.terms import runs_on
from bangban.kernel.database.written import Given, Written
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.work import Work

_PAIR = AssignmentRow.role + literal("@") + AreaRow.level  # as ``_pairs`` writes them
_NEAREST_FIRST = case({level.value: -level.depth for level in AreaLevel}, value=AreaRow.level, else_=0)


def _holder() -> Written:
    """How fit and how near everybody in question is, then how much those have in hand whom nobody beats."""
    pair = _PAIR
    at_a_post = (
        AssignmentRow.area_id == any_(Given("areas", ARRAY(Uuid()))),
        _in_force(Given("today", Date())),
    )
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
        .where(*at_a_post, pair == any_(takers))
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
    return Written(
        while_they_stay(
            select(best.c.staff_id)
            .join(StaffRow, StaffRow.id == best.c.staff_id)
            .join(AssignmentRow, AssignmentRow.staff_id == best.c.staff_id)
            .where(*at_a_post)
            .order_by(open_cases, best.c.staff_id)
            .limit(literal_column("1"))
        )
    )


def _of_department(staff_id: Any) -> ColumnElement[bool]:
    """Whether somebody is in a team of the item's department today; nobody is where no department is known."""
    today = Given("today", Date())
    return (
        exists()
        .where(
            TeamRow.department == Given("department", Text()),
            TeamMemberRow.team_id == TeamRow.id,
            TeamMemberRow.staff_id == staff_id,
            runs_on(TeamMemberRow, today),
        )
        .correlate(AssignmentRow)
    )


async def find_holder(
    work: Work, *, area_path: str, levels: Collection[AreaLevel], department: str | None
) -> UUID:
    """The helper for an application 按属地、按条线派单 (DOMAIN C05): one statement, after the policy's. They stay.

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
    for _ in range(2):  # again where the best of all had just left: what is read then is without them
        found = await work.run(
            _HOLDER,
            department=department,
            areas=areas_of_path(area_path),
            today=work.today,
            takers=_pairs(takers),
            checkers=_pairs(checkers),
            of_item=_pairs((role, level) for role, level in checkers if level in levels),
        )
        if found:
            holder: UUID = found[0].staff_id
            return holder
    raise NobodyToHelp


async def get_receiver(
    work: Work,
    *,
    staff_id: UUID,
    area_path: str,
    doing: Permission = Permission.CASE_TAKE_OVER,
    owning: bool = True,
) -> str:
    """The name of a member of staff who may do this, by default take over, with a case in this area. They stay.

    ``owning``: the case is theirs, or will be once they have it, so that what they may do with their own counts.

    Raises:
        ReceiverUnfit: Unknown, out of service, without account or assignment today, or not allowed to.
    """
    able = await find_able(work, [staff_id], area_path=area_path, doing=(doing,), owning=owning, given=True)
    if staff_id not in able:
        raise ReceiverUnfit(fields=("input.toStaffId",))
    return able[staff_id]


async def find_able(
    work: Work,
    staff: Any,
    *,
    area_path: str,
    doing: Collection[Permission],
    owning: bool = True,
    given: bool = False,
) -> Mapping[UUID, str]:
    """Those of ``staff`` who may do all of this in this area, with their names.

    ``staff`` are ids or a statement that finds them; ``owning`` as of ``get_receiver``. ``given``: something is given
    to them by name in this transaction, so they stay until it ends (``while_they_stay``).
    """
    policy = work.policy
    found = (
        select(StaffRow.id, StaffRow.name, AssignmentRow.role, AreaRow.level, AreaRow.path)
        .select_from(StaffRow)
        .join(AssignmentRow, AssignmentRow.staff_id == StaffRow.id)
        .join(AreaRow, AreaRow.id == AssignmentRow.area_id)
        .where(StaffRow.id.in_(staff), _in_force(work.today))
    )
    if given:
        found = while_they_stay(found)
    rows = await work.db.execute(found)
    names: dict[UUID, str] = {}
    held: defaultdict[UUID, set[Permission]] = defaultdict(set)
    for staff_id, name, role_name, level, path in rows:
        role = _find_role(role_name)
        if role is None:
            continue
        names[staff_id] = name
        # What is handed to somebody is theirs, wherever its area lies.
        reaches = {Reach.OWN} if owning else set()
        if is_within(area_path, path):
            reaches.add(Reach.of(level))
        held[staff_id].update(
            each for each in doing if any(policy.allows(role, reach, each) for reach in reaches)
        )
    return {staff_id: name for staff_id, name in names.items() if held[staff_id] >= set(doing)}


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
    return and_(StaffRow.active, StaffRow.login.is_not(None), runs_on(AssignmentRow, today))


def _find_role(name: str) -> Role | None:
    try:
        return Role(name)
    except ValueError:
        return None


_HOLDER: Final = _holder()
