"""Orders in the API: what can be read."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from typing import cast as cast_type

import strawberry
from sqlalchemy import (
    Integer,
    Numeric,
    Text,
    Uuid,
    any_,
    cast,
    extract,
    func,
    literal,
    null,
)

from bangban.features.areas.graphql import Area, in_subtree, within_paths
from bangban.features.cases.enums import Grade
from bangban.features.cases.graphql import Case
from bangban.features.orders.enums import OrderEventKind, OrderKind, OrderState
from bangban.features.orders.offered_sql import offered_to_me
from bangban.features.orders.tables import OrderEventRow, OrderRow
from bangban.features.orders.values import FEE
from bangban.features.people.graphql import Staff
from bangban.features.uploads.graphql import CaseFile
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.fields import column, many, one, paged, same_row
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Pick, Rows
from bangban.kernel.planner.sources import Order as Sorted


def _own(columns: Any, request: Any) -> Predicate:
    """The resident's own; for staff what they have in hand."""
    me = request.bind("me", Uuid())
    return (columns.resident_id if request.principal_kind == "RESIDENT" else columns.holder_id) == me


ORDER_GUARD = Guard(
    Permission.ORDER_READ,
    within=lambda c, paths: within_paths(c.area_id, paths),
    own=_own,
    personal=True,
)


def whole_minutes(since: Any, until: Any) -> Any:
    """Whole minutes from one moment to another, as SQL."""
    return cast(func.floor(extract("epoch", until - since) / 60), Integer())


@reads()
@strawberry.type(description="How fast a call was met 响应时钟.")
class ResponseClock:
    due_at: datetime | None = column("Until when it should be taken, while it is not 应答时限.")
    answered_minutes: int | None = column(
        "Whole minutes until somebody took it 应答用时(分钟).",
        lambda r: whole_minutes(r.c.placed_at, r.c.claimed_at),
    )
    attended_minutes: int | None = column(
        "Whole minutes until somebody set out or came 到场用时(分钟).",
        lambda r: whole_minutes(r.c.placed_at, r.c.started_at),
    )


@reads()
@strawberry.type(description="The rating of whoever asked 评价.")
class OrderRating:
    grade: Grade = column("Grade 等级.")
    comment: str | None = column(
        "What was said 评价内容.", lambda r: r.c.comment, auditor=lambda _: cast(null(), Text())
    )
    rated_at: datetime = column("When 评价时间.")


@reads()
@strawberry.type(description="Who signed at the door 上门签收.")
class DoorSignature:
    signed_by: str | None = column(
        "Who signed, masked; null once erased 签收人(脱敏).", lambda r: r.c.signed_by_masked
    )
    signed_at: datetime = column("When 签收时间.")
    file: CaseFile | None = one(
        "A picture of the signature, for whoever sees the case 签字图片.",
        lambda r: r.c.id == r.parent.signature_file_id,
    )


@reads(OrderEventRow)
@strawberry.type(description="Something that happened to an order 帮办单轨迹.")
class OrderEvent:
    at: datetime = column("When 时间.")
    kind: OrderEventKind = column("What happened 事件.")
    from_state: OrderState | None = column("State before 之前状态.")
    to_state: OrderState = column("State after 之后状态.")
    actor: str | None = column("Who did it; residents are not named 经办人.")
    area: Area | None = one("Where the offer was then 派至区域.", lambda r: r.c.id == r.parent.area_id)
    helper: Staff | None = one(
        "Who of the staff did it, or whose it was then 工作人员.", lambda r: r.c.id == r.parent.staff_id
    )
    note: str | None = column("The staff's reason 理由.")


def _history(rows: Rows) -> Pick:
    return Pick(rows.c.order_id == rows.parent.id, (rows.c.id,))


@reads(OrderRow, guard=ORDER_GUARD)
@strawberry.type(description="Help that somebody asked for, taken by one helper 帮办单.")
class Order:
    id: strawberry.ID = column("Identifier 标识.")
    number: str = column("The number that people read 帮办单编号.")
    kind: OrderKind = column("What is asked for 类型.")
    state: OrderState = column("State 状态.")
    area: Area = one("Where it is to be done 服务区域.", lambda r: r.c.id == r.parent.area_id)
    offered_to: Area = one(
        "The area that the offer has come up to 派至区域.", lambda r: r.c.id == r.parent.offered_to_area_id
    )
    helper: Staff | None = one("Who has it 帮办人.", lambda r: r.c.id == r.parent.holder_id)
    case: Case | None = one("The case it is about 办件.", lambda r: r.c.id == r.parent.case_id)
    service_code: str | None = column("Code of the matter it is about 事项编码.")
    note: str | None = column(
        "What is wanted; not for auditors 需求说明.",
        lambda r: r.c.note,
        auditor=lambda _: cast(null(), Text()),
    )
    address: str | None = column("The door, masked 上门地址(脱敏).", lambda r: r.c.address_masked)
    signature: DoorSignature | None = same_row(
        "Who signed at the door 上门签收.", when=lambda r: r.c.signed_at.is_not(None)
    )
    window_from: datetime | None = column("Beginning of the agreed window 约定开始时间.")
    window_until: datetime | None = column("End of the agreed window 约定结束时间.")
    tries: int = column("How often somebody set out 上门次数.")
    fee: Decimal = column("Always zero 费用(恒为零).", lambda _: literal(FEE, Numeric()))
    placed_at: datetime = column("When it was placed 下单时间.")
    ended_at: datetime | None = column("When it was done or cancelled 完成时间.")
    clock: ResponseClock = same_row("How fast it was met 响应时钟.")
    rating: OrderRating | None = same_row("Its rating 评价.", when=lambda r: r.c.grade.is_not(None))
    history: list[OrderEvent] = many("What happened, in order 轨迹.", _history)


@strawberry.input(description="Which orders to list 帮办单筛选条件.")
class OrderFilter:
    number: str | None = strawberry.field(default=None, description="The one with this number 编号.")
    states: list[OrderState] | None = strawberry.field(
        default=None, description="In one of these states 状态."
    )
    kind: OrderKind | None = strawberry.field(default=None, description="Of this kind 类型.")
    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="In this area's subtree 区域(含下级)."
    )
    mine: bool | None = strawberry.field(
        default=None, description="Asked for by the caller, or in their hands 与我有关."
    )
    offered: bool | None = strawberry.field(default=None, description="That the caller may take now 可认领.")


def _orders(
    root: Rows,
    filter: Annotated[OrderFilter | None, strawberry.argument(description="Which ones 筛选条件.")] = None,  # noqa: A002 - the contract's name
) -> Listing:
    where: list[Predicate] = []
    if filter is not None:
        if filter.number is not None:
            where.append(root.c.number == filter.number)
        if filter.states is not None:
            where.append(root.c.state == any_(cast_type("Any", filter.states)))
        if filter.kind is not None:
            where.append(root.c.kind == filter.kind)
        if filter.area_id is not None:
            where.append(in_subtree(root.c.area_id, filter.area_id))
        if filter.mine:
            where.append(_own(root.c, root.request))
        if filter.offered:
            where.append(offered_to_me(root.c, root.request))
    return Listing(Sorted("placed", (root.c.placed_at, root.c.id), descending=True), tuple(where))


@strawberry.type
class OrderQuery:
    orders: Connection[Order] = paged(
        "Orders that the caller may see, the newest first 帮办单列表.",
        _orders,
        requires=Permission.ORDER_READ,
    )
