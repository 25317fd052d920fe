"""The value lists of people and teams."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class ContactReminder(StrEnum):
    """What a team's lead was last told of its entry in the contact book 通讯录提醒 (DOMAIN C12)."""

    ENDING = "ENDING"  # 即将到期
    STALE = "STALE"  # 已过期


class StaffSource(StrEnum):
    """Where somebody comes from who helps 人员来源 (DOMAIN G04).

    It is kept as text: what was written before there was a list stays, and is told as null.
    """

    GRID_WORKER = "GRID_WORKER"  # 网格员
    COMMUNITY_WORKER = "COMMUNITY_WORKER"  # 社区工作者
    PUBLIC_WELFARE_POST = "PUBLIC_WELFARE_POST"  # 公益岗
    VOLUNTEER = "VOLUNTEER"  # 志愿者
    WINDOW = "WINDOW"  # 窗口人员
    OFFICE = "OFFICE"  # 机关人员
    PART_TIME = "PART_TIME"  # 兼职人员


SOURCE_NAMES: Final[Mapping[StaffSource, tuple[str, str]]] = {
    StaffSource.GRID_WORKER: ("网格员", "grid worker"),
    StaffSource.COMMUNITY_WORKER: ("社区工作者", "community worker"),
    StaffSource.PUBLIC_WELFARE_POST: ("公益岗", "public welfare post"),
    StaffSource.VOLUNTEER: ("志愿者", "volunteer"),
    StaffSource.WINDOW: ("窗口人员", "window"),
    StaffSource.OFFICE: ("机关人员", "office"),
    StaffSource.PART_TIME: ("兼职人员", "part-time"),
}
"""As lists of people spell them, beside the value itself."""
