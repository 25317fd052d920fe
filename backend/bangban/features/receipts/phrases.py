"""Words that papers share, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bangban.features.cases.values import (
    CaseOutcome,
    MaterialState,
    NoticeChannel,
    NoticeSigner,
    ResultStanding,
)
from bangban.features.catalog.drafts import MaterialForm
from bangban.features.custody.values import CustodyKind
from bangban.features.receipts.papers import Words

STATES: Final[Mapping[MaterialState, str]] = {
    MaterialState.MISSING: "缺少",
    MaterialState.SUPPLIED: "已提交",
    MaterialState.REJECTED: "需更正",
    MaterialState.TOLERATED: "容缺后补",
    MaterialState.EXEMPT: "免交",
}
FORMS: Final[Mapping[MaterialForm, str]] = {
    MaterialForm.PAPER: "纸质",
    MaterialForm.ELECTRONIC: "电子",
    MaterialForm.EITHER: "纸质或电子",
}
OUTCOMES: Final[Mapping[CaseOutcome, Words]] = {
    CaseOutcome.GRANTED: ("准予", "granted"),
    CaseOutcome.REFUSED: ("不予", "refused"),
    CaseOutcome.DONE: ("办成", "done"),
}
STANDINGS: Final[Mapping[ResultStanding, str]] = {
    ResultStanding.UNCONDITIONAL: "",
    ResultStanding.CONDITIONAL: "（附条件）",
    ResultStanding.CONDITION_MET: "（所附条件已满足）",
    ResultStanding.WITHDRAWN: "（已撤销）",
}
MOVES: Final[Mapping[CustodyKind, str]] = {
    CustodyKind.TAKEN: "接收",
    CustodyKind.FORWARDED: "转交",
    CustodyKind.RETURNED: "退还",
}
CHANNELS: Final[Mapping[NoticeChannel, str]] = {
    NoticeChannel.COUNTER: "当场告知",
    NoticeChannel.ONLINE: "线上告知",
    NoticeChannel.PHONE: "电话告知",
    NoticeChannel.DOOR: "上门告知",
    NoticeChannel.PAPER: "书面告知",
}
SIGNERS: Final[Mapping[NoticeSigner, str]] = {
    NoticeSigner.APPLICANT: "申请人确认",
    NoticeSigner.REPRESENTATIVE: "代办人凭委托书签收",
    NoticeSigner.AT_COUNTER: "当面签字",
}
APPLICANT: Final = "申请人"
FREE: Final[Words] = (
    "帮办代办服务不收取任何费用。",
    "Help and agency are free of charge.",
)
NOT_ACCEPTED: Final[Words] = (
    (
        "逾期未补正，或者不符合上述依据规定的条件的，将书面告知不予受理的理由和依据；对不予受理决定不服的，"
        "可自收到之日起六十日内依法申请行政复议，或者在六个月内依法提起行政诉讼；材料补齐后也可重新申请。"
    ),
    (
        "What is not supplied in time, or does not meet the conditions, is not accepted, with reasons and basis in "
        "writing; you may ask for administrative reconsideration within sixty days, go to court within six months, or "
        "apply again with all materials."
    ),
)
"""Of a refusal to accept (DOMAIN 3.6); the same articles as of a refusal."""

TOLD_AT_DESK: Final[Words] = (
    "经导办人员预检，您（单位）所带材料不齐全或不符合法定形式，现将需要补正的全部内容一次告知如下：",
    "A guide looked at your papers, and some are missing or not in due form. This is all that is needed, told at once:",
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
