"""What area mutations take."""

from __future__ import annotations

import strawberry

from bangban.features.areas.imports import AreaFileFormat
from bangban.features.areas.values import AreaKind
from bangban.features.files.graphql import FileInput
from bangban.kernel.graphql.enums import describe

_AREA = "The area 区域."
_APPLY = "Import it; else only tell what it would change 是否导入,默认只预览."

describe(
    AreaFileFormat,
    "What kind of file of areas it is 区域文件格式.",
    {
        AreaFileFormat.AUTO: "Told by its header 按表头判断.",
        AreaFileFormat.TREE: "A table of areas of any level, each with the one above 区域表.",
        AreaFileFormat.OFFICIAL: "The published list of divisions: streets.csv or villages.csv 统计用区划代码表.",
    },
)


@strawberry.input(description="A file of areas 区域文件.")
class ImportAreasInput:
    file: FileInput = strawberry.field(description="CSV or XLSX 文件.")
    format: AreaFileFormat | None = strawberry.field(
        default=AreaFileFormat.AUTO, description="What kind of file it is 文件格式."
    )
    division_code: str | None = strawberry.field(
        default=None,
        description="Of the published list take this county or town only, 6 or 9 digits 只导入该区划.",
    )
    retire_missing: bool | None = strawberry.field(
        default=False,
        description="Put areas out of use that the file should name and does not 停用未列出的区域.",
    )
    apply: bool | None = strawberry.field(default=False, description=_APPLY)


@strawberry.input(description="Towns and villages of the published list 导入统计用区划.")
class ImportOfficialAreasInput:
    division_code: str | None = strawberry.field(
        default=None, description="County or town, 6 or 9 digits; the district's own if left out 区划代码."
    )
    retire_missing: bool | None = strawberry.field(
        default=False, description="Put areas out of use that the list no longer has 停用名单中已没有的区域."
    )
    apply: bool | None = strawberry.field(default=False, description=_APPLY)


@strawberry.input(description="A new area 新区域.")
class AddAreaInput:
    parent_id: strawberry.ID = strawberry.field(description="The area above 上级区域.")
    name: str = strawberry.field(description="Name as people say it 名称.")
    kind: AreaKind = strawberry.field(description="Kind, which tells the level 区域类型.")
    code: str | None = strawberry.field(default=None, description="Division code, if it has one 区划代码.")
    full_name: str | None = strawberry.field(default=None, description="Full official name 全称.")


@strawberry.input(description="Another name for an area 区域更名.")
class RenameAreaInput:
    area_id: strawberry.ID = strawberry.field(description=_AREA)
    name: str = strawberry.field(description="Name as people say it 名称.")
    full_name: str | None = strawberry.field(default=None, description="Full official name 全称.")


@strawberry.input(description="Another place for an area, with all below it 变更上级区域.")
class MoveAreaInput:
    area_id: strawberry.ID = strawberry.field(description=_AREA)
    to_parent_id: strawberry.ID = strawberry.field(description="The area above from now on 新的上级区域.")


@strawberry.input(description="An area to put out of use from today 停用区域.")
class RetireAreaInput:
    area_id: strawberry.ID = strawberry.field(description=_AREA)


@strawberry.input(description="An area to use again 恢复区域.")
class RestoreAreaInput:
    area_id: strawberry.ID = strawberry.field(description=_AREA)


@strawberry.input(description="A grid or micro-grid 网格或微网格.")
class GridInput:
    parent: str = strawberry.field(
        description="Code, key or name of its village; of its grid, for a micro-grid 所属村居或网格."
    )
    suffix: str = strawberry.field(description="Its number: 3 digits for a grid, 2 for a micro-grid 编号.")
    name: str | None = strawberry.field(
        default=None, description="Name; made of the number if left out 名称."
    )


@strawberry.input(description="Grids and micro-grids, as a list or a file 批量新增网格.")
class AddGridsInput:
    grids: list[GridInput] | None = strawberry.field(
        default_factory=list, description="The grids; a grid may stand before its micro-grids 网格列表."
    )
    file: FileInput | None = strawberry.field(
        default=None, description="CSV or XLSX with parent, suffix and name 文件."
    )
    apply: bool | None = strawberry.field(default=False, description=_APPLY)
