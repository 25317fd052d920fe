"""Value lists of a district profile. The stored text is the value."""

from __future__ import annotations

from enum import StrEnum


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


class StaffSource(StrEnum):
    """Where a helper comes from 人员来源 (G04)."""

    GRID_WORKER = "GRID_WORKER"  # 网格员
    COMMUNITY_WORKER = "COMMUNITY_WORKER"  # 社区工作者
    PUBLIC_WELFARE_POST = "PUBLIC_WELFARE_POST"  # 公益岗
    VOLUNTEER = "VOLUNTEER"  # 志愿者
    WINDOW = "WINDOW"  # 窗口人员
    OFFICE = "OFFICE"  # 机关人员


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


class OvertimeKind(StrEnum):
    """When a hall serves on outside its hours 延时服务 (A07)."""

    EVENING = "EVENING"  # 下班延时: whoever is there before closing
    NOON = "NOON"  # 午间延时: whoever is there before the noon break
    APPOINTMENT = "APPOINTMENT"  # 预约: agreed on beforehand


class OrderKind(StrEnum):
    """What an order 帮办单 asks for, of which a district offers some."""

    NEED = "NEED"  # 群众点单 (C08)
    CALL_OUT = "CALL_OUT"  # 园区呼叫 (C07)
    PICKUP = "PICKUP"  # 上门取件 (C10)
    DELIVERY = "DELIVERY"  # 上门送达 (C10)
    CASE = "CASE"  # 派单 of a case to a helper (C05)
    ISSUE = "ISSUE"  # 社区问题, solved inside the street where that can be (G15)
