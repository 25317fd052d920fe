"""The value lists of outreach."""

from __future__ import annotations

from enum import StrEnum


class OutreachKind(StrEnum):
    """Where people are told what there is for them 政策宣讲方式 (DOMAIN G13)."""

    MARKET = "MARKET"  # 赶大集
    SHOP = "SHOP"  # 进商铺
    HOUSEHOLD = "HOUSEHOLD"  # 入户讲
    MEETING = "MEETING"  # 宣传会
