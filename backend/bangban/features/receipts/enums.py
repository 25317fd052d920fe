"""The value lists of receipts, described for the API."""

from __future__ import annotations

from bangban.features.receipts.values import ReceiptKind
from bangban.kernel.graphql.enums import describe

describe(
    ReceiptKind,
    "Which paper 回执种类.",
    {
        ReceiptKind.ACCEPTANCE: "Notice of acceptance 受理通知书.",
        ReceiptKind.NOTICE: "One-time notice of what is missing 一次性告知书.",
        ReceiptKind.CUSTODY: "Papers received and passed on 材料接收流转清单.",
        ReceiptKind.RESULT: "Notice of completion 办结通知书.",
        ReceiptKind.BATCH: "All that was taken in with this case, for staff to hand out 集中收件回执.",
    },
)

__all__ = ["ReceiptKind"]
