"""Bookings in the API: what can be done. Each mutation is one transaction; resolvers only translate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from bangban.features.bookings import ending, service
from bangban.features.bookings.graphql import Booking
from bangban.features.bookings.values import BookingOutcome
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import row_of
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.input(description="Which time at which point 预约申请.")
class BookPointInput:
    point_id: strawberry.ID = strawberry.field(description="Where 服务点.")
    begins_at: datetime = strawberry.field(description="When the slot begins 开始时间.")
    service_code: str | None = strawberry.field(
        default=None, description="The item that it is about 事项编码."
    )


@strawberry.input(description="What becomes of a booking 预约处理.")
class SettleBookingInput:
    id: strawberry.ID = strawberry.field(description="Which booking 预约标识.")
    outcome: BookingOutcome = strawberry.field(description="What becomes of it 预约结果.")


async def _booking(info: Info, do: Callable[[Work], Awaitable[UUID]]) -> Booking:
    return await row_of(info, Booking, do)


@strawberry.type
class BookingMutation:
    @mutation("Book a place at a point 预约服务点.", Permission.BOOKING_MAKE)
    async def book_point(
        self,
        info: Info,
        input: Annotated[BookPointInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Booking:
        point_id = as_uuid(input.point_id, ("input", "pointId"))
        return await _booking(
            info,
            lambda work: service.book_point(
                work, point_id=point_id, begins_at=input.begins_at, service_code=input.service_code
            ),
        )

    @mutation("Cancel a booking, or say whether they came 处理预约.", Permission.BOOKING_SETTLE)
    async def settle_booking(
        self,
        info: Info,
        input: Annotated[SettleBookingInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Booking:
        booking_id = as_uuid(input.id, ("input", "id"))
        return await _booking(
            info,
            lambda work: ending.settle_booking(work, booking_id=booking_id, outcome=input.outcome),
        )
