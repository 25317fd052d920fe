"""Service points in the API: halls, stations, partners' points, their windows and terminals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy import Boolean, Date, DateTime, Double, and_, cast, extract, func, literal, or_, true

from bangban.features.areas.graphql import Area, containing, in_subtree
from bangban.features.places.assessed import PointAssessment, assessments_of
from bangban.features.places.enums import Amenity, PartnerKind, PointKind, Specialty, WindowKind
from bangban.features.places.settings import SILENCE_MINUTES, number_set
from bangban.features.places.sql import is_open, moment_of, natural
from bangban.features.places.tables import (
    PartnerAgreementRow,
    ServicePointRow,
    ServiceWindowRow,
    TerminalRow,
)
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.fields import column, many, one, paged, same_row
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows


@reads(ServiceWindowRow)
@strawberry.type(description="A window of a service point 窗口.")
class ServiceWindow:
    id: strawberry.ID = column("Identifier 标识.")
    number: str = column("Number that people read 窗口编号.")
    name: str = column("Name 名称.")
    kind: WindowKind = column("Kind 窗口类型.")
    service_codes: list[str] = column("Items that a special window takes 专窗事项编码.")
    themes: list[str] = column("Themes whose items a special window takes 专窗主题.")


_MOMENT = DateTime(timezone=True)


def _silent_from(rows: Rows) -> Any:
    """When the terminal was down for being silent, if nothing is heard of it until then."""
    allowed = func.make_interval(0, 0, 0, 0, 0, number_set("terminal_silence_minutes", SILENCE_MINUTES))
    return func.coalesce(rows.c.heard_at, rows.c.installed_at) + allowed


def _working(rows: Rows) -> Predicate:
    return and_(rows.c.fault.is_(None), _silent_from(rows) >= rows.request.bind("now", _MOMENT))


def uptime(rows: Rows) -> Any:
    """The share of the time since it was installed in which it was not down, as ``terminals.Life`` has it."""
    now = rows.request.bind("now", _MOMENT)
    begun = func.coalesce(rows.c.down_since, func.least(_silent_from(rows), now))
    down = rows.c.down_seconds + extract("epoch", now - begun)
    whole = extract("epoch", now - rows.c.installed_at)
    share = cast(1 - down / func.nullif(whole, 0), Double)
    return func.greatest(literal(0.0, Double()), func.least(literal(1.0, Double()), share))


@reads(TerminalRow)
@strawberry.type(description="A self-service terminal 自助终端.")
class Terminal:
    key: str = column("Key by which it reports 终端编号.")
    name: str = column("Name 名称.")
    service_codes: list[str] = column("Items that it can do 可办事项编码.")
    working: bool = column("Whether it works, as far as is heard 是否正常.", _working)
    fault: str | None = column("What is wrong with it 故障.")
    heard_at: datetime | None = column("When it was last heard of 最近心跳.")
    uptime: float = column(
        "Share of the time since it was installed in which it worked, 0 to 1 在线率.", uptime
    )


def _runs(rows: Rows) -> Predicate:
    today = rows.request.bind("today", Date())
    return and_(rows.c.since <= today, rows.c.until >= today)


@reads(PartnerAgreementRow)
@strawberry.type(description="What a partner's points may take in, and for how long 合作协议.")
class PartnerAgreement:
    id: strawberry.ID = column("Identifier 标识.")
    key: str = column("Key that never changes 键.")
    kind: PartnerKind = column("Kind of partner 合作单位类型.", lambda r: r.c.partner_kind)
    partner: str = column("Who it is 合作单位.")
    service_codes: list[str] = column("Items that it names 事项编码.")
    since: date = column("First day 起始日期.")
    until: date = column("Last day 截止日期.")
    in_force: bool = column("Whether it runs today 是否在有效期内.", _runs)
    points: list[ServicePoint] = many(
        "The partner's points 网点.", lambda r: Pick(r.c.agreement_id == r.parent.id, (r.c.key,))
    )


def _windows(rows: Rows) -> Pick:
    kept = or_(rows.c.closed_on.is_(None), rows.c.closed_on > rows.request.bind("today", Date()))
    return Pick(and_(rows.c.point_id == rows.parent.id, kept), natural(rows.c.number))


def _terminals(rows: Rows) -> Pick:
    return Pick(rows.c.point_id == rows.parent.id, (rows.c.key,))


def _open(
    rows: Rows,
    at: Annotated[datetime | None, strawberry.argument(description="When; now if left out 时刻.")] = None,
) -> Any:
    return is_open(rows.c, moment_of(rows.request, at))


def _provisional(
    rows: Rows,
    at: Annotated[datetime | None, strawberry.argument(description="When; now if left out 时刻.")] = None,
) -> Any:
    return cast(moment_of(rows.request, at)["provisional"].astext, Boolean)


@reads()
@strawberry.type(description="From when on a queue is a crowd at a point 拥堵标准.")
class PointCrowd:
    queue_length: int | None = column("People waiting, more than this; null: as in the district 排队人数.")
    wait_minutes: int | None = column("Minutes that somebody waits; null: as in the district 等候分钟数.")


@reads(ServicePointRow)
@strawberry.type(description="A place where people are served 服务点.")
class ServicePoint:
    id: strawberry.ID = column("Identifier 标识.")
    key: str = column("Key that never changes 键.")
    kind: PointKind = column("Kind 服务点类型.")
    name: str = column("Name 名称.")
    area: Area = one("Where it stands 所在区域.", lambda r: r.c.id == r.parent.area_id)
    address: str | None = column("Address 地址.")
    longitude: float = column("Degrees east, WGS-84 and not GCJ-02 经度.")
    latitude: float = column("Degrees north, WGS-84 and not GCJ-02 纬度.")
    opening_hours: str = column(
        "Week of service in OpenStreetMap's opening_hours syntax 开放时间.",
        lambda r: r.c.hours["text"].astext,
    )
    open: bool = column("Whether it serves people at a moment 是否开放.", _open)
    open_provisional: bool = column(
        "Whether `open` at that moment goes by the weekday alone, since the holidays of that year are not published "
        "yet 开放状态是否为暂定.",
        _provisional,
    )
    amenities: list[Amenity] = column("What it offers beside its services 便民设施.")
    specialties: list[Specialty] = column("What it is set up for 专业站点.")
    since: date | None = column("First day, if one is stated 起始日期.")
    until: date | None = column("Last day, if one is stated 截止日期.")
    windows: list[ServiceWindow] = many("Its windows in use, by number 窗口.", _windows)
    terminals: list[Terminal] = many("Its self-service terminals 自助终端.", _terminals)
    agreement: PartnerAgreement | None = one(
        "By which a partner's point serves 合作协议.", lambda r: r.c.id == r.parent.agreement_id
    )
    crowd: PointCrowd | None = same_row(
        "From when on a queue is a crowd there; null: as in the district 拥堵标准.",
        when=lambda r: or_(r.c.queue_length.is_not(None), r.c.wait_minutes.is_not(None)),
    )
    assessments: list[PointAssessment] = many("What it was assessed to be 评定.", assessments_of)


@strawberry.input(description="Which service points to list 服务点筛选条件.")
class ServicePointFilter:
    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="In this area's subtree 区域(含下级)."
    )
    kind: PointKind | None = strawberry.field(default=None, description="Of this kind 服务点类型.")
    specialty: Specialty | None = strawberry.field(default=None, description="Set up for this 专业站点.")
    open_at: datetime | None = strawberry.field(
        default=None, description="Serving people at this moment 开放时刻."
    )
    search: str | None = strawberry.field(default=None, description="Part of the name 名称片段.")
    former: bool | None = strawberry.field(
        default=None, description="Also those that are closed for good 是否包括已停用."
    )


def _points(
    root: Rows,
    filter: Annotated[  # noqa: A002 - the contract's name
        ServicePointFilter | None, strawberry.argument(description="Which ones 筛选条件.")
    ] = None,
) -> Listing:
    today = root.request.bind("today", Date())
    where: list[Predicate] = []
    if filter is None or filter.former is None or filter.former is False:
        where.append(or_(root.c.until.is_(None), root.c.until >= today))
    if filter is not None:
        if filter.area_id is not None:
            where.append(in_subtree(root.c.area_id, filter.area_id))
        if filter.kind is not None:
            where.append(root.c.kind == filter.kind.value)
        if filter.specialty is not None:
            where.append(root.c.specialties.contains([filter.specialty.value]))
        if filter.open_at is not None:
            where.append(is_open(root.c, moment_of(root.request, filter.open_at)))
        if filter.search is not None:
            where.append(containing(filter.search, root.c.name))
    return Listing(Order("point", (root.c.key, root.c.id)), tuple(where))


def _one_point(
    root: Rows,
    id: Annotated[strawberry.ID | None, strawberry.argument(description="Its identifier 标识.")] = None,  # noqa: A002 - the contract's name
    key: Annotated[str | None, strawberry.argument(description="Its key 键.")] = None,
) -> Predicate:
    tests = [root.c.id == id] if id is not None else []
    if key is not None:
        tests.append(root.c.key == key)
    return and_(*tests) if tests else ~true()


def _agreements(root: Rows) -> Listing:
    return Listing(Order("agreement", (root.c.key, root.c.id)))


@strawberry.type
class PlaceQuery:
    service_point: ServicePoint | None = one(
        "One service point, by identifier or key 服务点.", _one_point, requires=Permission.PLACE_READ
    )
    service_points: Connection[ServicePoint] = paged(
        "Service points, by key 服务点列表.", _points, requires=Permission.PLACE_READ
    )
    partner_agreements: Connection[PartnerAgreement] = paged(
        "Agreements with partners, by key 合作协议列表.", _agreements, requires=Permission.PLACE_READ
    )
