"""社区问题: how many problems of communities were solved inside the street, and at which level (DOMAIN G15)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import strawberry
from sqlalchemy import Double, FromClause, case, cast, false, func, select, true
from sqlalchemy.dialects.postgresql import JSONB

from bangban.features.areas.graphql import Area, in_subtree, within_paths
from bangban.features.areas.tables import AreaRow
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import LIVE, OrderKind, OrderState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.levels import AreaLevel
from bangban.kernel.planner.elements import in_place, number, value
from bangban.kernel.planner.fields import column, many, one
from bangban.kernel.planner.periods import during, period
from bangban.kernel.planner.reads import Guard, Predicate, reads
from bangban.kernel.planner.sources import Pick, Rows

_LIVE = sorted(state.value for state in LIVE)


def _reported(issue: Any, asked: Any) -> tuple[Predicate, ...]:
    """Whether an order is a problem that was reported below the area, on one of the days."""
    return (
        issue.kind == OrderKind.ISSUE.value,
        in_subtree(issue.area_id, asked.id),
        during(issue.placed_at, asked.since, asked.until),
    )


def _issues(asked: Any, *tests: Any) -> Any:
    """How many problems were reported that pass the tests."""
    issue = OrderRow.__table__.alias("issue")
    return (
        select(func.count())
        .select_from(issue)
        .where(*_reported(issue.c, asked), *(test(issue.c) for test in tests))
        .correlate(asked.id.table)
        .scalar_subquery()
    )


def is_solved(columns: Any) -> Predicate:
    return columns.state == OrderState.DONE.value


def _inside(rows: Rows) -> Any:
    """Solved by somebody whom the offer reached without leaving the area."""
    return _issues(rows.c, is_solved, lambda issue: in_subtree(issue.offered_to_area_id, rows.c.id))


def _by_level(rows: Rows, alias: str) -> FromClause:
    """A row for each level to which problems had come when they were solved, the deepest first."""
    issue, asked = OrderRow.__table__.alias("levelled_issue"), AreaRow.__table__.alias("asked_area")
    depth = case({level.value: -level.depth for level in AreaLevel}, value=asked.c.level)
    counted = func.jsonb_build_object("level", asked.c.level, "solved", func.count(), type_=JSONB())
    return (
        select(counted.label("value"), depth.label("place"))
        .select_from(issue.join(asked, asked.c.id == issue.c.offered_to_area_id))
        .where(*_reported(issue.c, rows.parent), is_solved(issue.c))
        .group_by(asked.c.level)
        .correlate(rows.parent.id.table)
        .lateral(alias)
    )


@strawberry.type(description="Problems solved at one level 分级解决数.")
class IssueLevel:
    level: AreaLevel = column("To which the offer had come 层级.", value("level"))
    solved: int = column("How many were solved there 解决数.", number("solved"))


@reads(
    guard=Guard(
        Permission.ORDER_READ,
        within=lambda c, paths: within_paths(c.id, paths),
        own=lambda _, __: false(),  # whoever sees their own orders only counts nobody's
    ),
)
@strawberry.type(
    description="How an area's communities get the problems solved that they reported in some days 社区问题解决情况."
)
class IssueSolving:
    area: Area = one("Which area 区域.", lambda r: r.c.id == r.parent.id)
    since: date = column("First day 起始日期.")
    until: date = column("Last day 截止日期.")
    reported: int = column("Problems reported below it 上报数.", lambda r: _issues(r.c))
    pending: int = column(
        "Of these not ended 未办结数.", lambda r: _issues(r.c, lambda issue: issue.state.in_(_LIVE))
    )
    solved: int = column("Solved at whatever level 解决数.", lambda r: _issues(r.c, is_solved))
    solved_inside: int = column("Solved without leaving the area 内部解决数.", _inside)
    inside_percent: float | None = column(
        "Per cent of those solved; null while none is 内部解决率.",
        lambda r: 100.0 * cast(_inside(r), Double()) / func.nullif(_issues(r.c, is_solved), 0),
    )
    by_level: list[IssueLevel] = many(
        "Solved at each level, the deepest first 分级解决数.", in_place, rows=_by_level
    )


def _solving(
    root: Rows,
    area_id: Annotated[strawberry.ID, strawberry.argument(description="Which area 区域.")],
    since: Annotated[
        date | None, strawberry.argument(description="First day; the last one if left out 起始日期.")
    ] = None,
    until: Annotated[
        date | None, strawberry.argument(description="Last day; today if left out 截止日期.")
    ] = None,
) -> Pick:
    area, (first, last) = AreaRow.__table__.alias("asked_of"), period(root, since, until)
    drawn = select(area.c.id, first.label("since"), last.label("until")).where(area.c.id == area_id)
    return Pick(true(), drawn=drawn.subquery("solving"))


@strawberry.type
class IssueQuery:
    issue_solving: IssueSolving | None = one(
        "How many problems of communities an area solved by itself 社区问题解决情况.",
        _solving,
        requires=Permission.ORDER_READ,
    )
