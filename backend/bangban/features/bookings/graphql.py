"""Bookings in the API: what can be read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final, cast

import strawberry
from sqlalchemy import Date, Uuid, any_, select

from bangban.features.accounts.tables import ResidentRow
from bangban.features.areas.graphql import within_paths
from bangban.features.bookings.partners import kept_by_partner
from bangban.features.bookings.tables import BookingRow
from bangban.features.bookings.values import BookingOutcome, BookingState
from bangban.features.places.graphql import ServicePoint
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.enums import describe
from bangban.kernel.planner.fields import column, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Columns, Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Rows

describe(
    BookingState,
    "State of a booking 预约状态.",
    {
        BookingState.BOOKED: "Booked 已预约.",
        BookingState.CANCELLED: "Cancelled by whoever booked, or since the point will be closed 已取消.",
        BookingState.ARRIVED: "They came 已到场.",
        BookingState.MISSED: "They did not come 已爽约.",
    },
)
describe(
    BookingOutcome,
    "What becomes of a booking 预约结果.",
    {
        BookingOutcome.CANCELLED: "Cancelled, by whoever booked, before it begins 取消.",
        BookingOutcome.ARRIVED: "They came, say the staff, on its day 到场.",
        BookingOutcome.MISSED: "They did not come, say the staff, once it has begun 爽约.",
    },
)


def _at_points(columns: Columns, paths: Any) -> Predicate:
    point = ServicePointRow.__table__.alias("booked_point")
    return columns.point_id.in_(select(point.c.id).where(within_paths(point.c.area_id, paths)))


def _own(columns: Columns, request: Any) -> Predicate:
    me = request.bind("me", Uuid())
    if request.principal_kind == "RESIDENT":
        return columns.resident_id == me
    return kept_by_partner(columns, staff_id=me, today=request.bind("today", Date()))


_GUARD: Final = Guard(Permission.BOOKING_READ, within=_at_points, own=_own, personal=True)


def _phone(rows: Rows) -> Any:
    resident = ResidentRow.__table__.alias("who_booked")
    return (
        select(resident.c.phone_masked)
        .where(resident.c.id == rows.c.resident_id)
        .correlate(rows.c.resident_id.table)
        .scalar_subquery()
    )


@reads(BookingRow, guard=_GUARD)
@strawberry.type(description="A place at a service point, kept for a resident 预约.")
class Booking:
    id: strawberry.ID = column("Identifier 标识.")
    point: ServicePoint = one("Where 服务点.", lambda r: r.c.id == r.parent.point_id)
    day: date = column("Day 预约日期.")
    begins_at: datetime = column("From when on 开始时间.")
    ends_at: datetime = column("Until when 结束时间.")
    place_no: int = column("Which of the places, from 1 on 席位号.")
    state: BookingState = column("State 预约状态.")
    service_code: str | None = column("The item that it is about 事项编码.")
    phone: str = column("Phone of whoever booked, masked 手机号(脱敏).", _phone)
    booked_at: datetime = column("When it was booked 预约提交时间.")
    settled_at: datetime | None = column("When it was cancelled, kept or missed 处理时间.")


@strawberry.input(description="Which bookings to list 预约筛选条件.")
class BookingFilter:
    point_id: strawberry.ID | None = strawberry.field(default=None, description="At this point 服务点.")
    day: date | None = strawberry.field(default=None, description="On this day 预约日期.")
    states: list[BookingState] | None = strawberry.field(
        default=None, description="In one of these states 预约状态."
    )


def _bookings(
    root: Rows,
    filter: Annotated[  # noqa: A002 - the contract's name
        BookingFilter | None, strawberry.argument(description="Which ones 筛选条件.")
    ] = None,
) -> Listing:
    where: list[Predicate] = []
    if filter is not None:
        if filter.point_id is not None:
            where.append(root.c.point_id == filter.point_id)
        if filter.day is not None:
            where.append(root.c.day == filter.day)
        if filter.states is not None:
            where.append(root.c.state == any_(cast("Any", filter.states)))
    return Listing(Order("bookings", (root.c.begins_at, root.c.id), descending=True), tuple(where))


@strawberry.type
class BookingQuery:
    bookings: Connection[Booking] = paged(
        "The caller's bookings, or those at the points of their area or post, the latest first 预约列表.",
        _bookings,
        requires=Permission.BOOKING_READ,
    )
