"""What the mutations that keep service points are given."""

from __future__ import annotations

from datetime import date

import strawberry
from strawberry import UNSET

from bangban.features.files.graphql import FileInput
from bangban.features.places.drafts import AgreementDraft, CrowdDraft, PointDraft, TerminalDraft, WindowDraft
from bangban.features.places.values import (
    Amenity,
    AssessmentScheme,
    PartnerKind,
    PointKind,
    Specialty,
    WindowKind,
)


@strawberry.input(description="A place in degrees of WGS-84 位置.")
class LocationInput:
    longitude: float = strawberry.field(description="Degrees east 经度.")
    latitude: float = strawberry.field(description="Degrees north 纬度.")


@strawberry.input(description="A window of a service point 窗口.")
class ServiceWindowInput:
    number: str = strawberry.field(description="Number that people read 窗口编号.")
    name: str = strawberry.field(description="Name 名称.")
    kind: WindowKind = strawberry.field(default=WindowKind.COMPREHENSIVE, description="Kind 窗口类型.")
    service_codes: list[str] = strawberry.field(
        default_factory=list, description="Items that a special window takes 专窗事项编码."
    )
    themes: list[str] = strawberry.field(
        default_factory=list, description="Themes whose items a special window takes 专窗主题."
    )

    def draft(self) -> WindowDraft:
        """The window as a draft."""
        return WindowDraft(
            number=self.number.strip(),
            name=self.name.strip(),
            kind=self.kind,
            service_codes=tuple(dict.fromkeys(self.service_codes)),
            themes=tuple(dict.fromkeys(self.themes)),
        )


@strawberry.input(description="A self-service terminal 自助终端.")
class TerminalInput:
    key: str = strawberry.field(description="Key by which it reports, unique in the district 终端编号.")
    name: str = strawberry.field(description="Name 名称.")
    service_codes: list[str] = strawberry.field(description="Items that it can do 可办事项编码.")


@strawberry.input(
    description="From when on a queue is a crowd at a point; null is as in the district 拥堵标准."
)
class PointCrowdInput:
    queue_length: int | None = strawberry.field(
        default=None, description="People waiting, more than this 排队人数."
    )
    wait_minutes: int | None = strawberry.field(
        default=None, description="Minutes that somebody waits 等候分钟数."
    )

    def draft(self) -> CrowdDraft:
        """The same as a draft."""
        return CrowdDraft(queue_length=self.queue_length, wait_minutes=self.wait_minutes)


@strawberry.input(description="A service point as it shall be, new or known by its key 服务点.")
class SetServicePointInput:
    key: str = strawberry.field(description="Key that never changes 键.")
    kind: PointKind = strawberry.field(description="Kind 服务点类型.")
    area: str = strawberry.field(description="Key or division code of the area where it stands 所在区域.")
    name: str = strawberry.field(description="Name 名称.")
    location: LocationInput = strawberry.field(description="Where it is 位置.")
    opening_hours: str = strawberry.field(
        description="Such as Mo-Fr 09:00-12:00,13:30-17:00; Sa 09:00-12:00; PH off, or 24/7 开放时间."
    )
    address: str | None = strawberry.field(default=None, description="Address 地址.")
    amenities: list[Amenity] = strawberry.field(
        default_factory=list, description="What it offers beside its services 便民设施."
    )
    specialties: list[Specialty] = strawberry.field(
        default_factory=list, description="What it is set up for 专业站点."
    )
    since: date | None = strawberry.field(default=None, description="First day, if there is one 起始日期.")
    until: date | None = strawberry.field(
        default=None, description="Last day; a point closes for good by it 截止日期."
    )
    windows: list[ServiceWindowInput] | None = strawberry.field(
        default=None, description="All its windows; those left out are closed 窗口."
    )
    terminals: list[TerminalInput] | None = strawberry.field(
        default=None, description="Terminals to add or change 自助终端."
    )
    crowd: PointCrowdInput | None = strawberry.field(
        default=UNSET,
        description="From when on a queue is a crowd there; null is as in the district, left out stays 拥堵标准.",
    )

    def draft(self) -> PointDraft:
        """The point as a draft; blank texts are as good as none."""
        return PointDraft(
            key=self.key.strip(),
            area=self.area.strip(),
            kind=self.kind,
            name=self.name.strip(),
            longitude=self.location.longitude,
            latitude=self.location.latitude,
            hours=self.opening_hours,
            address=(self.address or "").strip() or None,
            amenities=tuple(dict.fromkeys(self.amenities)),
            specialties=tuple(dict.fromkeys(self.specialties)),
            since=self.since,
            until=self.until,
            windows=None if self.windows is None else tuple(each.draft() for each in self.windows),
            terminals=None
            if self.terminals is None
            else tuple(
                TerminalDraft(
                    key=each.key.strip(),
                    name=each.name.strip(),
                    service_codes=tuple(dict.fromkeys(each.service_codes)),
                )
                for each in self.terminals
            ),
            crowd=None if self.crowd is UNSET else (self.crowd or PointCrowdInput()).draft(),
        )


