"""What the API says of the kinds of points, windows, partners and assessments."""

from __future__ import annotations

from bangban.features.places.values import (
    Amenity,
    AssessmentScheme,
    PartnerKind,
    PointKind,
    Specialty,
    Travel,
    WindowKind,
)
from bangban.kernel.graphql.enums import describe

__all__ = [
    "Amenity",
    "AssessmentScheme",
    "PartnerKind",
    "PointKind",
    "Specialty",
    "Travel",
    "WindowKind",
]

describe(
    PointKind,
    "Kind of service point 服务点类型.",
    {
        PointKind.HALL: "Service hall, of a county or a town 政务服务大厅、便民服务中心.",
        PointKind.STATION: "Station of a village or community 便民服务站.",
        PointKind.BANK: "A bank's outlet 政银网点.",
        PointKind.SHOP: "A supermarket or convenience store 商超、便利店.",
        PointKind.STATION_24H: "Self-service station that never closes 24小时便民服务站.",
        PointKind.FIELD: "Point for some days, in a park or at a market 临时服务点.",
        PointKind.LOUNGE: "Lounge where people are received by appointment 帮办会客厅.",
    },
)
describe(
    WindowKind,
    "Kind of window 窗口类型.",
    {
        WindowKind.COMPREHENSIVE: "Takes any item 综合窗口.",
        WindowKind.SPECIAL: "Takes the items and themes that it names 专窗.",
    },
)
describe(
    PartnerKind,
    "Kind of partner 合作单位类型.",
    {
        PartnerKind.BANK: "Bank 银行.",
        PartnerKind.SUPERMARKET: "Supermarket 商超.",
        PartnerKind.CONVENIENCE_STORE: "Convenience store 便利店.",
    },
)
describe(
    Amenity,
    "What a point offers beside its services 便民设施.",
    {
        Amenity.TEA: "A cup of hot tea 一杯热茶.",
        Amenity.READING: "Something to read 一刻阅读.",
        Amenity.RAMP: "Way without steps 无障碍通道.",
        Amenity.NURSING_ROOM: "Nursing room 母婴室.",
        Amenity.CHARGING: "Charging of phones 手机充电.",
        Amenity.FIRST_AID: "First-aid kit 急救箱.",
        Amenity.PRINTING: "Free copies 免费复印.",
        Amenity.PARKING: "Places to park 停车位.",
    },
)
describe(
    Specialty,
    "What a station is set up for 专业站点.",
    {
        Specialty.MEDICAL_INSURANCE: "Medical insurance 医保服务站.",
        Specialty.HUMAN_RESOURCES: "Human resources and social security 人社服务站.",
        Specialty.ENTERPRISE: "Enterprises 企业服务站.",
    },
)
describe(
    Travel,
    "How people go 出行方式.",
    {Travel.WALKING: "On foot 步行.", Travel.DRIVING: "By car 驾车."},
)
describe(
    AssessmentScheme,
    "By what points are assessed 评定方案.",
    {
        AssessmentScheme.MATURITY: "How far a station has come 站点成熟度.",
        AssessmentScheme.STARS: "Stars of a centre 星级评定.",
    },
)
