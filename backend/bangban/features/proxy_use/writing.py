"""Proxy use in the API: what can be done (DOMAIN C16)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from bangban.features.proxy_use.graphql import ProxyUse
from bangban.features.proxy_use.rules import Use
from bangban.features.proxy_use.service import record_proxy_use
from bangban.features.proxy_use.values import Consent, ProxyStep
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import row_of
from bangban.kernel.planner.parameters import as_uuid

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.input(
    description="An online step done for a resident; names alone, never what was typed 登记代操作."
)
class RecordProxyUseInput:
    number: str | None = strawberry.field(
        default=None, description="The case; else the matter and its area 办件编号."
    )
    service_code: str | None = strawberry.field(default=None, description="The matter 事项编码.")
    area_id: strawberry.ID | None = strawberry.field(default=None, description="Where 区域.")
    step: ProxyStep = strawberry.field(description="What was done 环节.")
    consent: Consent = strawberry.field(description="How the resident agreed 同意方式.")
    consented_at: datetime = strawberry.field(description="When, in the same visit 同意时间.")
    app: str = strawberry.field(description="The app, out of the district's list 办理渠道.")
    entered: list[str] = strawberry.field(
        default_factory=list,
        description="Fields that were filled in, by names of the district's list 录入字段.",
    )
    shown: list[str] = strawberry.field(
        default_factory=list, description="What was shown, by names of the district's list 展示内容."
    )
    elderly: bool = strawberry.field(
        default=False, description="Whether it was done for an old person 是否老年人."
    )


@strawberry.type
class ProxyUseMutation:
    @mutation("Record an online step done for a resident 登记代操作.", Permission.PROXY_RECORD)
    async def record_proxy_use(
        self,
        info: Info,
        input: Annotated[RecordProxyUseInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> ProxyUse:
        area_id = None if input.area_id is None else as_uuid(input.area_id, ("input", "areaId"))
        use = Use(
            step=input.step,
            consent=input.consent,
            consented_at=input.consented_at,
            app=input.app,
            entered=input.entered,
            shown=input.shown,
        )
        return await row_of(
            info,
            ProxyUse,
            lambda work: record_proxy_use(
                work,
                use,
                number=input.number,
                service_code=input.service_code,
                area_id=area_id,
                elderly=input.elderly,
            ),
        )
