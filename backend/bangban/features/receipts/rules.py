"""From the facts of a case to the paper of each kind. Pure; raises NothingToReceipt where there is nothing to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

from bangban.features.cases.values import CaseOutcome
from bangban.features.custody.values import RESULT
from bangban.features.receipts.facts import PaperFacts, PaperMaterial, PaperMove
from bangban.features.receipts.papers import Line, Paper, Table, Words, day, moment
from bangban.features.receipts.phrases import APPLICANT, FREE, MOVES, OUTCOMES, REMEDY, STATES, TOLD_AT_ONCE
from bangban.features.receipts.problems import NothingToReceipt
from bangban.features.receipts.values import TITLES, ReceiptKind


def paper_of(kind: ReceiptKind, facts: PaperFacts) -> Paper:
    """The paper of this kind. Raises NothingToReceipt."""
    return _MAKERS[kind](facts)


def _paper(
    kind: ReceiptKind,
    facts: PaperFacts,
    *,
    at: datetime,
    opening: Words,
    lines: Iterable[Line] = (),
    tables: tuple[Table, ...] = (),
    remarks: tuple[Words, ...] = (),
) -> Paper:
    always = (
        Line(("办件编号", "Case number"), facts.number),
        Line(("事项名称", "Matter"), f"{facts.item}（{facts.item_code}）"),
        Line(("申请人", "Applicant"), facts.applicant),
        Line(("证件号码", "Identity number"), facts.identity_masked),
        Line(("联系电话", "Telephone"), facts.phone_masked),
    )
    contact = facts.contact_phone
    asked: tuple[Words, ...] = (
        ((f"咨询、投诉电话：{contact}。", f"For questions and complaints call {contact}."),)
        if contact
        else ()
    )
    return Paper(
        title=TITLES[kind],
        issuer=facts.district,
        brand=facts.brand,
        number=facts.number,
        addressed=facts.applicant,
        opening=opening,
        lines=(*always, *lines),
        tables=tables,
        remarks=(*remarks, *asked),
        at=at,
        code=facts.code,
        check_at=facts.check_at,
    )


def _acceptance(facts: PaperFacts) -> Paper:
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
    return _paper(
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
        tables=(_materials(("材料清单", "Materials"), facts.materials),),
        remarks=(*following, FREE),
    )


def _notice(facts: PaperFacts) -> Paper:
    notice = facts.notice
    if notice is None:
        raise NothingToReceipt(ReceiptKind.NOTICE)
    named = {each.code: each for each in facts.materials}
    rows = tuple(
        (
            str(place),
            named[code].name,
            _count(named[code]),
            named[code].issuer or "—",
            notice.reasons.get(code, "—"),
        )
        for place, code in enumerate(notice.missing, start=1)
        if code in named
    )
    until = f"{day(notice.deadline)}前" if notice.deadline else "尽快"
    until_en = f"by {notice.deadline}" if notice.deadline else "as soon as you can"
    others = tuple(each for each in facts.materials if each.code not in notice.missing)
    return _paper(
        ReceiptKind.NOTICE,
        facts,
        at=notice.issued_at,
        opening=TOLD_AT_ONCE,
        lines=(
            Line(("告知时间", "Told"), moment(notice.issued_at)),
            Line(("补正期限", "To be supplied"), day(notice.deadline)),
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
            *((_materials(("其他材料", "Other materials"), others),) if others else ()),
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


def _result(facts: PaperFacts) -> Paper:
    if facts.completed_at is None or facts.outcome is None:
        raise NothingToReceipt(ReceiptKind.RESULT)
    zh, en = OUTCOMES[facts.outcome]
    refused = facts.outcome is CaseOutcome.REFUSED
    remedy: tuple[Words, ...] = (REMEDY,) if refused else ()
    return _paper(
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
        ),
        remarks=(*remedy, FREE),
    )


def _custody(facts: PaperFacts) -> Paper:
    if not facts.moves:
        raise NothingToReceipt(ReceiptKind.CUSTODY)
    names = {each.code: each.name for each in facts.materials} | {RESULT: facts.result_name}
    moves = Table(
        title=("流转记录", "What went where"),
        columns=(
            ("时间", "When"),
            ("环节", "Step"),
            ("材料", "Paper"),
            ("原件", "Originals"),
            ("复印件", "Copies"),
            ("交出", "From"),
            ("接收", "To"),
        ),
        widths=(5, 2, 5, 2, 2, 3, 3),
        rows=tuple(
            (
                moment(each.at),
                MOVES[each.kind],
                names.get(each.code, each.code),
                str(each.originals),
                str(each.copies),
                each.giver or APPLICANT,
                each.receiver or APPLICANT,
            )
            for each in facts.moves
        ),
    )
    held = _held(facts.moves)
    rows = tuple(
        (names.get(code, code), holder, str(originals), str(copies))
        for (code, holder), (originals, copies) in sorted(held.items())
    )
    balance = Table(
        title=("现存何处", "Where they are now"),
        columns=(("材料", "Paper"), ("保管", "Held by"), ("原件", "Originals"), ("复印件", "Copies")),
        widths=(6, 5, 2, 2),
        rows=rows,
    )
    return _paper(
        ReceiptKind.CUSTODY,
        facts,
        at=facts.moves[-1].at,
        opening=(
            "现将本件材料的接收、转交与退还情况列明如下："
            if rows
            else "本件材料已全部退还或送达，经过如下：",
            "These papers of yours were received, passed on and returned:",
        ),
        tables=(moves, *((balance,) if rows else ())),
        remarks=(FREE,),
    )


def _held(moves: Iterable[PaperMove]) -> dict[tuple[str, str], tuple[int, int]]:
    """How many originals and copies of each paper each holder has; who has none is left out."""
    originals: Counter[tuple[str, str]] = Counter()
    copies: Counter[tuple[str, str]] = Counter()
    for each in moves:
        for holder, sign in ((each.receiver, 1), (each.giver, -1)):
            if holder is not None:
                originals[each.code, holder] += sign * each.originals
                copies[each.code, holder] += sign * each.copies
    return {key: (originals[key], copies[key]) for key in originals if originals[key] or copies[key]}


def _materials(title: Words, materials: Iterable[PaperMaterial]) -> Table:
    return Table(
        title=title,
        columns=(
            ("序号", "No."),
            ("材料名称", "Material"),
            ("份数", "Number"),
            ("必备", "Required"),
            ("状态", "State"),
        ),
        widths=(1, 6, 3, 2, 2),
        rows=tuple(
            (str(place), each.name, _count(each), "是" if each.required else "否", STATES[each.state])
            for place, each in enumerate(materials, start=1)
        ),
    )


def _count(material: PaperMaterial) -> str:
    counted = [
        f"{word} {count}"
        for word, count in (("原件", material.originals), ("复印件", material.copies))
        if count
    ]
    return "、".join(counted) or "—"


_MAKERS: Final[Mapping[ReceiptKind, Callable[[PaperFacts], Paper]]] = {
    ReceiptKind.ACCEPTANCE: _acceptance,
    ReceiptKind.NOTICE: _notice,
    ReceiptKind.CUSTODY: _custody,
    ReceiptKind.RESULT: _result,
}
