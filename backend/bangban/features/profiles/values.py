"""Value lists of a district profile. The stored text is the value."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Provenance(StrEnum):
    """Where a fact of a profile comes from 出处. Whatever nobody stated is SAMPLE."""

    OFFICIAL = "official"  # name and code of the published division list
    STATED = "stated"  # said by the district itself, in a published text
    PLACED = "placed"  # official name and code; its place in this working tree is sample
    SAMPLE = "sample"  # invented for the demonstration
    OWN = "own"  # made by the district itself, on the platform


class Qualifier(StrEnum):
    """How a figure was stated 数字口径 (2.6): exact, or loosely."""

    EXACT = "EXACT"
    ABOUT = "ABOUT"  # 约
    OVER = "OVER"  # 余、多
    NEARLY = "NEARLY"  # 近


class RatingMoment(StrEnum):
    """When a service is judged 评价时点 (2.6)."""

    BEFORE = "BEFORE"  # 未办先评
    DURING = "DURING"  # 边办边评
    AFTER = "AFTER"  # 办后再评
    SURVEY = "SURVEY"  # 满意度调查
    EXPERIENCE = "EXPERIENCE"  # 体验官


class Employment(StrEnum):
    """FULL_TIME 专职, PART_TIME 兼职 (2.3)."""

    FULL_TIME = "FULL_TIME"
    PART_TIME = "PART_TIME"


class Origin(StrEnum):
    """How an item came into the district's catalog."""

    TEMPLATE = "template"  # taken over as it is
    ADAPTED = "adapted"  # a template item with the district's own changes
    OWN = "own"


class HelpMode(StrEnum):
    """The six modes of help 六种帮办方式 that a district may offer (C03)."""

    ONLINE = "ONLINE"  # 线上帮
    MOBILE = "MOBILE"  # 掌上帮
    RELAY = "RELAY"  # 接力帮
    CUSTOM = "CUSTOM"  # 定制帮
    TRACKING = "TRACKING"  # 跟踪帮
    CARING = "CARING"  # 贴心帮


class CareNeed(StrEnum):
    """Why somebody in a hall is looked after first 优先照顾 (A04). Sensitive: for the staff of the point only."""

    ELDERLY = "ELDERLY"  # 老年人
    WEAK = "WEAK"  # 体弱
    SICK = "SICK"  # 患病
    DISABLED = "DISABLED"  # 残疾
    HARDSHIP = "HARDSHIP"  # 困难群众


class Proposal(StrEnum):
    """What is proposed to somebody with a care need 照顾服务 (A04)."""

    CARING = "CARING"  # 贴心帮
    DOOR = "DOOR"  # 上门服务


class OvertimeKind(StrEnum):
    """When a hall serves on outside its hours 延时服务 (A07)."""

    EVENING = "EVENING"  # 下班延时: whoever is there before closing
    NOON = "NOON"  # 午间延时: whoever is there before the noon break
    APPOINTMENT = "APPOINTMENT"  # 预约: agreed on beforehand


class SignatureRule(StrEnum):
    """When a task at the door ends with a signature 上门签收 (DOMAIN C10)."""

    ALWAYS = "ALWAYS"  # 一律签收
    WITH_PAPERS = "WITH_PAPERS"  # 涉及材料交接时签收
    NEVER = "NEVER"  # 不要求


class OrderKind(StrEnum):
    """What an order 帮办单 asks for, of which a district offers some."""

    NEED = "NEED"  # 群众点单 (C08)
    CALL_OUT = "CALL_OUT"  # 园区呼叫 (C07)
    PICKUP = "PICKUP"  # 上门取件 (C10)
    DELIVERY = "DELIVERY"  # 上门送达 (C10)
    CASE = "CASE"  # 派单 of a case to a helper (C05)
    ISSUE = "ISSUE"  # 社区问题, solved inside the street where that can be (G15)


AT_THE_DOOR: Final = frozenset({OrderKind.PICKUP, OrderKind.DELIVERY})
"""Kinds that bring something to a door or fetch it there: they need an address and an agreed window (C10)."""
