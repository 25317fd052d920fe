"""Merging and splitting areas in the API."""

from __future__ import annotations

from typing import Annotated, cast

import strawberry
from sqlalchemy import Uuid, any_
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.areas.graphql import Area
from bangban.features.areas.tables import AreaRow
from bangban.features.areas.writing import area_answer
from bangban.features.boundaries.service import NewPart, merge_areas, split_area
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import answer_of
from bangban.kernel.planner.fields import many, same_row
from bangban.kernel.planner.parameters import as_uuid, as_uuids
from bangban.kernel.planner.reads import reads
from bangban.kernel.planner.sources import Pick, Rows

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.input(description="Areas that become part of another 合并区域.")
class MergeAreasInput:
    area_ids: list[strawberry.ID] = strawberry.field(description="The areas that go 被并入的区域.")
    into_id: strawberry.ID = strawberry.field(description="The area that they become part of 并入的区域.")


@strawberry.input(description="One of the areas that a split makes 拆分后的区域.")
class NewPartInput:
    name: str = strawberry.field(description="Its name 名称.")
    code: str | None = strawberry.field(default=None, description="Division code, if it has one 区划代码.")
    child_ids: list[strawberry.ID] = strawberry.field(
        description="What of the areas below goes to it 归入的下级区域."
    )


@strawberry.input(description="An area to split 拆分区域.")
class SplitAreaInput:
    area_id: strawberry.ID = strawberry.field(description="The area 区域.")
    into: list[NewPartInput] = strawberry.field(
        description="The new areas; the first takes over teams and open cases 拆分后的各区域."
    )


def _into(rows: Rows) -> Pick:
    made = rows.c.id == any_(rows.request.bind("into_ids", ARRAY(Uuid())))
    return Pick(made, (rows.c.position, rows.c.id))


@reads(AreaRow)
@strawberry.type(description="What a split made 拆分结果.")
class AreaSplit:
    area: Area = same_row("The area that was split, out of use now 被拆分的区域.")
    into: list[Area] = many("The areas in its place 拆分后的区域.", _into)


@strawberry.type
class BoundaryMutation:
    @mutation("Merge areas into another, with all that follows 合并区域.", Permission.AREA_MANAGE)
    async def merge_areas(self, info: Info, input: Annotated[MergeAreasInput, _INPUT]) -> Area:  # noqa: A002 - the contract's name
        area_ids = as_uuids(input.area_ids, ("input", "areaIds"))
        into_id = as_uuid(input.into_id, ("input", "intoId"))
        return await area_answer(info, lambda work: merge_areas(work, area_ids=area_ids, into_id=into_id))

    @mutation("Split an area into new ones, with all that follows 拆分区域.", Permission.AREA_MANAGE)
    async def split_area(self, info: Info, input: Annotated[SplitAreaInput, _INPUT]) -> AreaSplit:  # noqa: A002 - the contract's name
        area_id = as_uuid(input.area_id, ("input", "areaId"))
        parts = [
            NewPart(
                each.name,
                each.code,
                as_uuids(each.child_ids, ("input", "into", str(index), "childIds")),
            )
            for index, each in enumerate(input.into)
        ]
        answer = await answer_of(
            info,
            lambda work: split_area(work, area_id=area_id, into=parts),
            where=lambda rows: rows.c.id == rows.request.bind("area_id", Uuid()),
            tag="split-area",
            values=lambda split: {"area_id": split.area.id, "into_ids": list(split.into)},
        )
        return cast("AreaSplit", answer)
