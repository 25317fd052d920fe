"""The value lists of people, described for the API."""

from __future__ import annotations

from bangban.features.people.values import StaffSource
from bangban.kernel.graphql.enums import describe

__all__ = ["StaffSource"]

describe(
    StaffSource,
    "Where somebody comes from who helps 人员来源.",
    {
        StaffSource.GRID_WORKER: "A grid worker 网格员.",
        StaffSource.COMMUNITY_WORKER: "A community worker 社区工作者.",
        StaffSource.PUBLIC_WELFARE_POST: "In a post of public welfare 公益岗.",
        StaffSource.VOLUNTEER: "A volunteer 志愿者.",
        StaffSource.WINDOW: "Of a window 窗口人员.",
        StaffSource.OFFICE: "Of an office 机关人员.",
        StaffSource.PART_TIME: "Helping beside another occupation 兼职人员.",
    },
)
