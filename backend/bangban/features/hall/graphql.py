"""A hall in the API: what can be read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from typing import cast as cast_to

import strawberry
from sqlalchemy import Integer, Text, and_, any_, case, cast, func, null, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.cases.graphql import Case
from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.graphql import ServiceItem
from bangban.features.catalog.values import Audience
from bangban.features.hall import enums as described  # noqa: F401 - it describes the value lists
from bangban.features.hall.guards import GUARD, PERSONAL_GUARD, minutes, window_number
from bangban.features.hall.screen import Hall
from bangban.features.hall.tables import (
    IntakeBatchCaseRow,
    IntakeBatchRow,
    OvertimeRow,
    TicketRow,
    VisitRow,
)
from bangban.features.hall.values import (
    CareNeed,
    OvertimeKind,
    OvertimeOutcome,
    PaperState,
    TicketState,
    VisitState,
)
from bangban.features.people.graphql import Staff
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.elements import elements, in_place, tables_of, value
from bangban.kernel.planner.fields import Listing, Order, Pick, Rows, column, many, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Predicate, reads

_NO_NEEDS = cast(null(), ARRAY(Text()))


@strawberry.type(description="A required paper as the guide found it 材料预检.")
class CheckedPaper:
    code: str = column("Code of the material 材料编码.", value("code"))
    name: str = column("Name 材料名称.", value("name"))
    state: PaperState = column("What was found 预检结果.", value("state"))
    note: str | None = column("What is wrong with it 说明.", value("note"))


@reads(OvertimeRow)
@strawberry.type(description="Overtime for a ticket 延时服务.")
class Overtime:
    kind: OvertimeKind = column("Kind 类型.")
    requested_at: datetime = column("When it was opened 开启时间.")
    starts_at: datetime = column("Closing: what comes after is overtime 下班时间.")
    ended_at: datetime | None = column("When it ended 结束时间.")
    outcome: OvertimeOutcome | None = column("How it ended 结果.")
    explanation: str | None = column(
        "Why it was carried over; not for auditors 未完原因.", auditor=lambda _: cast(null(), Text())
    )
    minutes: int | None = column(
        "Minutes after closing 延时分钟数.",
        lambda r: case((r.c.ended_at.is_not(None), func.greatest(minutes(r.c.starts_at, r.c.ended_at), 0))),
    )


def _ahead(rows: Rows) -> Any:
    other = TicketRow.__table__.alias("ticket_ahead")
    sooner = or_(
        other.c.priority > rows.c.priority,
        and_(
            other.c.priority == rows.c.priority,
            or_(
                other.c.queued_at < rows.c.queued_at,
                and_(other.c.queued_at == rows.c.queued_at, other.c.serial < rows.c.serial),
            ),
        ),
    )
    count = (
        select(func.count())
        .select_from(other)
        .where(
            other.c.point_id == rows.c.point_id,
            other.c.day == rows.c.day,
            other.c.queue == rows.c.queue,
            other.c.state == TicketState.ISSUED.value,
            sooner,
        )
        .scalar_subquery()
    )
    return case((rows.c.state == TicketState.ISSUED.value, count))


@reads(TicketRow, guard=GUARD)
@strawberry.type(description="A queue ticket 号票.")
class Ticket:
    id: strawberry.ID = column("Identifier 标识.")
    number: str = column("The number that is called 号码.")
    queue: str = column("Its queue 队列.")
    state: TicketState = column("State 状态.")
    advisory: bool = column("Whether it is for advice only 是否咨询号.")
    priority: int | None = column(
        "Class in which it is called, the highest first; not for auditors 优先级.",
        auditor=lambda _: cast(null(), Integer()),
    )
    ahead: int | None = column(
        "How many are called before it; null once it was called 前面等候人数.",
        _ahead,
        auditor=lambda _: cast(null(), Integer()),
    )
    issued_at: datetime = column("When it was given 取号时间.")
    window: str | None = column("The window it was called to 窗口号.", window_number)
    called_at: datetime | None = column("When it was called last 叫号时间.")
    calls: int = column("How often it was called 叫号次数.")
    served_from: datetime | None = column("When serving began 开始办理时间.")
    ended_at: datetime | None = column("When it came to its end 结束时间.")
    overtime: Overtime | None = one("Overtime for it 延时服务.", lambda r: r.c.ticket_id == r.parent.id)
    visit: Visit = one("The visit it was given for 到访.", lambda r: r.c.id == r.parent.visit_id)


def _tickets(rows: Rows) -> Pick:
    return Pick(rows.c.visit_id == rows.parent.id, (rows.c.issued_at, rows.c.id))


@reads(VisitRow, guard=PERSONAL_GUARD)
@strawberry.type(description="Somebody who came with one matter 到访.")
class Visit:
    id: strawberry.ID = column("Identifier 标识.")
    state: VisitState = column("State 状态.")
    service: ServiceItem | None = one(
        "The matter, where it is one of the catalog 事项.", lambda r: r.c.id == r.parent.service_item_id
    )
    purpose: str | None = column(
        "What the visitor came for, in the guide's words; not for auditors 来访事由.",
        auditor=lambda _: cast(null(), Text()),
    )
    applicant_kind: Audience = column("Person or legal entity 申请人类型.")
    visitor: str | None = column(
        "The visitor's phone or identity number, masked 来访人(脱敏).", lambda r: r.c.visitor_masked
    )
    care_needs: list[CareNeed] | None = column(
        "Why the visitor is looked after first; null for auditors 照顾需求.", auditor=lambda _: _NO_NEEDS
    )
    guide: Staff | None = one(
        "Who greeted; null at a terminal 导办员.", lambda r: r.c.id == r.parent.guide_id
    )
    arrived_at: datetime | None = column("When the visitor came in, where that was noticed 到达时间.")
    greeted_at: datetime = column("When 接待时间.")
    papers: list[CheckedPaper] | None = many(
        "The papers as the guide found them; null before they were looked at 材料预检.",
        in_place,
        rows=lambda r, name: elements(r.parent.papers, name),
        when=lambda r: r.c.papers.is_not(None),
    )
    told: list[str] | None = column("Codes of all that was told to be missing, once 一次性告知.")
    told_at: datetime | None = column("When that was told 告知时间.")
    tickets: list[Ticket] = many("Its tickets, in order 号票.", _tickets)
    ended_at: datetime | None = column("When the visitor left 离厅时间.")
    minutes_in_hall: int | None = column(
        "Whole minutes in the hall, once it is over 在厅分钟数.",
        lambda r: minutes(func.coalesce(r.c.arrived_at, r.c.greeted_at), r.c.ended_at),
    )
    case: Case | None = one("The case that came of it 关联办件.", lambda r: r.c.id == r.parent.case_id)


def _batch_cases(rows: Rows) -> Pick:
    link = IntakeBatchCaseRow.__table__.alias("batch_link")
    mine = select(link.c.case_id).where(link.c.batch_id == rows.parent.id)
    return Pick(rows.c.id.in_(mine.correlate(*tables_of(rows.parent.id))), (rows.c.number,))


def _ended(rows: Rows) -> Any:
    """When the last of a batch's cases came to its end; null while one is open."""
    link = IntakeBatchCaseRow.__table__.alias("batch_link")
    matter = CaseRow.__table__.alias("batch_case")
    end = func.coalesce(matter.c.completed_at, matter.c.ended_at)
    return (
        select(case((func.bool_and(end.is_not(None)), func.max(end))))
        .select_from(link.join(matter, matter.c.id == link.c.case_id))
        .where(link.c.batch_id == rows.c.id)
        .scalar_subquery()
    )


