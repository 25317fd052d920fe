"""Areas in the API."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from sqlalchemy import Select, Text, and_, cast, func, select, true

from bangban.features.areas.tables import AreaRow
from bangban.features.areas.values import AreaKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.base import LTree
from bangban.kernel.graphql.enums import describe
from bangban.kernel.levels import AreaLevel
from bangban.kernel.planner.elements import tables_of
from bangban.kernel.planner.fields import column, many, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows

describe(
    AreaLevel,
    "Level of an area, from the county down 层级.",
    {
        AreaLevel.COUNTY: "County, county-level city, urban district or zone 县级.",
        AreaLevel.TOWN: "Town, street, park or management centre 镇街级.",
        AreaLevel.VILLAGE: "Village or community 村居级.",
        AreaLevel.GRID: "Grid 网格.",
        AreaLevel.MICRO_GRID: "Micro-grid 微网格.",
    },
)
describe(
    AreaKind,
    "Kind of area 区域类型.",
    {
        AreaKind.COUNTY: "County, county-level city or urban district 县、市、区.",
        AreaKind.ZONE: "Development zone at county level 功能区.",
        AreaKind.STREET: "Street 街道.",
        AreaKind.TOWN: "Town 镇.",
        AreaKind.TOWNSHIP: "Township 乡.",
        AreaKind.PARK: "Park 园区.",
        AreaKind.MANAGEMENT_CENTRE: "Management and service centre 管理中心.",
        AreaKind.VILLAGE: "Village 村.",
        AreaKind.COMMUNITY: "Community 社区.",
        AreaKind.GRID: "Grid 网格.",
        AreaKind.MICRO_GRID: "Micro-grid 微网格.",
    },
)


def containing_path(upper: Any, lower: Any) -> Predicate:
    """Whether path ``upper`` is ``lower`` or above it."""
    return upper.op("OPERATOR(ext.@>)", is_comparison=True)(lower)


def areas_under(root_id: Any) -> Select[Any]:
    """The ids of the areas in the subtree of the area ``root_id``, itself included."""
    area, root = AreaRow.__table__.alias("inner_area"), AreaRow.__table__.alias("outer_area")
    joined = area.join(root, containing_path(root.c.path, area.c.path))
    under = select(area.c.id).select_from(joined).where(root.c.id == root_id)
    around = tables_of(root_id)
    return under.correlate(*around) if around else under


def areas_within(paths: Any) -> Select[Any]:
    """The ids of the areas in the subtrees ``paths``, each once: granted paths do not cover one another."""
    area = AreaRow.__table__.alias("granted_area")
    path = func.unnest(paths, type_=LTree()).column_valued("granted_path")
    return select(area.c.id).where(containing_path(path, area.c.path))


def in_subtree(area_id: Any, root_id: Any) -> Predicate:
    """Whether the area ``area_id`` lies in the subtree of the area ``root_id``, itself included."""
    return area_id.in_(areas_under(root_id))


def within_paths(area_id: Any, paths: Any) -> Predicate:
    """Whether the area ``area_id`` lies in one of the subtrees ``paths``: the guard of rows that have an area."""
    return area_id.in_(areas_within(paths))


def containing(search: Any, *columns: Any) -> Predicate:
    """Whether one of ``columns`` contains the words of ``search``, letter by letter, whatever their case."""
    escaped = func.replace(func.replace(func.replace(search, "\\", "\\\\"), "%", "\\%"), "_", "\\_")
    pattern = func.concat("%", escaped, "%")
    tests = [each.ilike(pattern) for each in columns]
    return tests[0] if len(tests) == 1 else tests[0] | tests[1]


def _by_position(rows: Rows) -> Order:
    return Order("position", (rows.c.position, rows.c.id))


def _children(root: Rows) -> Listing:
    return Listing(_by_position(root), (root.c.parent_id == root.parent.id, root.c.retired_on.is_(None)))


def _ancestors(rows: Rows) -> Pick:
    above = and_(containing_path(rows.c.path, rows.parent.path), rows.c.id != rows.parent.id)
    return Pick(above, (func.ext.nlevel(rows.c.path),))


@reads(AreaRow)
@strawberry.type(description="A node of the district's area tree 区域.")
class Area:
    id: strawberry.ID = column("Identifier 标识.")
    code: str | None = column("Division code, if the area has one 区划代码.")
    key: str = column("Key that never changes, by which points and lists name the area 键.")
    name: str = column("Name as people say it 名称.")
    full_name: str = column("Full official name 全称.")
    level: AreaLevel = column("Level in the tree 层级.")
    kind: AreaKind = column("Kind of area 区域类型.")
    longitude: float | None = column("Degrees east, WGS-84, of where most of its people live 经度.")
    latitude: float | None = column("Degrees north, WGS-84, of the same place 纬度.")
    population: int | None = column("How many people live there 人口.")
    retired: bool = column(
        "Whether the area no longer exists 是否已撤销.", lambda r: r.c.retired_on.is_not(None)
    )
    parent: Area | None = one("The area above 上级区域.", lambda r: r.c.id == r.parent.parent_id)
    ancestors: list[Area] = many("All areas above, the county first 各上级区域.", _ancestors)
    children: Connection[Area] = paged("The areas below 下级区域.", _children)


def _one_area(
    root: Rows,
    id: Annotated[strawberry.ID | None, strawberry.argument(description="Its identifier 标识.")] = None,  # noqa: A002 - the contract's name
    code: Annotated[str | None, strawberry.argument(description="Its division code 区划代码.")] = None,
) -> Predicate:
    tests = [root.c.id == id] if id is not None else []
    if code is not None:
        tests.append(root.c.code == code)
    return and_(*tests) if tests else ~true()


def _areas(
    root: Rows,
    under: Annotated[
        strawberry.ID | None, strawberry.argument(description="Only the subtree below this area 上级区域.")
    ] = None,
    level: Annotated[AreaLevel | None, strawberry.argument(description="Only this level 层级.")] = None,
    search: Annotated[str | None, strawberry.argument(description="Part of the name 名称片段.")] = None,
) -> Listing:
    where: list[Predicate] = [root.c.retired_on.is_(None)]
    if under is not None:
        where += [in_subtree(root.c.id, under), root.c.id != under]
    if level is not None:
        where.append(root.c.level == level.value)
    if search is not None:
        where.append(containing(search, root.c.name, root.c.full_name))
    return Listing(Order("tree", (cast(root.c.path, Text()), root.c.id)), tuple(where))


@strawberry.type
class AreaQuery:
    area: Area | None = one(
        "One area, by identifier or division code 区域.", _one_area, requires=Permission.AREA_READ
    )
    areas: Connection[Area] = paged(
        "Areas in the order of the tree 区域列表.", _areas, requires=Permission.AREA_READ
    )
