"""工作群 in the API: teams whose group is read here, and how soon questions are answered there (DOMAIN C12, D04)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

import strawberry
from sqlalchemy import ColumnElement, Date, Uuid, and_, exists, func, select, true

from bangban.features.areas.graphql import areas_under, within_paths
from bangban.features.first_asks.graphql import answered_at
from bangban.features.first_asks.tables import FirstAskRow
from bangban.features.people.graphql import Staff
from bangban.features.people.tables import TeamMemberRow, TeamRow
from bangban.features.people.team_graphql import Team
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.terms import runs_on
from bangban.kernel.planner.fields import column, many, one, paged
from bangban.kernel.planner.measures import MINUTE, quantile, seconds
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.periods import during, period, today
from bangban.kernel.planner.reads import Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows


def _own(columns: Any, request: Any) -> Predicate:
    """The groups of the caller's own teams."""
    member = TeamMemberRow.__table__.alias("own_group")
    day = request.bind("today", Date())
    return exists().where(
        member.c.team_id == columns.id,
        member.c.staff_id == request.bind("me", Uuid()),
        runs_on(member.c, day),
    )


_GUARD = Guard(Permission.ASKING_READ, within=lambda c, paths: within_paths(c.area_id, paths), own=_own)


@reads(TeamMemberRow)
@strawberry.type(description="A member of the team, and so of its group 群成员.")
class GroupMember:
    staff: Staff = one("Who 人员.", lambda r: r.c.id == r.parent.staff_id)
    lead: bool = column("Whether they lead it 是否负责人.")


def _members(rows: Rows) -> Pick:
    here = and_(rows.c.team_id == rows.parent.id, runs_on(rows.c, today(rows)))
    return Pick(here, (rows.c.since, rows.c.id))


def _asked(measure: Callable[[Any, Any], ColumnElement[Any]]) -> Callable[[Rows], ColumnElement[Any]]:
    """A measure of the group's questions of the days, and of when each was answered first."""

    def made(rows: Rows) -> ColumnElement[Any]:
        question = FirstAskRow.__table__.alias("group_question")
        of_group = (
            select(
                question.c.asked_at,
                answered_at(Rows(c=question.c, parent=rows.parent, request=rows.request)).label(
                    "answered_at"
                ),
            )
            .where(
                question.c.team_id == rows.c.team_id, during(question.c.asked_at, rows.c.since, rows.c.until)
            )
            .correlate(rows.c.team_id.table)
            .subquery("timed")
        )
        return select(measure(of_group.c.asked_at, of_group.c.answered_at)).scalar_subquery()

    return made


@reads()
@strawberry.type(description="How soon questions of some days were answered in the group 群答复统计.")
class GroupStatistics:
    since: date = column("First day 起始日期.")
    until: date = column("Last day 截止日期.")
    questions: int = column("Questions that were asked 提问数.", _asked(lambda asked, _: func.count(asked)))
    answered: int = column(
        "Of these answered by now 已答复数.", _asked(lambda _, answered: func.count(answered))
    )
    median_minutes: float | None = column(
        "Median of the minutes until the first answer, by the clock and not by working time 答复用时中位数.",
        _asked(lambda asked, answered: quantile(0.5, seconds(asked, answered), MINUTE)),
    )


def _statistics(
    rows: Rows,
    since: Annotated[
        date | None, strawberry.argument(description="First day; the last one if left out 起始日期.")
    ] = None,
    until: Annotated[
        date | None, strawberry.argument(description="Last day; today if left out 截止日期.")
    ] = None,
) -> Pick:
    first, last = period(rows, since, until)
    drawn = select(rows.parent.id.label("team_id"), first.label("since"), last.label("until"))
    return Pick(true(), drawn=drawn.correlate(rows.parent.id.table).subquery("group_days"))


@reads(TeamRow, guard=_GUARD)
@strawberry.type(description="The work group of a team, whose log is taken over here 工作群.")
class WorkGroup:
    team: Team = one("Whose 队伍.", lambda r: r.c.id == r.parent.id)
    members: list[GroupMember] = many("Who is in it today 群成员.", _members)
    statistics: GroupStatistics | None = one("How soon questions are answered 答复统计.", _statistics)


def _groups(
    root: Rows,
    area_id: Annotated[
        strawberry.ID | None, strawberry.argument(description="In this area's subtree 区域(含下级).")
    ] = None,
) -> Listing:
    question = FirstAskRow.__table__.alias("any_question")
    # By one column: the reading role does not see all of them.
    asked = select(question.c.id).where(
        question.c.team_id == root.c.id, question.c.external_number.is_not(None)
    )
    where: list[Predicate] = [asked.correlate_except(question).exists()]
    if area_id is not None:
        where.append(root.c.area_id.in_(areas_under(area_id)))
    return Listing(Order("group", (root.c.key, root.c.id)), tuple(where))


@strawberry.type
class GroupQuery:
    work_groups: Connection[WorkGroup] = paged(
        "Work groups whose log was taken over, as far as the caller may see them 工作群列表.",
        _groups,
        requires=Permission.ASKING_READ,
    )
