"""The levels of an area tree, from the county down (DOMAIN part 1, "Levels")."""

from __future__ import annotations

from enum import StrEnum


class AreaLevel(StrEnum):
    """Level of an area 层级. A district uses the first few; the order is fixed."""

    COUNTY = "COUNTY"  # 县(市、区)/高新区
    TOWN = "TOWN"  # 镇街, 园区, 管理中心
    VILLAGE = "VILLAGE"  # 村居、社区
    GRID = "GRID"  # 网格
    MICRO_GRID = "MICRO_GRID"  # 微网格

    @property
    def depth(self) -> int:
        """1 for the county, 5 for the micro-grid."""
        return list(AreaLevel).index(self) + 1
