"""Service points and agreements in the API: they name items that the district's catalog has, and no other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, cast

import strawberry
from sqlalchemy import Text

from bangban.features.catalog.service.offered import offered_of
from bangban.features.hall.service.closing import refuse_stranding
from bangban.features.places.graphql import PartnerAgreement, ServicePoint
from bangban.features.places.inputs import SetPartnerAgreementInput, SetServicePointInput
from bangban.features.places.service import put_agreements, put_points
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.placing import refused_in
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import answer_of
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.type
class PlacingMutation:
    @mutation("Add a service point, or make it what it shall be 设置服务点.", Permission.PLACE_MANAGE)
    async def set_service_point(
        self,
        info: Info,
        input: Annotated[SetServicePointInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> ServicePoint:
        draft = input.draft()

        async def do(work: Work) -> str:
            work.grants.require(Permission.PLACE_MANAGE)
            offered = await offered_of(work, codes=draft.named_codes, themes=draft.named_themes)
            with refused_in(input, names={"hours": "opening_hours"}):
                await put_points(work, [draft], offered=offered)
            await refuse_stranding(work, key=draft.key)
            return draft.key

        return cast("ServicePoint", await _by_key(info, do, "point-by-key"))

    @mutation("Make a partner's agreement what it shall be 设置合作协议.", Permission.PLACE_MANAGE)
    async def set_partner_agreement(
        self,
        info: Info,
        input: Annotated[SetPartnerAgreementInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> PartnerAgreement:
        draft = input.draft()

        async def do(work: Work) -> str:
            work.grants.require(Permission.PLACE_MANAGE)
            offered = await offered_of(work, codes=draft.service_codes)
            with refused_in(input):
                await put_agreements(work, [draft], offered=offered)
            return draft.key

        return cast("PartnerAgreement", await _by_key(info, do, "agreement-by-key"))


async def _by_key(info: Info, do: Callable[[Work], Awaitable[str]], tag: str) -> object:
    return await answer_of(
        info,
        do,
        where=lambda rows: rows.c.key == rows.request.bind("written_key", Text()),
        tag=tag,
        values=lambda key: {"written_key": key},
    )
