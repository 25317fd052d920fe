"""Districts in the API: the platform's directory of them, and the district's own profile."""

from __future__ import annotations

from typing import Annotated

import strawberry
from sqlalchemy import (
    Text,
    false,
    true,
)

from bangban.features.areas.graphql import containing
from bangban.features.districts.booking_settings import BookingsSettings
from bangban.features.districts.network_settings import NetworkSettings
from bangban.features.districts.presenting import (
    BannedPhrase,
    NamedLevel,
    OfferedMode,
    OfferedOrderKind,
    RatingScheme,
    levels_named,
    listed,
    said,
    setting,
)
from bangban.features.districts.seal_settings import SealSettings
from bangban.features.districts.statuses import DistrictStatus
from bangban.features.profiles.models_seal import SEAL
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.levels import AreaLevel
from bangban.kernel.planner.elements import in_place
from bangban.kernel.planner.fields import column, many, one, paged, same_row
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Rows
from bangban.kernel.tenancy.tables import DistrictRow, ProfileRow


@reads(DistrictRow, platform=True)
@strawberry.type(description="A district that is served here 地区.")
class District:
    slug: strawberry.ID = column("Its name in addresses; never changes 地区标识.")
    name: str = column("Name 名称.")
    brand: str = column("Brand of its assistance service 服务品牌.")
    division_code: str | None = column("Division code, if it has one 区划代码.")
    levels: list[AreaLevel] = column("Levels of its area tree 层级.")
    status: DistrictStatus = column(
        "Life of the district 状态.",
        # The district's own profile has no status: the registry, which the request went through, knows it.
        lambda r: r.c.status if "status" in r.c else r.request.bind("district_status", Text()),
    )
    circle_minutes: int = column("Minutes of its service circle 服务圈分钟数.")
    timezone: str = column("Time zone of its legal days 时区.")
    name_en: str | None = column("Name in English 英文名称.", said("name_en"))
    brand_en: str | None = column("Brand in English 英文品牌.", said("brand_en"))
    contact_phone: str | None = column("Whom to call with questions 咨询电话.", said("contact_phone"))
    level_names: list[NamedLevel] | None = many(
        "Levels in use under their names here 层级名称.", in_place, rows=levels_named
    )
    modes: list[OfferedMode] | None = many(
        "Modes of help it offers 帮办方式.", in_place, rows=listed("modes")
    )
    order_kinds: list[OfferedOrderKind] | None = many(
        "Kinds of orders that its helpers take; none: all but ISSUE, with the usual limits 帮办单类型.",
        in_place,
        rows=listed("orders", "kinds"),
    )
    phrases: list[BannedPhrase] | None = many(
        "Phrases that staff do not write to applicants 禁用语.",
        in_place,
        rows=listed("assistance", "phrases"),
    )
    rating: RatingScheme | None = same_row(
        "How it lets itself be rated 评价方案.", when=lambda r: setting(r.c, "rating", "moments").is_not(None)
    )
    network: NetworkSettings | None = same_row(
        "How its network is reckoned and assessed 服务网络设置.",
        when=lambda r: true() if "settings" in r.c else false(),
    )
    bookings: BookingsSettings | None = same_row(
        "Which points take bookings, and how many 预约设置.",
        when=lambda r: true() if "settings" in r.c else false(),
    )
    seal: SealSettings | None = same_row(
        "The one seal of its results; null where there is none 审批专用章.",
        when=lambda r: setting(r.c, SEAL, "name").is_not(None),
    )
    project_lead: str | None = column(
        "Who leads the help for a project 项目帮办负责人.", said("project_lead", "zh")
    )
    project_lead_en: str | None = column(
        "The same in English 项目帮办负责人(英文).", said("project_lead", "en")
    )
    hard_case_channel: str | None = column(
        "Where hard cases go 疑难事项渠道.", said("hard_case_channel", "zh")
    )
    hard_case_channel_en: str | None = column(
        "The same in English 疑难事项渠道(英文).", said("hard_case_channel", "en")
    )


def _directory(
    root: Rows,
    search: Annotated[str | None, strawberry.argument(description="Part of name or slug 查询词.")] = None,
) -> Listing:
    where: list[Predicate] = [root.c.status == DistrictStatus.LIVE.value]
    if search is not None:
        where.append(containing(search, root.c.name, root.c.slug))
    return Listing(Order("directory", (root.c.slug,)), tuple(where))


@strawberry.type
class DistrictQuery:
    districts: Connection[District] = paged(
        "Live districts, for everyone 地区名录.",
        _directory,
        requires=Permission.DIRECTORY_READ,
        platform=True,
    )
    district: District = one(
        "The request's district 当前地区.",
        lambda r: true(),  # noqa: ARG005 - the profile has one row
        requires=Permission.DISTRICT_READ,
        platform=False,
        table=ProfileRow,
    )
