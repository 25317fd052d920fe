"""Words that papers share, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bangban.features.cases.values import CaseOutcome, MaterialState
from bangban.features.custody.values import CustodyKind
from bangban.features.receipts.papers import Words

STATES: Final[Mapping[MaterialState, str]] = {
    MaterialState.MISSING: "缺少",
    MaterialState.SUPPLIED: "已提交",
    MaterialState.REJECTED: "需更正",
    MaterialState.TOLERATED: "容缺后补",
    MaterialState.EXEMPT: "免交",
}
OUTCOMES: Final[Mapping[CaseOutcome, Words]] = {
    CaseOutcome.GRANTED: ("准予", "granted"),
    CaseOutcome.REFUSED: ("不予", "refused"),
    CaseOutcome.DONE: ("办成", "done"),
}
MOVES: Final[Mapping[CustodyKind, str]] = {
    CustodyKind.TAKEN: "接收",
    CustodyKind.FORWARDED: "转交",
    CustodyKind.RETURNED: "退还",
}
APPLICANT: Final = "申请人"
FREE: Final[Words] = (
    "帮办代办服务不收取任何费用。",
    "Help and agency are free of charge.",
)
TOLD_AT_ONCE: Final[Words] = (
    ("经审查，您（单位）提交的申请材料不齐全或不符合法定形式，现将需要补正的全部内容一次告知如下："),
    "Materials of your application are missing or not in due form. This is all that is needed, told at once:",
)
REMEDY: Final[Words] = (
    ("如不服本决定，可自收到本通知之日起六十日内依法申请行政复议，或者在六个月内依法提起行政诉讼。"),
    (
        "You may ask for administrative reconsideration within sixty days of receiving this, "
        "or go to court within six months."
    ),
)
"""Administrative Reconsideration Law, article 20; Administrative Procedure Law, article 46."""
