"""Areas in the API: what can be done. Each mutation is one transaction; resolvers only translate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Protocol, cast
from uuid import UUID

import strawberry
from sqlalchemy import Uuid

from bangban.features.areas import service
from bangban.features.areas.graphql import Area
from bangban.features.areas.grids import GRIDS, GridWish, add_grids, grids_of
from bangban.features.areas.imports import (
    AreaFileFormat,
    Imported,
    extent_of,
    import_area_file,
    import_divisions,
    read_area_file,
)
from bangban.features.areas.inputs import (
    AddAreaInput,
    AddGridsInput,
    ImportAreasInput,
    ImportOfficialAreasInput,
    MoveAreaInput,
    RenameAreaInput,
    RestoreAreaInput,
    RetireAreaInput,
)
from bangban.features.areas.lists import Divisions
from bangban.features.areas.results import AreaImport, area_import, stored_import
from bangban.features.areas.rules import AreaNode
from bangban.features.files.reading import read_table
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import answer_of, once
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.sheets import LineFault
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


class AreaServices(Protocol):
    """What these resolvers need of the process."""

    @property
    def divisions(self) -> Divisions: ...


async def area_answer(info: Info, do: Callable[[Work], Awaitable[AreaNode]]) -> Area:
    """Do it, and read the area back."""
    answer = await answer_of(
        info,
        do,
        where=lambda rows: rows.c.id == rows.request.bind("area_id", Uuid()),
        tag="area-by-id",
        values=lambda area: {"area_id": area.id},
    )
    return cast("Area", answer)


async def _import(info: Info, do: Callable[[Work], Awaitable[Imported]]) -> AreaImport:
    async def as_json(_: Work, done: Imported) -> str:
        return stored_import(done)

    return area_import(await once(info.context, do, as_json), info.context.language)


def _id(given: strawberry.ID, name: str) -> UUID:
    return as_uuid(given, ("input", name))


@strawberry.type
class AreaMutation:
    @mutation("Import the area tree from a file 导入区域.", Permission.AREA_MANAGE)
    async def import_areas(self, info: Info, input: Annotated[ImportAreasInput, _INPUT]) -> AreaImport:  # noqa: A002 - the contract's name
        sheet = await read_area_file(
            input.file.content, name=input.file.name, format=input.format or AreaFileFormat.AUTO
        )
        return await _import(
            info,
            lambda work: import_area_file(
                work,
                sheet,
                division_code=input.division_code,
                retire_missing=bool(input.retire_missing),
                apply=bool(input.apply),
            ),
        )

    @mutation("Import towns and villages of the published list 导入统计用区划.", Permission.AREA_MANAGE)
    async def import_official_areas(
        self,
        info: Info,
        input: Annotated[ImportOfficialAreasInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> AreaImport:
        extent = extent_of(info.context.get_district().division_code, input.division_code)
        services = cast("AreaServices", info.context.services)
        rows = await services.divisions.of(extent.prefix)
        return await _import(
            info,
            lambda work: import_divisions(
                work, rows, extent, retire_missing=bool(input.retire_missing), apply=bool(input.apply)
            ),
        )

    @mutation("Add an area, such as a park or a management centre 新增区域.", Permission.AREA_MANAGE)
    async def add_area(self, info: Info, input: Annotated[AddAreaInput, _INPUT]) -> Area:  # noqa: A002 - the contract's name
        parent_id = _id(input.parent_id, "parentId")
        return await area_answer(
            info,
            lambda work: service.add_area(
                work,
                parent_id=parent_id,
                name=input.name,
                level=input.kind.level,
                kind=input.kind,
                code=input.code,
                full_name=input.full_name,
            ),
        )

    @mutation("Rename an area 区域更名.", Permission.AREA_MANAGE)
    async def rename_area(self, info: Info, input: Annotated[RenameAreaInput, _INPUT]) -> Area:  # noqa: A002 - the contract's name
        area_id = _id(input.area_id, "areaId")
        return await area_answer(
            info,
            lambda work: service.rename_area(
                work, area_id=area_id, name=input.name, full_name=input.full_name
            ),
        )

    @mutation("Put an area under another, with all below it 变更上级区域.", Permission.AREA_MANAGE)
    async def move_area(self, info: Info, input: Annotated[MoveAreaInput, _INPUT]) -> Area:  # noqa: A002 - the contract's name
        area_id, to_parent_id = _id(input.area_id, "areaId"), _id(input.to_parent_id, "toParentId")
        return await area_answer(
            info, lambda work: service.move_area(work, area_id=area_id, to_parent_id=to_parent_id)
        )

    @mutation("Put an area out of use; its cases keep it 停用区域.", Permission.AREA_MANAGE)
    async def retire_area(self, info: Info, input: Annotated[RetireAreaInput, _INPUT]) -> Area:  # noqa: A002 - the contract's name
        area_id = _id(input.area_id, "areaId")
        return await area_answer(info, lambda work: service.retire_area(work, area_id=area_id))

    @mutation("Use a retired area again 恢复区域.", Permission.AREA_MANAGE)
    async def restore_area(self, info: Info, input: Annotated[RestoreAreaInput, _INPUT]) -> Area:  # noqa: A002 - the contract's name
        area_id = _id(input.area_id, "areaId")
        return await area_answer(info, lambda work: service.restore_area(work, area_id=area_id))

    @mutation("Add grids and micro-grids in bulk 批量新增网格.", Permission.AREA_MANAGE)
    async def add_grids(self, info: Info, input: Annotated[AddGridsInput, _INPUT]) -> AreaImport:  # noqa: A002 - the contract's name
        wishes = [
            GridWish(number, each.parent, each.suffix, each.name)
            for number, each in enumerate(input.grids or (), 1)
        ]
        faults: tuple[LineFault, ...] = ()
        if input.file is not None:
            sheet = await read_table(input.file.content, name=input.file.name, columns=GRIDS)
            wishes, faults = wishes + grids_of(sheet), sheet.faults
        return await _import(
            info, lambda work: add_grids(work, wishes, faults=faults, apply=bool(input.apply))
        )
