"""Duties in the API: what can be read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, cast

import strawberry
from sqlalchemy import ColumnElement, Text, Uuid, any_, case, literal, select

from bangban.features.areas.graphql import areas_under, areas_within
from bangban.features.cases.graphql import Case
from bangban.features.cases.tables import CaseRow
from bangban.features.people.graphql import Staff
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import ALERT_OF, RULE_OF, Alert, DutyKind, DutyState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.enums import describe
from bangban.kernel.planner.fields import Listing, Order, Rows, column, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Guard, Predicate, reads

describe(
    DutyKind,
    "What a duty is about 督办类型.",
    {
        DutyKind.YELLOW: "The promised limit comes near 预警.",
        DutyKind.RED: "The promised limit is about to end 临期.",
        DutyKind.OVERDUE: "Later than promised 超期.",
        DutyKind.LEGAL_LIMIT: "Later than the law allows 超法定时限.",
        DutyKind.PROMISE_DUE: "Papers promised for later are due soon 容缺承诺将到期.",
        DutyKind.PROMISE_BROKEN: "Papers promised for later did not come 容缺承诺逾期.",
        DutyKind.NOTICE_EXPIRED: "The day to supply what a notice named is over 补正期限已过.",
    },
)
describe(
    DutyState,
    "State of a duty 督办状态.",
    {
        DutyState.OPEN: "Nobody has settled it yet 待办.",
        DutyState.SETTLED: "Settled, with what was done 已办.",
        DutyState.VOID: "Its case ended, moved on or is due on another day 已失效.",
    },
)
describe(
    Alert,
    "Type of alert in the national monitoring data 预警类型.",
    {Alert.YELLOW: "Warning 黄灯.", Alert.RED: "Urgent 红灯.", Alert.DELAY: "Overdue 超期."},
    name="DutyAlert",
)


def _by_kind(rows: Rows, words: dict[DutyKind, Any]) -> ColumnElement[str]:
    return case({kind.value: literal(word.value, Text()) for kind, word in words.items()}, value=rows.c.kind)


def _number(rows: Rows) -> ColumnElement[str]:
    of = CaseRow.__table__.alias("case_of_duty")
    return select(of.c.number).where(of.c.id == rows.c.case_id).scalar_subquery()


@reads(DutyRow)
@strawberry.type(description="A limit that comes near or was missed 督办件.")
class Duty:
    id: strawberry.ID = column("Identifier 标识.")
    kind: DutyKind = column("What it is about 督办类型.")
    alert: Alert = column("Type of alert 预警类型.", lambda r: _by_kind(r, ALERT_OF))
    rule: str = column("The rule it follows from 监察规则编号.", lambda r: _by_kind(r, RULE_OF))
    case_number: str = column("The case's number 办件编号.", _number)
    case: Case | None = one(
        "The case, where the caller may see it 办件.", lambda r: r.c.id == r.parent.case_id
    )
    due_on: date = column("The day that the limit ran to 到期日.")
    state: DutyState = column("State 状态.")
    raised_at: datetime = column("When it came up 发出时间.")
    urged_at: datetime | None = column("When the holder was urged last 最近催办时间.")
    ended_at: datetime | None = column("When it was settled, or came to be void 办结时间.")
    settled_by: Staff | None = one("Who settled it 处理人.", lambda r: r.c.id == r.parent.settled_by)
    result: str | None = column("What was done 处理结果.")


def _whose_case(columns: Any, holds: Any) -> Predicate:
    of = CaseRow.__table__.alias("supervised")
    # The id alone: not every role may read all of a case.
    return select(of.c.id).where(of.c.id == columns.case_id, holds(of.c)).exists()


def _within(columns: Any, paths: Any) -> Predicate:
    return _whose_case(columns, lambda of: of.area_id.in_(areas_within(paths)))


def _own(columns: Any, request: Any) -> Predicate:
    return _whose_case(columns, lambda of: of.holder_id == request.bind("me", Uuid()))


@strawberry.input(description="Which duties to list 督办筛选条件.")
class DutyFilter:
    states: list[DutyState] | None = strawberry.field(
        default=None, description="In one of these states; left out: open ones 状态."
    )
    kinds: list[DutyKind] | None = strawberry.field(default=None, description="Of these kinds 督办类型.")
    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of cases in this area's subtree 区域(含下级)."
    )
    case_number: str | None = strawberry.field(default=None, description="Of this case 办件编号.")


def _duties(
    root: Rows,
    filter: Annotated[DutyFilter | None, strawberry.argument(description="Which ones 筛选条件.")] = None,  # noqa: A002 - the contract's name
) -> Listing:
    where: list[Predicate] = []
    if filter is None or filter.states is None:
        where.append(root.c.state == literal(DutyState.OPEN.value, Text()))
    else:
        where.append(root.c.state == any_(cast("Any", filter.states)))
    if filter is not None:
        if filter.kinds is not None:
            where.append(root.c.kind == any_(cast("Any", filter.kinds)))
        if filter.area_id is not None:
            under = areas_under(filter.area_id)
            where.append(_whose_case(root.c, lambda of: of.area_id.in_(under)))
        if filter.case_number is not None:
            number = filter.case_number
            where.append(_whose_case(root.c, lambda of: of.number == number))
    return Listing(Order("duties", (root.c.raised_at, root.c.id)), tuple(where))


@strawberry.type
class SupervisionQuery:
    duties: Connection[Duty] = paged(
        "Limits of cases that come near or were missed, the oldest first 督办件.",
        _duties,
        guard=Guard(Permission.DUTY_READ, within=_within, own=_own),
    )
