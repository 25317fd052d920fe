"""What is told of the way of a case: all that is missing, its acceptance, its result. Pure."""

from __future__ import annotations

from bangban.features.cases.values import CaseOutcome
from bangban.features.receipts.facts import PaperFacts
from bangban.features.receipts.papers import Line, Paper, Table, Words
from bangban.features.receipts.phrases import FREE, OUTCOMES, REMEDY, TOLD_AT_ONCE
from bangban.features.receipts.problems import NothingToReceipt
from bangban.features.receipts.rules.shared import count_of, listed, make
from bangban.features.receipts.values import ReceiptKind
from bangban.kernel.clock.words import day, moment


def acceptance(facts: PaperFacts) -> Paper:
    """受理通知书. Raises NothingToReceipt before it."""
    if facts.accepted_at is None:
        raise NothingToReceipt(ReceiptKind.ACCEPTANCE)
    provisional = "（暂定）" if facts.due_provisional else ""
    fee = (
        "不收费"
        if not facts.fee
        else f"{facts.fee} 元" + (f"（{facts.fee_basis}）" if facts.fee_basis else "")
    )
    following: tuple[Words, ...] = ()
    if facts.promised_by is not None:
        following = (
            (
                f"本件为容缺受理，请于{day(facts.promised_by)}前补齐标为“容缺后补”的材料。",
                f"Accepted with tolerance: supply what is marked as following later by {facts.promised_by}.",
            ),
        )
    return make(
        ReceiptKind.ACCEPTANCE,
        facts,
        at=facts.accepted_at,
        opening=(
            "您（单位）提出的申请符合受理条件，现予受理。",
            "Your application meets the conditions and has been accepted.",
        ),
        lines=(
            Line(("受理时间", "Accepted"), moment(facts.accepted_at)),
            Line(("法定办结时限", "Limit by law"), f"{facts.legal_days} 个工作日"),
            Line(("承诺办结时限", "Promised limit"), f"{facts.promised_days} 个工作日"),
            Line(("应办结日期", "Due"), day(facts.due_on) + provisional),
            Line(("办理单位", "Dealt with by"), facts.unit),
            Line(("帮办人员", "Helper"), facts.helper),
            Line(("收费", "Fee"), fee),
        ),
        tables=(listed(("材料清单", "Materials"), facts.materials),),
        remarks=(*following, FREE),
    )


def notice(facts: PaperFacts) -> Paper:
    """一次性告知书. Raises NothingToReceipt where none was given."""
    given = facts.notice
    if given is None:
        raise NothingToReceipt(ReceiptKind.NOTICE)
    named = {each.code: each for each in facts.materials}
    rows = tuple(
        (
            str(place),
            named[code].name,
            count_of(named[code]),
            named[code].issuer or "—",
            given.reasons.get(code, "—"),
        )
        for place, code in enumerate(given.missing, start=1)
        if code in named
    )
    until = f"{day(given.deadline)}前" if given.deadline else "尽快"
    until_en = f"by {given.deadline}" if given.deadline else "as soon as you can"
    others = tuple(each for each in facts.materials if each.code not in given.missing)
    return make(
        ReceiptKind.NOTICE,
        facts,
        at=given.issued_at,
        opening=TOLD_AT_ONCE,
        lines=(
            Line(("告知时间", "Told"), moment(given.issued_at)),
            Line(("补正期限", "To be supplied"), day(given.deadline)),
            Line(("办理单位", "Dealt with by"), facts.unit),
            Line(("法律依据", "Legal basis"), "；".join(facts.legal_basis) or "—"),
            Line(("承诺办结时限", "Promised limit"), f"受理后 {facts.promised_days} 个工作日"),
        ),
        tables=(
            Table(
                title=("需补正的材料", "Materials to be supplied"),
                columns=(
                    ("序号", "No."),
                    ("材料名称", "Material"),
                    ("份数", "Number"),
                    ("出具单位", "Issued by"),
                    ("原因", "Why"),
                ),
                widths=(1, 4, 2, 3, 5),
                rows=rows,
            ),
            *((listed(("其他材料", "Other materials"), others),) if others else ()),
        ),
        remarks=(
            (
                f"请于{until}通过网上上传，或到任一综合窗口、镇街、村居便民服务点提交；也可由帮办人员代为递交。",
                f"Supply them {until_en}: upload them, or hand them in at any comprehensive window or service point.",
            ),
            (
                "材料补齐后即予受理。除本告知书所列外，不再要求补充其他材料。",
                "Once they are there the case is accepted; nothing beyond this notice will be asked for.",
            ),
            FREE,
        ),
    )


def result(facts: PaperFacts) -> Paper:
    """办结通知书. Raises NothingToReceipt before it."""
    if facts.completed_at is None or facts.outcome is None:
        raise NothingToReceipt(ReceiptKind.RESULT)
    zh, en = OUTCOMES[facts.outcome]
    refused = facts.outcome is CaseOutcome.REFUSED
    remedy: tuple[Words, ...] = (REMEDY,) if refused else ()
    return make(
        ReceiptKind.RESULT,
        facts,
        at=facts.completed_at,
        opening=(
            f"您（单位）申请办理的事项已办结，结果为：{zh}。",
            f"Your matter has been completed. Result: {en}.",
        ),
        lines=(
            Line(("办结时间", "Completed"), moment(facts.completed_at)),
            Line(("办理结果", "Result"), zh),
            Line(("结果名称", "Document"), facts.result_name),
            Line(("结果文号", "Document number"), facts.result_number or "—"),
            Line(("办理意见", "Opinion"), facts.opinion or "—"),
            *((Line(("法律依据", "Legal basis"), facts.decision_basis or "—"),) if refused else ()),
            Line(("办理单位", "Dealt with by"), facts.unit),
            *((Line(("用印", "Seal"), facts.seal),) if facts.seal else ()),
        ),
        remarks=(*remedy, FREE),
    )
