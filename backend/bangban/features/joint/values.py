"""Value lists of joint handling. The stored text is the name."""

from __future__ import annotations

from enum import StrEnum


class Announcement(StrEnum):
    """Kinds of news about an application; its cases have their own."""

    CHANGED = "bundle.changed"
    RELEASE_CHOSEN = "bundle.release-chosen"  # by staff, at the applicant's word


class ReleaseChoice(StrEnum):
    """How the applicant wants the results 结果领取方式 (DOMAIN D11)."""

    TOGETHER = "TOGETHER"  # 多证齐发: when all are decided
    IN_PARTS = "IN_PARTS"  # 分批领取: each as it comes


class BundleState(StrEnum):
    """How an application for a bundle stands: never stored, always seen from its matters."""

    SUBMITTED = "SUBMITTED"  # 已申请: nothing accepted or ended yet
    AWAITING_MATERIALS = "AWAITING_MATERIALS"  # 待补正: one of them waits for papers
    IN_PROGRESS = "IN_PROGRESS"  # 办理中
    COMPLETED = "COMPLETED"  # 全部办成
    PARTLY_COMPLETED = "PARTLY_COMPLETED"  # 部分办成: over, and not all was done
    NOT_COMPLETED = "NOT_COMPLETED"  # 均未办成: over, and nothing was done
    WITHDRAWN = "WITHDRAWN"  # 已撤回: all of them
