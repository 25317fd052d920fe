"""Value lists of the service catalog, after GB/T 39046-2020 annex A. The stored text is the name."""

from __future__ import annotations

from enum import StrEnum


class ServiceKind(StrEnum):
    """Kind of matter 事项类型 (annex A.1)."""

    LICENCE = "LICENCE"  # 01 行政许可
    PAYMENT = "PAYMENT"  # 05 行政给付
    CONFIRMATION = "CONFIRMATION"  # 07 行政确认
    REWARD = "REWARD"  # 08 行政奖励
    RULING = "RULING"  # 09 行政裁决
    OTHER_POWER = "OTHER_POWER"  # 10 其他行政权力
    PUBLIC_SERVICE = "PUBLIC_SERVICE"  # 20 公共服务


class CaseType(StrEnum):
    """Type of case 办件类型 (annex A.6: 1 即办件, 2 承诺件, 9 其他)."""

    IMMEDIATE = "IMMEDIATE"  # 即办件: done on the spot, promise 0
    PROMISED = "PROMISED"  # 承诺件
    OTHER = "OTHER"  # 其他


class Audience(StrEnum):
    """Who a matter is for 服务对象 (annex A.4, folded to natural persons and legal entities)."""

    PERSON = "PERSON"  # 自然人
    LEGAL_ENTITY = "LEGAL_ENTITY"  # 法人和其他组织


class Channel(StrEnum):
    """The door a request came through 办理渠道 (DOMAIN F03)."""

    HALL = "HALL"
    STATION = "STATION"
    BANK = "BANK"
    TERMINAL = "TERMINAL"
    MOBILE = "MOBILE"
    WEB = "WEB"
    PHONE = "PHONE"
    PROXY = "PROXY"
    DOOR = "DOOR"


class DelegationScope(StrEnum):
    """How far an item is delegated 承接范围 (DOMAIN G07). Each holds what stands before it."""

    PRE_CHECK = "PRE_CHECK"  # 初审
    ACCEPT = "ACCEPT"  # 受理
    FULL = "FULL"  # 全程办理: with the decision

    @property
    def reach(self) -> int:
        """How much it holds: 1 for PRE_CHECK to 3 for FULL."""
        return tuple(DelegationScope).index(self) + 1

    def includes(self, other: DelegationScope) -> bool:
        """Whether whoever holds this may do what ``other`` allows."""
        return self.reach >= other.reach


class RunningCases(StrEnum):
    """What becomes of the cases in hand when a delegation is withdrawn 在办件处置 (DOMAIN G07)."""

    KEEP = "KEEP"  # 由承接单位办结
    RETURN = "RETURN"  # 退回原单位