@reads(IntakeBatchRow, guard=GUARD)
@strawberry.type(description="Applications of one submitter taken in at once 集中收件.")
class IntakeBatch:
    id: strawberry.ID = column("Identifier 标识.")
    number: str = column("Number of its one receipt 收件回执编号.")
    size: int = column("How many applications 件数.")
    window: str = column("The window that took it in 窗口号.", window_number)
    collector: Staff = one("Who took it in 收件人.", lambda r: r.c.id == r.parent.collector_id)
    received_at: datetime = column("When 收件时间.")
    due_on: date = column("By when the back office begins with each 后台启动期限.")
    closed_at: datetime | None = column("When the last of its cases was closed 全部办结时间.", _ended)
    cases: list[Case] = many("Its cases 办件.", _batch_cases)


# ---------------------------------------------------------------------- root fields


def _hall(
    root: Rows,
    point_id: Annotated[strawberry.ID, strawberry.argument(description="The service point 服务点.")],
) -> Predicate:
    return root.c.id == point_id


@strawberry.input(description="Which visits to list 到访筛选条件.")
class VisitFilter:
    day: date | None = strawberry.field(default=None, description="Of this day 日期.")
    states: list[VisitState] | None = strawberry.field(
        default=None, description="In one of these states 状态."
    )
    number: str | None = strawberry.field(default=None, description="With this ticket number 号码.")


def _visits(
    root: Rows,
    point_id: Annotated[strawberry.ID, strawberry.argument(description="The service point 服务点.")],
    filter: Annotated[VisitFilter | None, strawberry.argument(description="Which ones 筛选条件.")] = None,  # noqa: A002 - the API's usual name
) -> Listing:
    where: list[Predicate] = [root.c.point_id == point_id]
    if filter is not None:
        if filter.day is not None:
            where.append(root.c.day == filter.day)
        if filter.states is not None:
            where.append(root.c.state == any_(cast_to("Any", filter.states)))
        if filter.number is not None:
            ticket = TicketRow.__table__.alias("wanted_ticket")
            numbered = select(ticket.c.visit_id).where(
                ticket.c.point_id == point_id, ticket.c.number == filter.number
            )
            where.append(root.c.id.in_(numbered))
    return Listing(Order("greeted", (root.c.greeted_at, root.c.id), descending=True), tuple(where))


def _batch(
    root: Rows, number: Annotated[str, strawberry.argument(description="Number of the receipt 回执编号.")]
) -> Predicate:
    return root.c.number == number


@strawberry.type
class HallQuery:
    hall: Hall | None = one(
        "A service point as a hall: what its screen shows, and what its staff look at 大厅.",
        _hall,
        requires=Permission.PLACE_READ,
    )
    visits: Connection[Visit] = paged(
        "Visits to a point, latest first 到访列表.", _visits, requires=Permission.HALL_READ
    )
    intake_batch: IntakeBatch | None = one(
        "A batch, by the number of its receipt 集中收件.", _batch, requires=Permission.HALL_READ
    )
