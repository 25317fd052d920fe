"""Setting a district up, in the API. Each mutation is one transaction in the district; then the registry is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, cast

import strawberry
from sqlalchemy import true

from bangban.features.configuring import readiness, service
from bangban.features.configuring.inputs import ConfigureDistrictInput, SetLevelsInput, changes_in, names_in
from bangban.features.configuring.mirroring import mirror, open_district, try_now
from bangban.features.districts.graphql import District
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.faulty import Place, PlacedFault
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.placing import refused_in
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import answer_of
from bangban.kernel.tenancy.tables import DistrictStatus, ProfileRow
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


async def _district(info: Info, do: Callable[[Work], Awaitable[Any]], **values: Any) -> District:
    answer = await answer_of(
        info,
        do,
        where=lambda _: true(),  # the profile has one row
        tag="own-district",
        values=lambda _: values,
        table=ProfileRow,
    )
    return cast("District", answer)


def _there(fault: PlacedFault) -> Place:
    """Settings stand where the input has them; their faults say so in words of their own."""
    return fault.place


@strawberry.type
class ConfiguringMutation:
    @mutation("Change settings of the district 配置地区.", Permission.DISTRICT_CONFIGURE)
    async def configure_district(
        self,
        info: Info,
        input: Annotated[ConfigureDistrictInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> District:
        changes = changes_in(input)
        with refused_in(input, where=_there):
            answer = await _district(info, lambda work: service.configure_district(work, changes))
        await _copied(info, changes)
        return answer

    @mutation("Choose the levels in use and their names 设置层级.", Permission.DISTRICT_CONFIGURE)
    async def set_levels(
        self,
        info: Info,
        input: Annotated[SetLevelsInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> District:
        names = names_in(input.names)
        with refused_in(input, where=_there):
            answer = await _district(
                info, lambda work: service.set_levels(work, levels=input.levels, names=names)
            )
        await _copied(info, {"levels"})
        return answer

    @mutation(
        "Open the district to everybody, once every required check passes 上线.",
        Permission.DISTRICT_CONFIGURE,
    )
    async def go_live(self, info: Info) -> District:
        context = info.context
        answer = await _district(info, readiness.go_live, district_status=DistrictStatus.LIVE.value)
        slug = context.get_district().slug
        await try_now(open_district(context.services.tenancy, slug), slug=slug)
        return answer


async def _copied(info: Info, names: Any) -> None:
    """The registry's copy, at once where that is possible; the outbox makes it otherwise."""
    context = info.context
    slug = context.get_district().slug
    await try_now(mirror(context.services.tenancy, slug, frozenset(names)), slug=slug)
