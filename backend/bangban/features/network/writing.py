"""Delegations in the API: giving an item to a unit and taking it back. Each mutation is one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from bangban.features.catalog.delegation_graphql import Delegation
from bangban.features.catalog.service.delegating import NewDelegation, delegate
from bangban.features.catalog.values import DelegationScope, RunningCases
from bangban.features.network.withdrawing import withdraw_delegation
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import row_of
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.input(description="An item for a unit below its owner 下放事项.")
class DelegateServiceInput:
    service_code: str = strawberry.field(description="The item 事项编码.")
    from_area_id: strawberry.ID = strawberry.field(
        description="Whose item it is: an area at the item's own level 下放单位."
    )
    to_area_id: strawberry.ID | None = strawberry.field(
        default=None, description="The area that takes it on; either this or the point 承接区域."
    )
    to_point_id: strawberry.ID | None = strawberry.field(
        default=None, description="The service point that takes it on 承接服务点."
    )
    staff_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of those who work there, the one person whose it is alone 首席代表."
    )
    scope: DelegationScope = strawberry.field(description="How far 承接范围.")
    since: date | None = strawberry.field(default=None, description="First day; today if left out 起始日期.")
    until: date | None = strawberry.field(default=None, description="Last day, if it is known 截止日期.")
    basis: str = strawberry.field(description="What it rests on 依据.")


@strawberry.input(description="A delegation to take back 收回下放.")
class WithdrawDelegationInput:
    delegation_id: strawberry.ID = strawberry.field(description="Which one 下放记录.")
    on: date | None = strawberry.field(
        default=None, description="First day without it; today if left out 收回日期."
    )
    running: RunningCases = strawberry.field(description="What becomes of the cases in hand 在办件处置.")
    reason: str = strawberry.field(description="Why 收回理由.")


def _id(given: strawberry.ID, name: str) -> UUID:
    return as_uuid(given, ("input", name))


async def _delegation(info: Info, do: Callable[[Work], Awaitable[UUID]]) -> Delegation:
    return await row_of(info, Delegation, do)


@strawberry.type
class DelegationMutation:
    @mutation("Delegate an item to a unit below its owner 下放事项.", Permission.DELEGATION_MANAGE)
    async def delegate_service(
        self,
        info: Info,
        input: Annotated[DelegateServiceInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Delegation:
        if (input.to_area_id is None) is (input.to_point_id is None):
            raise InvalidInput(
                "Give either an area or a service point.",
                "承接区域与承接服务点应恰好填写一项。",
                fields=("input.toAreaId", "input.toPointId"),
            )
        owner = _id(input.from_area_id, "fromAreaId")
        area = None if input.to_area_id is None else _id(input.to_area_id, "toAreaId")
        point = None if input.to_point_id is None else _id(input.to_point_id, "toPointId")
        person = None if input.staff_id is None else _id(input.staff_id, "staffId")

        async def do(work: Work) -> UUID:
            new = NewDelegation(
                service_code=input.service_code.strip(),
                from_area_id=owner,
                to_area_id=area,
                to_point_id=point,
                staff_id=person,
                scope=input.scope,
                since=input.since or work.today,
                until=input.until,
                basis=input.basis,
            )
            return await delegate(work, new)

        return await _delegation(info, do)

    @mutation("Take a delegation back 收回下放.", Permission.DELEGATION_MANAGE)
    async def withdraw_delegation(
        self,
        info: Info,
        input: Annotated[WithdrawDelegationInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Delegation:
        delegation_id = _id(input.delegation_id, "delegationId")
        return await _delegation(
            info,
            lambda work: withdraw_delegation(
                work, delegation_id, on=input.on, running=input.running, reason=input.reason
            ),
        )
