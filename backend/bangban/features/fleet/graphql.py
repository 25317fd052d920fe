"""Where the districts' schemas stand, in the API, for operators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy import ColumnElement, Text, and_, case, func, literal, select, true
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from bangban.features.areas.graphql import containing
from bangban.features.fleet.values import FleetStatus
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.enums import describe
from bangban.kernel.planner.fields import column, many, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, RequestParameters, Rows
from bangban.kernel.tenancy.fleet.tables import FindingKind, FleetFindingRow
from bangban.kernel.tenancy.fleet.trouble import Trouble
from bangban.kernel.tenancy.tables import DistrictRow

describe(
    FleetStatus,
    "Where a district's schema stands, seen from this release 地区库状态.",
    {
        FleetStatus.CURRENT: "At this release's revision 已是最新.",
        FleetStatus.LAGGING: "At an older revision 落后.",
        FleetStatus.FAILED: "At an older revision, since a migration failed 迁移失败.",
        FleetStatus.AHEAD: "Moved by a newer release 版本较新.",
    },
)
describe(
    Trouble,
    "Kind of a migration's failure 迁移失败类别.",
    {
        Trouble.LOCK_TIMEOUT: "Others held a table for too long 等待锁超时.",
        Trouble.STATEMENT_TIMEOUT: "A statement took too long 语句超时.",
        Trouble.LOST_RACE: "Others changed the same again and again 并发冲突.",
        Trouble.DATA: "The district's rows do not fit 数据不符.",
        Trouble.REFUSED: "The database refused it 数据库拒绝.",
        Trouble.INTERNAL: "A fault of the migration's 迁移程序错误.",
    },
    name="MigrationProblem",
)


def _has_failed(c: Any) -> ColumnElement[bool]:
    """Whether a migration failed in the district where it stands now."""
    note = FleetFindingRow.__table__.alias()
    return (
        select(literal(1))
        .where(
            note.c.slug == c.slug, note.c.kind == FindingKind.MIGRATION.value, note.c.revision == c.revision
        )
        .correlate(c.slug.table)
        .exists()
    )


def _status_of(c: Any, request: RequestParameters) -> ColumnElement[str]:
    head, known = request.bind("fleet_head", Text()), request.bind("fleet_known", ARRAY(Text()))
    return case(
        (c.revision == head, literal(FleetStatus.CURRENT.value, Text())),
        (c.revision != func.all(known), literal(FleetStatus.AHEAD.value, Text())),
        (_has_failed(c), literal(FleetStatus.FAILED.value, Text())),
        else_=literal(FleetStatus.LAGGING.value, Text()),
    )


@reads()
@strawberry.type(description="One object of a district's schema that is not as it should be 结构差异.")
class StructureDifference:
    kind: str = column("Kind of object, such as index 对象类型.", lambda r: r.c.value["kind"].astext)
    object: str = column("Its name 对象.", lambda r: r.c.value["object"].astext)
    expected: str | None = column(
        "What it should be; null where it should not be there 应为.", lambda r: r.c.value["expected"].astext
    )
    found: str | None = column(
        "What it is; null where it is not there 实为.", lambda r: r.c.value["found"].astext
    )


def _items(rows: Rows) -> Pick:
    listed = func.jsonb_array_elements(rows.parent["items"]).table_valued(sql_column("value", JSONB))
    drawn = listed.render_derived(name="difference")
    order = (drawn.c.value["kind"].astext.collate("C"), drawn.c.value["object"].astext.collate("C"))
    return Pick(true(), order, drawn=drawn)


@reads(FleetFindingRow, platform=True)
@strawberry.type(description="A migration that failed in a district 迁移失败.")
class MigrationFailure:
    revision: str = column("The revision at which the district stayed 停留版本.")
    problem: Trouble = column(
        "Kind of failure 失败类别.",
        # The column is for findings of drift too, which have none.
        lambda r: func.coalesce(r.c.problem, literal(Trouble.INTERNAL.value, Text())),
    )
    tries: int = column("How often it was tried 尝试次数.")
    at: datetime = column("When it failed last 时间.")


@reads(FleetFindingRow, platform=True)
@strawberry.type(description="A check that found a district's schema other than it should be 结构出入.")
class StructureDrift:
    revision: str = column("The revision that it was compared with 比对版本.")
    at: datetime = column("When it was found 时间.")
    differences: list[StructureDifference] = many("Object by object, the first two hundred 逐项差异.", _items)


def _finding(kind: FindingKind, rows: Rows) -> Predicate:
    return and_(rows.c.slug == rows.parent.slug, rows.c.kind == kind.value)


def _failed(rows: Rows) -> Predicate:
    return and_(_finding(FindingKind.MIGRATION, rows), rows.c.revision == rows.parent.revision)


@reads(DistrictRow, platform=True)
@strawberry.type(description="A district's place in the fleet 地区库.")
class FleetDistrict:
    slug: strawberry.ID = column("The district 地区标识.")
    name: str = column("Its name 名称.")
    revision: str = column("The revision at which its schema stands 库版本.")
    head: str = column(
        "The revision of this release 本系统版本.", lambda r: r.request.bind("fleet_head", Text())
    )
    status: FleetStatus = column("Where it stands 状态.", lambda r: _status_of(r.c, r.request))
    failure: MigrationFailure | None = one("Why it does not move, if it does not 迁移失败.", _failed)
    drift: StructureDrift | None = one(
        "What is other than it should be, as of the last check 结构出入.",
        lambda r: _finding(FindingKind.DRIFT, r),
    )


@reads()
@strawberry.type(description="How many districts stand at a revision 版本计数.")
class RevisionCount:
    revision: str = column("Revision 版本.")
    districts: int = column("Districts at it 地区数.")


def _revisions(rows: Rows) -> Pick:  # noqa: ARG001 - of the whole platform
    district = DistrictRow.__table__.alias()
    counted = (
        select(district.c.revision, func.count().label("districts"))
        .group_by(district.c.revision)
        .subquery("counted")
    )
    return Pick(true(), (counted.c.revision,), drawn=counted)


def _count(status: FleetStatus | None = None) -> Any:
    def counted(rows: Rows) -> ColumnElement[int]:
        district = DistrictRow.__table__.alias()
        found = select(func.count()).select_from(district)
        if status is not None:
            found = found.where(_status_of(district.c, rows.request) == status.value)
        return found.scalar_subquery()

    return counted


def _drifted(rows: Rows) -> ColumnElement[int]:  # noqa: ARG001 - of the whole platform
    note = FleetFindingRow.__table__.alias()
    return (
        select(func.count()).select_from(note).where(note.c.kind == FindingKind.DRIFT.value).scalar_subquery()
    )


@reads(platform=True)
@strawberry.type(description="All districts' schemas, counted 地区库总览.")
class Fleet:
    head: str = column(
        "The revision of this release 本系统版本.", lambda r: r.request.bind("fleet_head", Text())
    )
    districts: int = column("How many districts there are 地区数.", _count())
    current: int = column("How many are at the head 已是最新.", _count(FleetStatus.CURRENT))
    lagging: int = column("How many are behind 落后.", _count(FleetStatus.LAGGING))
    failed: int = column("How many are behind since a migration failed 迁移失败.", _count(FleetStatus.FAILED))
    ahead: int = column("How many a newer release has moved 版本较新.", _count(FleetStatus.AHEAD))
    drifted: int = column("How many are other than they should be 结构有出入.", _drifted)
    revisions: list[RevisionCount] = many("Districts by revision 各版本地区数.", _revisions)


def _fleet_districts(
    root: Rows,
    status: Annotated[FleetStatus | None, strawberry.argument(description="Only these 状态.")] = None,
    search: Annotated[str | None, strawberry.argument(description="Part of name or slug 查询词.")] = None,
) -> Listing:
    where: list[Predicate] = []
    if status is not None:
        where.append(_status_of(root.c, root.request) == status)
    if search is not None:
        where.append(containing(search, root.c.name, root.c.slug))
    return Listing(Order("fleet", (root.c.slug,)), tuple(where))


@strawberry.type
class FleetQuery:
    fleet: Fleet = one(
        "Where all districts' schemas stand, for operators 地区库总览.",
        lambda r: true(),  # noqa: ARG005 - the platform is one
        requires=Permission.FLEET_READ,
        platform=True,
    )
    fleet_districts: Connection[FleetDistrict] = paged(
        "Where each district's schema stands, for operators 各地区库状态.",
        _fleet_districts,
        requires=Permission.FLEET_READ,
        platform=True,
    )
