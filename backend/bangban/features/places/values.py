"""Kinds of service points, windows, partners, and of what a point has."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

MOST_WAITING: Final = 1_000  # of people, as the longest queue that is no crowd yet
LONGEST_WAIT: Final = 480  # minutes, as the longest wait until there is one


class PointKind(StrEnum):
    """Kind of service point 服务点类型 (DOMAIN G02, F02, G09, G10, G12, C19)."""

    HALL = "HALL"  # 政务服务大厅、便民服务中心
    STATION = "STATION"  # 村居便民服务站
    BANK = "BANK"  # 政银网点
    SHOP = "SHOP"  # 商超、便利店
    STATION_24H = "STATION_24H"  # 24小时便民服务站
    FIELD = "FIELD"  # 临时服务点
    LOUNGE = "LOUNGE"  # 帮办会客厅


PARTNER_KINDS = frozenset({PointKind.BANK, PointKind.SHOP})
"""Points of a partner: they take what the partner's agreement names, while it runs."""


class WindowKind(StrEnum):
    """Kind of window 窗口类型 (DOMAIN A09, G08)."""

    COMPREHENSIVE = "COMPREHENSIVE"  # 综合窗口: any item
    SPECIAL = "SPECIAL"  # 专窗: the items and themes it names


class PartnerKind(StrEnum):
    """Kind of partner 合作单位类型 (DOMAIN G09, G10)."""

    BANK = "BANK"  # 银行
    SUPERMARKET = "SUPERMARKET"  # 商超
    CONVENIENCE_STORE = "CONVENIENCE_STORE"  # 便利店


class Amenity(StrEnum):
    """What a point offers beside its services 便民设施 (DOMAIN G14)."""

    TEA = "TEA"  # 一杯热茶
    READING = "READING"  # 一刻阅读
    RAMP = "RAMP"  # 无障碍通道
    NURSING_ROOM = "NURSING_ROOM"  # 母婴室
    CHARGING = "CHARGING"  # 手机充电
    FIRST_AID = "FIRST_AID"  # 急救箱
    PRINTING = "PRINTING"  # 免费复印
    PARKING = "PARKING"  # 停车位


class Specialty(StrEnum):
    """What a station is set up for 专业站点 (DOMAIN G05)."""

    MEDICAL_INSURANCE = "MEDICAL_INSURANCE"  # 医保服务站
    HUMAN_RESOURCES = "HUMAN_RESOURCES"  # 人社服务站
    ENTERPRISE = "ENTERPRISE"  # 企业服务站


class AssessmentScheme(StrEnum):
    """By what a point is assessed 评定方案 (DOMAIN G05, G06)."""

    MATURITY = "MATURITY"  # 培育、提升、成熟
    STARS = "STARS"  # 星级便民服务中心


class Travel(StrEnum):
    """How people go to a service point 出行方式 (DOMAIN G01)."""

    WALKING = "WALKING"  # 步行
    DRIVING = "DRIVING"  # 驾车
