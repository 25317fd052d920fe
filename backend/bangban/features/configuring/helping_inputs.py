"""Inputs of what helpers do and what people are given on paper, as the sections of ``district.yaml`` have it."""

from __future__ import annotations

import strawberry
from strawberry import UNSET

from bangban.features.configuring.presenting_inputs import TextInput
from bangban.features.profiles.enums import OrderKind, SignatureRule
from bangban.kernel.levels import AreaLevel


@strawberry.input(description="A kind of order on offer 帮办单类型.")
class OrderKindInput:
    kind: OrderKind = strawberry.field(description="Which kind 类型.")
    name: TextInput | None = strawberry.field(default=None, description="Its name here 名称.")
    claim_minutes: int | None = strawberry.field(
        default=None, description="Until one that nobody took falls to the next level 认领时限(分钟)."
    )
    falls_to: list[AreaLevel] | None = strawberry.field(
        default=None, description="Levels that are asked, the deepest first; all if left out 派单层级."
    )


@strawberry.input(
    description="Orders that helpers take; null is as usual, what is left out stays 帮办单设置."
)
class OrdersSettingsInput:
    kinds: list[OrderKindInput] | None = strawberry.field(
        default=UNSET, description="The kinds on offer, all of them 帮办单类型."
    )
    load_limit: int | None = strawberry.field(
        default=UNSET, description="Orders in hand with which nobody takes another 在办上限."
    )
    open_limit: int | None = strawberry.field(
        default=UNSET, description="Open orders with which no resident places another 群众未办结帮办单上限."
    )
    required_training: list[str] | None = strawberry.field(
        default=UNSET,
        description="Codes of items that only the trained may help with, all of them 须培训事项.",
    )
    training_for_cases: bool | None = strawberry.field(
        default=UNSET, description="Whether that goes for their cases, too 办件是否须培训."
    )
    volunteer_training: bool | None = strawberry.field(
        default=UNSET, description="Whether volunteers attend a training first 志愿者是否须培训."
    )
    reach_km: int | None = strawberry.field(
        default=UNSET, description="Kilometres from a location to the nearest area at most 定位范围(公里)."
    )
    signature: SignatureRule | None = strawberry.field(
        default=UNSET, description="When a task at the door ends with a signature 上门签收要求."
    )
    card_address: str | None = strawberry.field(
        default=UNSET, description="The address behind which a service card's code stands 服务卡网址."
    )


@strawberry.input(description="Which matters usually follow one 后续事项.")
class NextStepsInput:
    service_code: str = strawberry.field(description="The matter 事项编码.")
    next: list[str] = strawberry.field(description="Codes of those that follow, ten at most 后续事项编码.")


@strawberry.input(
    description="How often the contact book is looked over; null is as usual, what is left out stays 通讯录设置."
)
class ContactsSettingsInput:
    contact_days: int | None = strawberry.field(
        default=UNSET, description="Days after which an unseen entry is stale 核对周期(天)."
    )
    remind_days: int | None = strawberry.field(
        default=UNSET, description="Days before an entry's end on which its lead is reminded 提前提醒天数."
    )


@strawberry.input(
    description="What may be recorded of online steps for residents; null is as usual 代操作记录设置."
)
class ProxySettingsInput:
    fields: list[str] | None = strawberry.field(
        default=UNSET, description="Names of fields that are filled in, all of them 填写项名称."
    )
    shown: list[str] | None = strawberry.field(
        default=UNSET, description="Names of what residents are shown, all of them 展示内容."
    )
    apps: list[str] | None = strawberry.field(
        default=UNSET, description="Apps and pages that are used, all of them 应用."
    )
    consent_hours: int | None = strawberry.field(
        default=UNSET, description="Hours for which a consent holds 同意有效小时数."
    )


@strawberry.input(
    description="Addresses of the portal's that papers print; null is none, what is left out stays 凭证设置."
)
class ReceiptsSettingsInput:
    check_address: str | None = strawberry.field(
        default=UNSET, description="Where a paper is checked; {code} is its code 验真网址."
    )
    service_page: str | None = strawberry.field(
        default=UNSET, description="A matter's page; {code} is its code 事项网址."
    )
