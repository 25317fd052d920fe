"""Value lists of proxy use. The stored text is the name."""

from __future__ import annotations

from enum import StrEnum


class ProxyStep(StrEnum):
    """What was done for the resident 代操作环节."""

    APPLY = "APPLY"  # 申请
    SUPPLY = "SUPPLY"  # 补交材料
    LOOK_UP = "LOOK_UP"  # 查询


class Consent(StrEnum):
    """How the resident agreed 同意方式."""

    SPOKEN = "SPOKEN"  # 口头同意
    SIGNED = "SIGNED"  # 书面同意
