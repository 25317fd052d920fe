"""Words of receipts."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class ReceiptKind(StrEnum):
    """Which paper 回执种类 (DOMAIN 3.2)."""

    ACCEPTANCE = "ACCEPTANCE"  # 受理通知书
    NOTICE = "NOTICE"  # 一次性告知书
    CUSTODY = "CUSTODY"  # 材料接收流转清单
    RESULT = "RESULT"  # 办结通知书
    BATCH = "BATCH"  # 集中收件回执


MARKS: Final[Mapping[ReceiptKind, str]] = {
    ReceiptKind.ACCEPTANCE: "A",
    ReceiptKind.NOTICE: "N",
    ReceiptKind.CUSTODY: "C",
    ReceiptKind.RESULT: "R",
    ReceiptKind.BATCH: "B",
}
"""The letter of each in its code. Printed papers have them, so they stay."""

VISIT_MARK: Final = "V"
"""The same of a notice that was given to a visitor."""

TITLES: Final[Mapping[ReceiptKind, tuple[str, str]]] = {
    ReceiptKind.ACCEPTANCE: ("受理通知书", "Notice of Acceptance"),
    ReceiptKind.NOTICE: ("一次性告知书", "One-time Notice of What Is Missing"),
    ReceiptKind.CUSTODY: ("材料接收流转清单", "Record of Papers Received and Passed On"),
    ReceiptKind.RESULT: ("办结通知书", "Notice of Completion"),
    ReceiptKind.BATCH: ("集中收件回执", "Receipt for a Batch of Applications"),
}
"""In Chinese and in English."""
