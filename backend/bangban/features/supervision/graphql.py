"""Duties in the API: what can be read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, cast

import strawberry
from sqlalchemy import ColumnElement, Text, any_, case, func, literal, select

from bangban.features.areas.graphql import areas_under
from bangban.features.cases.graphql import Case
from bangban.features.cases.tables import CaseRow
from bangban.features.hall.tables import IntakeBatchRow
from bangban.features.orders.tables import OrderRow
from bangban.features.people.graphql import Staff
from bangban.features.people.tables import StaffRow
from bangban.features.places.tables import TerminalRow
from bangban.features.supervision.guard import DUTY_GUARD, lies_in, whose_case
from bangban.features.supervision.left import left_numbers
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import ALERT_OF, RULE_OF, Alert, DutyKind, DutyState
from bangban.kernel.graphql.enums import describe
from bangban.kernel.planner.fields import column, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Rows

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
        DutyKind.REVIEW_LATE: "An application was not reviewed within hours 初审超时.",
        DutyKind.FEEDBACK_LATE: "Its applicant did not hear of it on the day 反馈超时.",
        DutyKind.ACCEPTANCE_LATE: "Nor within the days that the law leaves 逾期未受理或告知.",
        DutyKind.ANSWER_DUE: "A department's confirmation is due soon 确认将到期.",
        DutyKind.ANSWER_LATE: "A department's confirmation did not come 确认逾期.",
        DutyKind.PAPERS_HELD: "Papers taken at a community were not forwarded 代收材料未及时转交.",
        DutyKind.BATCH_LATE: "The back office did not begin with a batch in time 集中收件后台未按期启动.",
        DutyKind.ORDER_IDLE: "Nobody works on an order that was taken 认领后未办理.",
        DutyKind.ORDER_STUCK: "And still nobody does 认领后久未办理.",
        DutyKind.TERMINAL_FAULT: "A terminal's fault was not mended in time 自助终端故障未按期修复.",
        DutyKind.VOLUNTEER_WAITING: "A volunteer waits to be let in 志愿者待审核.",
        DutyKind.VOLUNTEER_LATE: "A volunteer has waited for too long 志愿者审核逾期.",
        DutyKind.CHECK_IN_DUE: "The applicant of a tracked case is to hear of it today 跟踪回访到期.",
        DutyKind.CHECK_IN_LATE: "And did not hear of it in time 跟踪回访超时.",
        DutyKind.POST_ENDING: "Somebody's post ends soon, and they have something in hand 任职将到期未移交.",
        DutyKind.POST_ENDED: "It ended, and others have to go on with what is left 任职已到期未移交.",
    },
)
describe(
    DutyState,
    "State of a duty 督办状态.",
    {
        DutyState.OPEN: "Nobody has settled it yet 待办.",
        DutyState.SETTLED: "Settled, with what was done 已办.",
        DutyState.VOID: "What it is about was done, moved on or is due on another day 已失效.",
    },
)
describe(
    Alert,
    "Type of alert in the national monitoring data 预警类型.",
    {Alert.YELLOW: "Warning 黄灯.", Alert.RED: "Urgent 红灯.", Alert.DELAY: "Overdue 超期."},
    name="DutyAlert",
)


NAMED_BY: dict[Any, str] = {
    OrderRow: "number",
    IntakeBatchRow: "number",
    TerminalRow: "name",
    StaffRow: "name",
}
"""What else than cases duties are about, and the column that names it."""


def _by_kind(rows: Rows, words: dict[DutyKind, Any]) -> ColumnElement[str]:
    return case({kind.value: literal(word.value, Text()) for kind, word in words.items()}, value=rows.c.kind)


def _read(rows: Rows, table: Any, name: str, *, key: str) -> ColumnElement[Any]:
    of = table.__table__.alias(f"{table.__tablename__}_of_duty")
    return select(of.c[name]).where(of.c.id == rows.c[key]).scalar_subquery()


def _number(rows: Rows) -> ColumnElement[Any]:
    return _read(rows, CaseRow, "number", key="case_id")


def _named(rows: Rows) -> ColumnElement[str]:
    """Ids tell tables apart, so whichever has it says what it is called."""
    others = (_read(rows, table, name, key="subject_id") for table, name in NAMED_BY.items())
    return func.coalesce(_number(rows), *others, literal("", Text()))


@reads(DutyRow)
@strawberry.type(description="A limit that comes near or was missed 督办件.")
class Duty:
    id: strawberry.ID = column("Identifier 标识.")
    kind: DutyKind = column("What it is about 督办类型.")
    alert: Alert = column("Type of alert 预警类型.", lambda r: _by_kind(r, ALERT_OF))
    rule: str = column("The rule it follows from 监察规则编号.", lambda r: _by_kind(r, RULE_OF))
    about: str = column(
        "Number of the case, order or batch, or name of the terminal or person 督办对象.", _named
    )
    case_number: str | None = column("The case's number, where it is about one 办件编号.", _number)
    case: Case | None = one(
        "The case, where it is about one that the caller may see 办件.", lambda r: r.c.id == r.parent.case_id
    )
    left: list[str] = column(
        "Numbers of the cases, orders and first-asked records to be moved, where a post ends 待移交事项编号.",
        left_numbers,
    )
    due_on: date = column("The day that the limit ran to 到期日.")
    state: DutyState = column("State 状态.")
    raised_at: datetime = column("When it came up 发出时间.")
    urged_at: datetime | None = column("When the holder was urged last 最近催办时间.")
    ended_at: datetime | None = column("When it was settled, or came to be void 办结时间.")
    settled_by: Staff | None = one("Who settled it 处理人.", lambda r: r.c.id == r.parent.settled_by)
    result: str | None = column("What was done 处理结果.")


@strawberry.input(description="Which duties to list 督办筛选条件.")
class DutyFilter:
    states: list[DutyState] | None = strawberry.field(
        default=None, description="In one of these states; left out: open ones 状态."
    )
    kinds: list[DutyKind] | None = strawberry.field(default=None, description="Of these kinds 督办类型.")
    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of what lies in this area's subtree 区域(含下级)."
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
            where.append(lies_in(root.c, areas_under(filter.area_id)))
        if filter.case_number is not None:
            number = filter.case_number
            where.append(whose_case(root.c, lambda of: of.number == number))
    return Listing(Order("duties", (root.c.raised_at, root.c.id)), tuple(where))


@strawberry.type
class SupervisionQuery:
    duties: Connection[Duty] = paged(
        "Limits that come near or were missed, the oldest first 督办件.",
        _duties,
        guard=DUTY_GUARD,
    )
