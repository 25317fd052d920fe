"""What is told of the way of a case: its acceptance, its result. Pure."""

from __future__ import annotations

from bangban.features.cases.paper_problems import ResultHeld
from bangban.features.cases.rules.results import is_held
from bangban.features.cases.values import CaseOutcome, MaterialState, ResultStanding
from bangban.features.receipts.facts import PaperFacts
from bangban.features.receipts.papers import Line, Paper, Words
from bangban.features.receipts.phrases import FREE, OUTCOMES, REMEDY, STANDINGS
from bangban.features.receipts.problems import NothingToReceipt
from bangban.features.receipts.rules.shared import fee_of, listed, make
from bangban.features.receipts.values import ReceiptKind
from bangban.kernel.clock.words import day, moment


def acceptance(facts: PaperFacts) -> Paper:
    """受理通知书. Raises NothingToReceipt before it."""
    if facts.accepted_at is None:
        raise NothingToReceipt(ReceiptKind.ACCEPTANCE)
    provisional = "（暂定）" if facts.due_provisional else ""
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
            *((Line(("起算日期", "Counts from"), day(facts.counts_from)),) if facts.counts_from else ()),
            Line(("法定办结时限", "Limit by law"), f"{facts.legal_days} 个工作日"),
            Line(("承诺办结时限", "Promised limit"), f"{facts.promised_days} 个工作日"),
            Line(("应办结日期", "Due"), day(facts.due_on) + provisional),
            Line(("办理单位", "Dealt with by"), facts.unit),
            Line(("帮办人员", "Helper"), facts.helper),
            Line(("收费", "Fee"), fee_of(facts)),
        ),
        tables=(listed(("材料清单", "Materials"), facts.materials),),
        remarks=(*following, FREE),
    )


def result(facts: PaperFacts) -> Paper:
    """办结通知书. Raises NothingToReceipt before it, ResultHeld while it waits for other cases' results."""
    if facts.completed_at is None or facts.outcome is None:
        raise NothingToReceipt(ReceiptKind.RESULT)
    if is_held(held=facts.held, outcome=facts.outcome, standing=facts.standing):
        raise ResultHeld
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
            Line(("办理结果", "Result"), zh + (STANDINGS[facts.standing] if facts.standing else "")),
            *(() if refused else (Line(("结果名称", "Document"), facts.result_name),)),
            Line(("结果文号", "Document number"), facts.result_number or "—"),
            Line(("办理意见", "Opinion"), facts.opinion or "—"),
            *((Line(("法律依据", "Legal basis"), facts.decision_basis or "—"),) if refused else ()),
            Line(("办理单位", "Dealt with by"), facts.unit),
            *((Line(("用印", "Seal"), facts.seal),) if facts.seal else ()),
        ),
        remarks=(*_condition(facts), *remedy, FREE),
    )


def _condition(facts: PaperFacts) -> tuple[Words, ...]:
    """What a result depends on, until when, and what follows; or what came of it (DOMAIN D10)."""
    if facts.standing is None or facts.promised_by is None:
        return ()
    waited_for = [each.name for each in facts.materials if each.state is MaterialState.TOLERATED]
    by, names, names_en = day(facts.promised_by), "、".join(waited_for), ", ".join(waited_for)
    if facts.standing is ResultStanding.WITHDRAWN:
        return (
            (
                f"容缺承诺{by}到期未补齐：{names}。附条件作出的办理结果已撤销，相关证照、文书不再有效。",
                f"{names_en} did not come by {facts.promised_by}: the result is withdrawn and its document void.",
            ),
            REMEDY,
        )
    if facts.standing is ResultStanding.CONDITION_MET:
        return (
            (
                "容缺材料已补齐并核对无误，办理结果不再附条件。",
                "What was promised came and was checked: the result stands without condition.",
            ),
        )
    if not waited_for:
        return (
            (
                "本结果附条件：容缺材料已补交，待核对。",
                "This result stands on a condition: what was promised came and is being checked.",
            ),
        )
    return (
        (
            f"本结果附条件：请于{by}前补齐{names}。逾期未补齐的，撤销办理结果，且在恢复资格前不再适用容缺。",
            f"This result stands on a condition: supply {names_en} by {facts.promised_by}. Otherwise it is withdrawn.",
        ),
    )
