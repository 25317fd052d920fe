"""Visits and their numbers in the API, and the hall as a whole: what can be read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from typing import cast as cast_to

import strawberry
from sqlalchemy import Integer, Text, Uuid, any_, case, cast, func, null, select
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.cases.graphql import Case
from bangban.features.catalog.graphql import ServiceItem
from bangban.features.catalog.values import Audience
from bangban.features.hall import enums as described  # noqa: F401 - it describes the value lists
from bangban.features.hall.guards import GUARD, PERSONAL_GUARD, inside, minutes, window_number
from bangban.features.hall.proposed import proposals, taken_up
from bangban.features.hall.queue_sql import ahead
from bangban.features.hall.screen import Hall
from bangban.features.hall.tables import OvertimeRow, TicketRow, VisitRow
from bangban.features.hall.told_graphql import CheckedPaper, VisitNotice
from bangban.features.hall.values import (
    CareNeed,
    OvertimeKind,
    OvertimeOutcome,
    Proposal,
    TicketState,
    VisitState,
)
from bangban.features.people.graphql import Staff
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.elements import elements, in_place
from bangban.kernel.planner.fields import column, many, one, paged, same_row
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows

_NO_NEEDS = cast(null(), ARRAY(Text()))


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
        "Minutes from closing until it ended 延时分钟数.",
        lambda r: case((r.c.ended_at.is_not(None), func.greatest(minutes(r.c.starts_at, r.c.ended_at), 0))),
    )


@reads(TicketRow, guard=GUARD)
@strawberry.type(description="A queue ticket 号票.")
class Ticket:
    id: strawberry.ID = column("Identifier 标识.")
    number: str = column("The number that is called 号码.")
    queue: str = column("Its queue 队列.")
    state: TicketState = column("State 状态.")
    advisory: bool = column("Whether it is for advice only 是否咨询号.")
    priority: int | None = column(
        "Class in which it is called, the highest first; for the staff of the point alone 优先级.",
        lambda r: inside(r, r.c.priority),
        auditor=lambda _: cast(null(), Integer()),
    )
    ahead: int | None = column(
        "How many are called before it; null once it was called 前面等候人数.",
        ahead,
        auditor=lambda _: cast(null(), Integer()),
    )
    issued_at: datetime = column("When it was given 取号时间.")
    window: str | None = column("The window it was called to 窗口号.", window_number)
    called_at: datetime | None = column("When it was called last 叫号时间.")
    calls: int = column("How often it was called 叫号次数.")
    served_from: datetime | None = column("When serving began 开始办理时间.")
    ended_at: datetime | None = column("When it came to its end 结束时间.")
    overtime_minutes: int | None = column(
        "Whole minutes of its service outside the opening hours; null before it ended 延时办理分钟数."
    )
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
        "What the visitor came for, in the guide's words; for the staff of the point alone 来访事由.",
        lambda r: inside(r, r.c.purpose),
        auditor=lambda _: cast(null(), Text()),
    )
    applicant_kind: Audience = column("Person or legal entity 申请人类型.")
    visitor: str | None = column(
        "The visitor's phone or identity number, masked 来访人(脱敏).", lambda r: r.c.visitor_masked
    )
    care_needs: list[CareNeed] | None = column(
        "Why the visitor is looked after first; for the staff of the point alone, else null 照顾需求.",
        lambda r: inside(r, r.c.care_needs),
        auditor=lambda _: _NO_NEEDS,
    )
    proposals: list[Proposal] | None = column(
        "What is proposed for them, as far as it is offered; for the staff of the point alone 照顾服务建议.",
        lambda r: inside(r, proposals(r)),
        auditor=lambda _: _NO_NEEDS,
    )
    taken_up: list[Proposal] | None = column(
        "Which of it was applied for or ordered on the spot; for the staff of the point alone 已采纳的照顾服务.",
        lambda r: inside(r, taken_up(r)),
        auditor=lambda _: _NO_NEEDS,
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
    notice: VisitNotice | None = same_row(
        "The one notice of what is missing, as it was given 一次性告知.", when=lambda r: r.c.told.is_not(None)
    )
    tickets: list[Ticket] = many("Its tickets, in order 号票.", _tickets)
    ended_at: datetime | None = column("When the visitor left 离厅时间.")
    end_note: str | None = column(
        "Where the visitor was led, or why they left; for the staff of the point alone 离厅说明.",
        lambda r: inside(r, r.c.end_note),
        auditor=lambda _: cast(null(), Text()),
    )
    minutes_in_hall: int | None = column(
        "Whole minutes in the hall, once it is over 在厅分钟数.",
        lambda r: minutes(func.coalesce(r.c.arrived_at, r.c.greeted_at), r.c.ended_at),
    )
    case: Case | None = one("The case that came of it 关联办件.", lambda r: r.c.id == r.parent.case_id)


@reads()
@strawberry.type(description="What an acknowledged notice is of: one of the two 签收结果.")
class AcknowledgedNotice:
    case: Case | None = one("The case 办件.", lambda r: r.c.id == r.request.bind("case_id", Uuid()))
    visit: Visit | None = one("The visit 到访.", lambda r: r.c.id == r.request.bind("visit_id", Uuid()))


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
