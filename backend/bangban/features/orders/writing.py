"""Orders in the API: what can be done. Each mutation is one transaction; resolvers only translate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

import strawberry

from bangban.features.custody.inputs import papers_of
from bangban.features.orders import service
from bangban.features.orders.graphql import Order
from bangban.features.orders.inputs import (
    AssignOrderInput,
    ClaimOrderInput,
    PlaceOrderInput,
    ProgressOrderInput,
    RateOrderInput,
)
from bangban.features.orders.service.signing import Signed
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import row_of
from bangban.kernel.planner.parameters import maybe_uuid
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


async def _order(info: Info, do: Callable[[Work], Awaitable[UUID]]) -> Order:
    return await row_of(info, Order, do)


@strawberry.type
class OrderMutation:
    @mutation("Place an order; help is free 下单.", Permission.ORDER_PLACE)
    async def place_order(self, info: Info, input: Annotated[PlaceOrderInput, _INPUT]) -> Order:  # noqa: A002 - the contract's name
        area_id = maybe_uuid(input.area_id, ("input", "areaId"))
        wanted = service.Wanted(
            kind=input.kind,
            area_id=area_id,
            note=input.note,
            address=input.address,
            phone=input.phone,
            longitude=input.longitude,
            latitude=input.latitude,
            window_from=input.window_from,
            window_until=input.window_until,
            service_code=input.service_code,
            case_number=input.case_number,
            fee=input.fee,
            visit_id=maybe_uuid(input.visit_id, ("input", "visitId")),
        )
        return await _order(info, lambda work: service.place_order(work, wanted))

    @mutation("Take an order that is offered; exactly one gets it 认领.", Permission.ORDER_CLAIM)
    async def claim_order(self, info: Info, input: Annotated[ClaimOrderInput, _INPUT]) -> Order:  # noqa: A002 - the contract's name
        return await _order(info, lambda work: service.claim_order(work, number=input.number))

    @mutation("Give an order to a helper, with a reason 指派.", Permission.ORDER_DISPATCH)
    async def assign_order(self, info: Info, input: Annotated[AssignOrderInput, _INPUT]) -> Order:  # noqa: A002 - the contract's name
        to = maybe_uuid(input.to_staff_id, ("input", "toStaffId"))
        return await _order(
            info,
            lambda work: service.assign_order(work, number=input.number, to_staff_id=to, reason=input.reason),
        )

    @mutation(
        "Set out, finish, fail, give back or cancel 办理进度.",
        Permission.ORDER_DO,
        Permission.ORDER_PLACE,
        Permission.ORDER_DISPATCH,
    )
    async def progress_order(self, info: Info, input: Annotated[ProgressOrderInput, _INPUT]) -> Order:  # noqa: A002 - the contract's name
        given = input.signature
        signed = (
            None
            if given is None
            else Signed(
                by=given.signed_by, file_id=maybe_uuid(given.file_id, ("input", "signature", "fileId"))
            )
        )
        return await _order(
            info,
            lambda work: service.progress_order(
                work,
                number=input.number,
                step=input.step,
                reason=input.reason,
                window_from=input.window_from,
                window_until=input.window_until,
                papers=papers_of(input.papers),
                signed=signed,
            ),
        )

    @mutation("Rate an order that was done, once 评价.", Permission.ORDER_PLACE)
    async def rate_order(self, info: Info, input: Annotated[RateOrderInput, _INPUT]) -> Order:  # noqa: A002 - the contract's name
        return await _order(
            info,
            lambda work: service.rate_order(
                work, number=input.number, grade=input.grade, comment=input.comment
            ),
        )
