"""What mutations of orders take."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import strawberry

from bangban.features.cases.enums import Grade
from bangban.features.cases.inputs import PapersInput
from bangban.features.orders.enums import OrderKind, OrderStep

_NUMBER = "The order's number 帮办单编号."


@strawberry.input(description="A new order 下单.")
class PlaceOrderInput:
    kind: OrderKind = strawberry.field(description="What is asked for 类型.")
    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="Where help is wanted; the case's area if left out 区域."
    )
    note: str | None = strawberry.field(default=None, description="What is wanted 需求说明.")
    address: str | None = strawberry.field(
        default=None, description="The door, needed for PICKUP and DELIVERY 上门地址."
    )
    longitude: float | None = strawberry.field(
        default=None, description="Longitude of the place, WGS-84 degrees 经度."
    )
    latitude: float | None = strawberry.field(
        default=None, description="Latitude of the place, WGS-84 degrees 纬度."
    )
    window_from: datetime | None = strawberry.field(
        default=None, description="Beginning of the agreed window 约定开始时间."
    )
    window_until: datetime | None = strawberry.field(
        default=None, description="End of the agreed window 约定结束时间."
    )
    service_code: str | None = strawberry.field(default=None, description="The matter it is about 事项编码.")
    case_number: str | None = strawberry.field(
        default=None, description="The case it is about, needed for CASE 办件编号."
    )
    phone: str | None = strawberry.field(
        default=None, description="Whose order it is, when staff place it; of nobody else 群众电话."
    )
    visit_id: strawberry.ID | None = strawberry.field(
        default=None, description="With PICKUP and DELIVERY: the visit to which it was proposed 到访."
    )
    fee: Decimal | None = strawberry.field(
        default=None, description="Help is free: anything but zero is refused 帮办免费."
    )


@strawberry.input(description="A claim 认领.")
class ClaimOrderInput:
    number: str = strawberry.field(description=_NUMBER)


@strawberry.input(description="An assignment by a dispatcher 指派.")
class AssignOrderInput:
    number: str = strawberry.field(description=_NUMBER)
    to_staff_id: strawberry.ID | None = strawberry.field(
        default=None, description="To whom; chosen by the rules if left out 指派对象."
    )
    reason: str = strawberry.field(description="Reason 理由.")


@strawberry.input(description="Who signed at the door 上门签收.")
class DoorSignatureInput:
    signed_by: str = strawberry.field(description="Name of whoever signed; kept sealed 签收人.")
    file_id: strawberry.ID | None = strawberry.field(
        default=None, description="A picture of the signature among the case's files 签字图片."
    )


@strawberry.input(description="A step on the way 办理进度.")
class ProgressOrderInput:
    number: str = strawberry.field(description=_NUMBER)
    step: OrderStep = strawberry.field(description="What is done 动作.")
    reason: str | None = strawberry.field(
        default=None, description="Needed for FAIL and RELEASE, and when staff cancel 理由."
    )
    window_from: datetime | None = strawberry.field(
        default=None, description="With FAIL: beginning of the next window 下次开始时间."
    )
    window_until: datetime | None = strawberry.field(
        default=None, description="With FAIL: end of the next window 下次结束时间."
    )
    papers: list[PapersInput] = strawberry.field(
        default_factory=list,
        description="With FINISH of a case's PICKUP taken into custody, of its DELIVERY handed over 材料.",
    )
    signature: DoorSignatureInput | None = strawberry.field(
        default=None,
        description="With FINISH of a PICKUP or DELIVERY: who signed; needed as the district decides 签收.",
    )


@strawberry.input(description="A rating of a done order 评价.")
class RateOrderInput:
    number: str = strawberry.field(description=_NUMBER)
    grade: Grade = strawberry.field(description="Grade 等级.")
    comment: str | None = strawberry.field(default=None, description="Anything to say 评价内容.")
