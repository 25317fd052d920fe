"""The value lists of people and teams."""

from __future__ import annotations

from enum import StrEnum


class ContactReminder(StrEnum):
    """What a team's lead was last told of its entry in the contact book 通讯录提醒 (DOMAIN C12)."""

    ENDING = "ENDING"  # 即将到期
    STALE = "STALE"  # 已过期
