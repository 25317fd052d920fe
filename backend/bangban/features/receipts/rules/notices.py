"""一次性告知书: all that is missing, and whatever else somebody needs to know to supply it (DOMAIN B03, 3.6). Pure."""

from __future__ import annotations

import re
from typing import Final

from bangban.features.receipts.facts import PaperFacts, PaperMaterial, PaperNotice
from bangban.features.receipts.papers import Line, Paper, Table, Words
from bangban.features.receipts.phrases import (
    CHANNELS,
    FORMS,
    FREE,
    NOT_ACCEPTED,
    SIGNERS,
    TOLD_AT_DESK,
    TOLD_AT_ONCE,
)
from bangban.features.receipts.problems import NothingToReceipt
from bangban.features.receipts.rules.shared import count_of, fee_of, listed, make
from bangban.features.receipts.values import ReceiptKind
from bangban.kernel.clock.words import day, moment

_DAYS: Final = {
    "Mo": "周一",
    "Tu": "周二",
    "We": "周三",
    "Th": "周四",
    "Fr": "周五",
    "Sa": "周六",
    "Su": "周日",
    "PH": "节假日",
}
_DAY: Final = re.compile(r"\b(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)\b")


def notice(facts: PaperFacts) -> Paper:
    """一次性告知书, of a case or of a visit. Raises NothingToReceipt where none was given."""
    given = facts.notice
    if given is None:
        raise NothingToReceipt(ReceiptKind.NOTICE)
    others = tuple(each for each in facts.materials if each.code not in given.missing)
    return make(
        ReceiptKind.NOTICE,
        facts,
        at=given.issued_at,
        opening=TOLD_AT_DESK if facts.of_visit else TOLD_AT_ONCE,
        lines=(*_told(given), *_where(given), *_matter(facts), _signed(given)),
        tables=(
            _missing(facts.materials, given),
            *((listed(("其他材料", "Other materials"), others),) if others else ()),
        ),
        remarks=(
            _how_usual(given, online=not facts.of_visit),
            (
                "材料补齐后即予受理。除本告知书所列外，不再要求补充其他材料。",
                "Once they are there it is accepted; nothing beyond this notice will be asked for.",
            ),
            NOT_ACCEPTED,
            FREE,
        ),
    )


def _told(given: PaperNotice) -> list[Line]:
    by = "，".join(filter(None, (given.issuer, given.channel and CHANNELS[given.channel])))
    return [
        Line(("告知时间", "Told"), moment(given.issued_at)),
        *([Line(("告知人", "Told by"), by)] if by else []),
        Line(("补正期限", "To be supplied"), day(given.deadline)),
    ]


def _where(given: PaperNotice) -> list[Line]:
    place = given.where
    lines = []
    if place is not None:
        said = "，".join(
            filter(None, (place.name, place.address, place.hours and f"开放时间 {_week(place.hours)}"))
        )
        lines.append(Line(("补正地点", "Where to supply"), said))
    if given.how is not None:
        lines.append(Line(("补正方式", "How to supply"), given.how))
    return lines


def _week(hours: str) -> str:
    """Hours in OpenStreetMap's syntax with the days in Chinese."""
    return _DAY.sub(lambda found: _DAYS[found[0]], hours).replace("; ", "；").replace("off", "休息")


def _matter(facts: PaperFacts) -> list[Line]:
    """Basis, time limit, steps, fee and departments, as the catalog knows them."""
    days = f"受理后 {facts.promised_days} 个工作日（法定 {facts.legal_days} 个工作日）"
    steps = f"补正材料 → 受理 → 审查办理 → 办结，取得“{facts.result_name}”"
    lines = [
        Line(("办理单位", "Dealt with by"), facts.unit),
        Line(("法律依据", "Legal basis"), "；".join(facts.legal_basis) or "—"),
        Line(("承诺办结时限", "Promised limit"), days),
        Line(("办理步骤", "Steps"), steps),
        Line(("收费", "Fee"), fee_of(facts)),
    ]
    if facts.conditions:
        lines.append(Line(("受理条件", "Conditions"), facts.conditions))
    if facts.on_a_phone:
        on_a_phone = " → ".join(f"{place}. {step}" for place, step in enumerate(facts.on_a_phone, start=1))
        lines.append(Line(("掌上办理", "On a phone"), on_a_phone))
    if facts.joint:
        lead, *others = facts.joint
        lines.append(Line(("联办部门", "Departments"), "、".join((f"{lead}（牵头）", *others))))
    return lines


def _signed(given: PaperNotice) -> Line:
    """Who acknowledged it; else a place to sign."""
    label: Words = ("签收", "Acknowledged")
    if given.signed_at is None:
        return Line(label, "签字：____________________  日期：____________")
    said = (moment(given.signed_at), given.signed_by and SIGNERS[given.signed_by])
    by = f"经办人 {given.signed_to}" if given.signed_to else None
    return Line(label, "，".join(filter(None, (*said, by))))


def _missing(materials: tuple[PaperMaterial, ...], given: PaperNotice) -> Table:
    """Each with how many, in which form, from whom, and why."""
    named = {each.code: each for each in materials}
    forms = {each.code: FORMS[each.form] for each in materials if each.form is not None}
    return Table(
        title=("需补正的材料", "Materials to be supplied"),
        columns=(
            ("序号", "No."),
            ("材料名称", "Material"),
            ("份数与形式", "Number and form"),
            ("出具单位", "Issued by"),
            ("原因", "Why"),
        ),
        widths=(1, 4, 3, 3, 4),
        rows=tuple(
            (
                str(place),
                named[code].name,
                "；".join(filter(None, (count_of(named[code]), forms.get(code)))),
                named[code].issuer or "—",
                given.reasons.get(code, "—"),
            )
            for place, code in enumerate(given.missing, start=1)
            if code in named
        ),
    )


def _how_usual(given: PaperNotice, *, online: bool) -> Words:
    """Where to supply what is missing; of a visit nothing was begun that it could be uploaded to."""
    until = f"{day(given.deadline)}前" if given.deadline else "尽快"
    until_en = f"by {given.deadline}" if given.deadline else "as soon as you can"
    if given.where is not None:
        upload, upload_en = ("，也可通过网上上传", ", upload them") if online else ("", "")
        return (
            f"请于{until}到{given.where.name}提交{upload}，或由帮办人员代为递交。",
            f"Supply them {until_en}: hand them in there{upload_en}, or let a helper bring them.",
        )
    upload, upload_en = ("通过网上上传，或", "upload them, or ") if online else ("", "")
    return (
        f"请于{until}{upload}到任一综合窗口、镇街、村居便民服务点提交；也可由帮办人员代为递交。",
        f"Supply them {until_en}: {upload_en}hand them in at any comprehensive window or service point.",
    )
