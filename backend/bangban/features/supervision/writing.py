"""Duties in the API: what can be done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

import strawberry

from bangban.features.supervision.graphql import Duty
from bangban.features.supervision.service import settle_duty, urge_holder
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import row_of
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.input(description="How a duty was settled 督办处理.")
class SettleDutyInput:
    id: strawberry.ID = strawberry.field(description="The duty's identifier 督办件标识.")
    result: str = strawberry.field(description="What was done, in five to 500 characters 处理情况.")


@strawberry.input(description="Which duty's holder to urge 催办.")
class UrgeHolderInput:
    id: strawberry.ID = strawberry.field(description="The duty's identifier 督办件标识.")


async def _duty(info: Info, do: Callable[[Work], Awaitable[UUID]]) -> Duty:
    return await row_of(info, Duty, do)


@strawberry.type
class SupervisionMutation:
    @mutation("Settle a duty with what was done 办结督办件.", Permission.DUTY_SETTLE)
    async def settle_duty(self, info: Info, input: Annotated[SettleDutyInput, _INPUT]) -> Duty:  # noqa: A002 - the contract's name
        duty_id = as_uuid(input.id, ("input", "id"))
        return await _duty(info, lambda work: settle_duty(work, duty_id=duty_id, result=input.result))

    @mutation("Urge whoever has it in hand 催办.", Permission.DUTY_SETTLE)
    async def urge_holder(self, info: Info, input: Annotated[UrgeHolderInput, _INPUT]) -> Duty:  # noqa: A002 - the contract's name
        duty_id = as_uuid(input.id, ("input", "id"))
        return await _duty(info, lambda work: urge_holder(work, duty_id=duty_id))
