"""Outreach in the API: what can be done. Each mutation is one transaction; resolvers only translate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from bangban.features.outreach import service
from bangban.features.outreach.enums import Audience, CareNeed, OutreachKind
from bangban.features.outreach.graphql import Outreach
from bangban.features.outreach.rules import Plan
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import row_of
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.input(description="An outreach as it is planned 宣讲计划.")
class PlanOutreachInput:
    area_id: strawberry.ID = strawberry.field(description="Where 所在区域.")
    kind: OutreachKind = strawberry.field(description="Kind 宣讲方式.")
    place: str = strawberry.field(description="Market, shop, homes or hall 地点.")
    starts_on: date = strawberry.field(description="First day 开始日期.")
    ends_on: date | None = strawberry.field(
        default=None, description="Last day; the first one if left out 结束日期."
    )
    codes: list[str] = strawberry.field(
        description="Items and bundles that are presented 宣讲事项与一件事编码."
    )
    audience: Audience | None = strawberry.field(
        default=None, description="Whom it is for; anybody if left out 对象类型."
    )
    care_needs: list[CareNeed] = strawberry.field(
        default_factory=list, description="Who needs such care; none: anybody 照顾对象."
    )


@strawberry.input(description="What came of an outreach 宣讲填报.")
class ReportOutreachInput:
    outreach_id: strawberry.ID = strawberry.field(description="Which one 宣讲活动.")
    reached: int = strawberry.field(description="People reached 触达人数.")
    questions: int = strawberry.field(description="Questions that they had 咨询数.")


@strawberry.input(description="An outreach that will not be held 取消宣讲.")
class CancelOutreachInput:
    outreach_id: strawberry.ID = strawberry.field(description="Which one 宣讲活动.")
    reason: str = strawberry.field(description="Why 取消原因.")


async def _outreach(info: Info, do: Callable[[Work], Awaitable[UUID]]) -> Outreach:
    return await row_of(info, Outreach, do)


@strawberry.type
class OutreachMutation:
    @mutation("Plan to tell people what there is for them 计划宣讲.", Permission.OUTREACH_HOLD)
    async def plan_outreach(
        self,
        info: Info,
        input: Annotated[PlanOutreachInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Outreach:
        plan = Plan(
            area_id=as_uuid(input.area_id, ("input", "areaId")),
            kind=input.kind,
            place=input.place.strip(),
            starts_on=input.starts_on,
            ends_on=input.ends_on or input.starts_on,
            codes=tuple(dict.fromkeys(code.strip() for code in input.codes)),
            audience=input.audience,
            care_needs=tuple(dict.fromkeys(input.care_needs)),
        )
        return await _outreach(info, lambda work: service.plan_outreach(work, plan))

    @mutation("Report what came of an outreach, once 填报宣讲.", Permission.OUTREACH_HOLD)
    async def report_outreach(
        self,
        info: Info,
        input: Annotated[ReportOutreachInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Outreach:
        outreach_id = as_uuid(input.outreach_id, ("input", "outreachId"))
        return await _outreach(
            info,
            lambda work: service.report_outreach(
                work, outreach_id=outreach_id, reached=input.reached, questions=input.questions
            ),
        )

    @mutation("Cancel an outreach, until its first day is over 取消宣讲.", Permission.OUTREACH_HOLD)
    async def cancel_outreach(
        self,
        info: Info,
        input: Annotated[CancelOutreachInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Outreach:
        outreach_id = as_uuid(input.outreach_id, ("input", "outreachId"))
        return await _outreach(
            info,
            lambda work: service.cancel_outreach(work, outreach_id=outreach_id, reason=input.reason),
        )
