"""Value lists of first-asked records. The stored text is the name."""

from __future__ import annotations

from enum import StrEnum


class AskChannel(StrEnum):
    """How somebody asked 首问渠道."""

    VISIT = "VISIT"  # 来访
    CALL = "CALL"  # 来电
    LETTER = "LETTER"  # 来信
    ONLINE = "ONLINE"  # 网上
    GROUP = "GROUP"  # 工作群


class AskState(StrEnum):
    """State of a first-asked record 首问状态."""

    RECEIVED = "RECEIVED"  # 已接待, 非本人职责, 待协调
    HANDLING = "HANDLING"  # 首问人办理中
    TRANSFERRED = "TRANSFERRED"  # 内部转办, 待接收
    FOLLOWING = "FOLLOWING"  # 已转办, 首问人跟踪
    ANSWERED = "ANSWERED"  # 已答复
    CLOSED = "CLOSED"  # 已办结
