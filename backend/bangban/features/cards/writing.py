"""Service cards in the API: what can be done (DOMAIN C13)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any, Final
from uuid import UUID

import strawberry
from sqlalchemy import Date, Uuid, literal_column, select

from bangban.features.areas.tables import AreaRow
from bangban.features.cards import service
from bangban.features.cards.rules import Behind
from bangban.features.people.tables import StaffRow, TeamRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import once
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


def _published(name: str) -> Any:
    """What stands in the contact book for the unit's first team today (DOMAIN C12)."""
    return (
        select(TeamRow.__table__.c[name])
        .where(TeamRow.area_id == AreaRow.id, TeamRow.contact_until >= Given("today", Date()))
        .order_by(TeamRow.key)
        .limit(literal_column("1"))
        .correlate(AreaRow)
        .scalar_subquery()
        .label(name)
    )


_NAMED: Final = Written(
    select(
        AreaRow.name,
        AreaRow.full_name,
        StaffRow.name.label("helper"),
        _published("office_line"),
        _published("wechat"),
    )
    .outerjoin(StaffRow, StaffRow.id == Given("helper_id", Uuid()))
    .where(AreaRow.id == Given("unit_id", Uuid()))
)


@strawberry.input(description="Cards to be printed 制卡.")
class IssueCardsInput:
    area_id: strawberry.ID = strawberry.field(description="The unit they are of 所属单位.")
    staff_id: strawberry.ID | None = strawberry.field(
        default=None, description="The helper they are made for; else they are the unit's 所属人员."
    )
    batch: str = strawberry.field(description="Name of the batch 批次.")
    count: int = strawberry.field(default=1, description="How many, 200 at most 张数.")


@strawberry.input(description="Cards to be revoked: one by its code, or a batch 作废.")
class RevokeCardsInput:
    code: str | None = strawberry.field(default=None, description="One card 服务卡编码.")
    batch: str | None = strawberry.field(default=None, description="What is left of a batch 批次.")


@strawberry.input(description="A card that was scanned 扫码.")
class ScanCardInput:
    code: str = strawberry.field(description="The code, as it was scanned or typed 服务卡编码.")


@strawberry.type(description="Cards that were touched 服务卡办理结果.")
class ChangedCards:
    ids: list[strawberry.ID] = strawberry.field(description="Identifiers of the cards 标识.")


@strawberry.type(description="Who answers for a card now 服务卡现任负责人.")
class CardHolder:
    area_id: strawberry.ID = strawberry.field(description="Identifier of the unit 单位标识.")
    area: str = strawberry.field(description="The unit 单位.")
    area_full_name: str = strawberry.field(description="The unit with all above it 单位全称.")
    helper: str | None = strawberry.field(
        description="Name of the helper; none where nobody is posted 帮办人."
    )
    phone: str | None = strawberry.field(description="The district's public number 服务电话.")
    office_phone: str | None = strawberry.field(
        description="The unit's phone, as its contact book has it 办公电话."
    )
    wechat: str | None = strawberry.field(
        description="What the unit's WeChat code holds, by its contact book 微信二维码内容."
    )


@strawberry.type
class CardMutation:
    @mutation("Make cards of a unit or of a helper 制发服务卡.", Permission.CARD_MANAGE)
    async def issue_cards(self, info: Info, input: Annotated[IssueCardsInput, _INPUT]) -> ChangedCards:  # noqa: A002 - the contract's name
        area_id = as_uuid(input.area_id, ("input", "areaId"))
        staff_id = None if input.staff_id is None else as_uuid(input.staff_id, ("input", "staffId"))
        found = await once(
            info.context,
            lambda work: service.issue_cards(
                work, area_id=area_id, staff_id=staff_id, batch=input.batch, count=input.count
            ),
            _ids,
        )
        return ChangedCards(**json.loads(found))

    @mutation("Revoke one card or a batch, at once and for good 作废服务卡.", Permission.CARD_MANAGE)
    async def revoke_cards(self, info: Info, input: Annotated[RevokeCardsInput, _INPUT]) -> ChangedCards:  # noqa: A002 - the contract's name
        found = await once(
            info.context,
            lambda work: service.revoke_cards(work, code=input.code, batch=input.batch),
            _ids,
        )
        return ChangedCards(**json.loads(found))

    @mutation(
        "Follow a card to whoever is in charge now; open to everybody 扫码找人.", Permission.CARD_RESOLVE
    )
    async def scan_card(self, info: Info, input: Annotated[ScanCardInput, _INPUT]) -> CardHolder:  # noqa: A002 - the contract's name
        found = await once(info.context, lambda work: service.scan_card(work, code=input.code), _holder)
        return CardHolder(**json.loads(found))


async def _ids(work: Work, ids: Sequence[UUID]) -> str:
    await work.db.flush()
    return json.dumps({"ids": [str(each) for each in ids]})


async def _holder(work: Work, behind: Behind) -> str:
    (named,) = await work.run(_NAMED, unit_id=behind.unit_id, helper_id=behind.helper_id, today=work.today)
    return json.dumps(
        {
            "area_id": str(behind.unit_id),
            "area": named.name,
            "area_full_name": named.full_name,
            "helper": named.helper,
            "phone": work.settings.get("contact_phone"),
            "office_phone": named.office_line,
            "wechat": named.wechat,
        }
    )
