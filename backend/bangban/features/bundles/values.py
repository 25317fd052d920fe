"""Value lists of bundles. The stored text is the name."""

from __future__ import annotations

from enum import StrEnum


class BundleKind(StrEnum):
    """What the matters of a bundle have to do with each other."""

    MATTERS = "MATTERS"  # 一件事: several matters that life brings together
    CONFIRMATIONS = "CONFIRMATIONS"  # 多部门出证: one request, a confirmation of each department
