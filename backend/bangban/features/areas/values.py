"""Kinds of area, and which level each kind stands on."""

from __future__ import annotations

from enum import StrEnum

from bangban.kernel.levels import AreaLevel


class AreaKind(StrEnum):
    """Kind of area 区域类型. Parks and management centres stand beside towns (DOMAIN 2.6)."""

    COUNTY = "COUNTY"  # 县、县级市、区
    ZONE = "ZONE"  # 高新区等功能区
    STREET = "STREET"  # 街道
    TOWN = "TOWN"  # 镇
    TOWNSHIP = "TOWNSHIP"  # 乡
    PARK = "PARK"  # 园区
    MANAGEMENT_CENTRE = "MANAGEMENT_CENTRE"  # 管理(服务)中心
    VILLAGE = "VILLAGE"  # 村
    COMMUNITY = "COMMUNITY"  # 社区
    GRID = "GRID"  # 网格
    MICRO_GRID = "MICRO_GRID"  # 微网格

    @property
    def level(self) -> AreaLevel:
        """The one level on which areas of this kind stand."""
        return LEVEL_OF_KIND[self]


LEVEL_OF_KIND = {
    AreaKind.COUNTY: AreaLevel.COUNTY,
    AreaKind.ZONE: AreaLevel.COUNTY,
    AreaKind.STREET: AreaLevel.TOWN,
    AreaKind.TOWN: AreaLevel.TOWN,
    AreaKind.TOWNSHIP: AreaLevel.TOWN,
    AreaKind.PARK: AreaLevel.TOWN,
    AreaKind.MANAGEMENT_CENTRE: AreaLevel.TOWN,
    AreaKind.VILLAGE: AreaLevel.VILLAGE,
    AreaKind.COMMUNITY: AreaLevel.VILLAGE,
    AreaKind.GRID: AreaLevel.GRID,
    AreaKind.MICRO_GRID: AreaLevel.MICRO_GRID,
}