@strawberry.input(description="A partner's agreement as it shall be, new or known by its key 合作协议.")
class SetPartnerAgreementInput:
    key: str = strawberry.field(description="Key that never changes 键.")
    kind: PartnerKind = strawberry.field(description="Kind of partner 合作单位类型.")
    partner: str = strawberry.field(description="Who it is 合作单位.")
    service_codes: list[str] = strawberry.field(description="Items that it names 事项编码.")
    points: list[str] = strawberry.field(description="Keys of the partner's points 网点.")
    since: date = strawberry.field(description="First day 起始日期.")
    until: date = strawberry.field(description="Last day 截止日期.")

    def draft(self) -> AgreementDraft:
        """The agreement as a draft."""
        return AgreementDraft(
            key=self.key.strip(),
            partner_kind=self.kind,
            partner=self.partner.strip(),
            service_codes=tuple(dict.fromkeys(self.service_codes)),
            points=tuple(dict.fromkeys(self.points)),
            since=self.since,
            until=self.until,
        )


@strawberry.input(description="A list of service points to take over 导入服务点.")
class ImportServicePointsInput:
    file: FileInput = strawberry.field(
        description=(
            "CSV or XLSX with a line for each point: key, kind, area, name, address, longitude, latitude, hours, "
            "since, until 服务点文件."
        )
    )
    apply: bool = strawberry.field(
        default=False, description="Take it over; without it, only say what would change 是否执行."
    )


@strawberry.input(description="Where one area is 区域位置.")
class AreaPlaceInput:
    area: str = strawberry.field(description="Key or division code of the area 区域.")
    location: LocationInput = strawberry.field(description="Where most of its people live 位置.")
    population: int | None = strawberry.field(
        default=None, description="How many live there, if it is known 人口."
    )


@strawberry.input(description="Where areas are and how many people live there 区域位置与人口.")
class PlaceAreasInput:
    areas: list[AreaPlaceInput] = strawberry.field(description="The areas, 500 at most 区域.")


@strawberry.input(description="What one indicator is given 指标评分.")
class AssessmentScoreInput:
    key: str = strawberry.field(description="Key of the indicator 指标键.")
    score: int = strawberry.field(description="0 to 100 评分.")


@strawberry.input(description="An assessment of a service point 服务点评定.")
class AssessPointInput:
    point_id: strawberry.ID = strawberry.field(description="Which point 服务点.")
    scheme: AssessmentScheme = strawberry.field(description="By what 评定方案.")
    scores: list[AssessmentScoreInput] = strawberry.field(
        description="One for every indicator of the scheme 指标评分."
    )
    assessed_on: date | None = strawberry.field(
        default=None, description="Day of the assessment; today if left out 评定日期."
    )


@strawberry.input(description="How a terminal is 终端状况.")
class ReportTerminalInput:
    key: str = strawberry.field(description="Its key 终端编号.")
    fault: str | None = strawberry.field(
        default=None, description="What is wrong with it; left out where it works 故障."
    )
