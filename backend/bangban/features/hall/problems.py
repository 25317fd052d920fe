"""Refusals of a hall; those about numbers are in ``ticket_problems``. Nothing here names a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bangban.features.hall.values import VisitState
from bangban.kernel.problems import ErrorCode, NotFound, Problem

_VISIT_ZH = {
    VisitState.GREETED: "已接待",
    VisitState.TICKETED: "已取号",
    VisitState.WAITING: "再次等候",
    VisitState.AT_WINDOW: "窗口办理中",
    VisitState.DONE: "已办完",
    VisitState.LEFT: "已离厅",
    VisitState.REDIRECTED: "已引导至他处",
}


class NotOnShift(Problem):
    """Only a guide who is on the rota now opens a visit (DOMAIN A01)."""

    code = ErrorCode.NOT_ON_SHIFT
    zh = "您此刻不在该服务点的导办值班表上。"
    en = "You are not on the guides' rota of this point at this moment."


class TurnsOverlap(Problem):
    """Nobody is at two desks at once, nor at one twice (DOMAIN A01)."""

    code = ErrorCode.CONFLICT
    zh = "此人已排有 {begins} 至 {ends} 的值班,时间重叠。"
    en = "This person has a turn from {begins} to {ends} already, which overlaps."

    def __init__(self, begins: datetime, ends: datetime) -> None:
        said = {"begins": f"{begins:%Y-%m-%d %H:%M}", "ends": f"{ends:%Y-%m-%d %H:%M}"}
        super().__init__(fields=("input.beginsAt", "input.endsAt"), **said)


class TurnOver(Problem):
    """What was is not taken back: visits and minutes of a turn are counted (DOMAIN A01, K03)."""

    code = ErrorCode.CONFLICT
    zh = "该班次已结束或已取消。"
    en = "This turn is over, or was taken off the rota already."

    def __init__(self) -> None:
        super().__init__(fields=("input.shiftId",))


class VisitNotOpen(Problem):
    code = ErrorCode.ILLEGAL_TRANSITION
    zh = "该到访当前状态为“{state_zh}”,不能执行此操作。"
    en = "The visit is {state}; this cannot be done from there."

    def __init__(self, state: VisitState) -> None:
        super().__init__(fields=("input.visitId",), state=state, state_zh=_VISIT_ZH[state])


class TakenHere(Problem):
    """Nobody is led elsewhere with what this hall takes: it goes on inside (DOMAIN B02)."""

    code = ErrorCode.CONFLICT
    zh = "该事项可在本大厅办理({queues}),不得引导至他处。"
    en = "This hall takes the matter itself (queue {queues}); the visitor is not led elsewhere with it."

    def __init__(self, queues: Iterable[str]) -> None:
        super().__init__(fields=("input.how",), queues="、".join(queues))


class AboutAnotherCase(Problem):
    """A visit is about one matter, so about one case."""

    code = ErrorCode.CONFLICT
    zh = "该到访已关联另一办件。"
    en = "The visit is about another case already."

    def __init__(self) -> None:
        super().__init__(fields=("input.caseNumber",))


class NotTheVisitors(Problem):
    """A visit that no window served counts as a trip of the applicant alone (DOMAIN A09)."""

    code = ErrorCode.CONFLICT
    zh = "该办件不是此到访人的申请。"
    en = "This case is not an application of this visitor's."

    def __init__(self) -> None:
        super().__init__(fields=("input.caseNumber",))


class ChecklistIncomplete(Problem):
    """A pre-check looks at every required paper, so that what is missing is told at once (DOMAIN A06, B03)."""

    code = ErrorCode.NOTICE_INCOMPLETE
    zh = "材料预检须逐项核对全部必备材料,尚未核对:{missing}。"
    en = "A pre-check looks at every required paper; these were not looked at: {missing}."

    def __init__(self, missing: Iterable[str]) -> None:
        super().__init__(fields=("input.papers",), missing=missing)


class ToldAlready(Problem):
    """What is missing was told once; nothing more may be asked for (DOMAIN B03, invariant 3)."""

    code = ErrorCode.SECOND_NOTICE
    zh = "已一次性告知所缺材料,不得再增加:{more}。"
    en = "What is missing was told once; nothing may be added now: {more}."

    def __init__(self, more: Iterable[str]) -> None:
        super().__init__(fields=("input.papers",), more=more)


class PapersUnchecked(Problem):
    """The item asks for papers, so they are looked at before a number is given (DOMAIN A06)."""

    code = ErrorCode.MATERIALS_MISSING
    zh = "取号前请先预检材料。"
    en = "Look at the papers before you give a number."

    def __init__(self) -> None:
        super().__init__(fields=("input.visitId",))


class PapersMissing(Problem):
    """Whoever was told what is missing does not queue in vain (DOMAIN A06)."""

    code = ErrorCode.MATERIALS_MISSING
    zh = "材料尚不齐全,不能取号:{missing}。"
    en = "No number while papers are missing: {missing}."

    def __init__(self, missing: Iterable[str]) -> None:
        super().__init__(fields=("input.visitId",), missing=missing)


class AdviceNotOffered(Problem):
    zh = "本地区不发放咨询号。"
    en = "This district gives no tickets for advice."

    def __init__(self) -> None:
        super().__init__(fields=("input.advisory",))


class OvertimeNotOffered(Problem):
    zh = "本地区未开通这种延时服务。"
    en = "This district does not offer this kind of overtime."

    def __init__(self) -> None:
        super().__init__(fields=("input.kind",))


class OvertimeUntimely(Problem):
    """Overtime is opened before closing, for somebody who was in the queue by then (DOMAIN A07)."""

    code = ErrorCode.CONFLICT
    zh = "延时服务须在 {opens} 至 {closes} 之间为已取号的来访人开启。"
    en = "Overtime is opened between {opens} and {closes}, for somebody who has a number by then."

    def __init__(self, opens: datetime, closes: datetime) -> None:
        super().__init__(fields=("input.ticketId",), opens=f"{opens:%H:%M}", closes=f"{closes:%H:%M}")


class NotOpenToday(Problem):
    """Nothing closes on a day without hours, so there is no overtime either."""

    code = ErrorCode.CONFLICT
    zh = "该服务点今日没有对应的下班时间,无法开启延时服务。"
    en = "This point has no such closing time today, so there is no overtime."

    def __init__(self) -> None:
        super().__init__(fields=("input.kind",))


class OvertimeOpen(Problem):
    """What began in overtime ends done, or carried over with an explanation (DOMAIN A07)."""

    code = ErrorCode.CONFLICT
    zh = "{number} 号正在延时办理,只能办完,或说明原因后另日办理。"
    en = "Ticket {number} is in overtime: finish it, or carry it over and say why."

    def __init__(self, number: str) -> None:
        super().__init__(fields=("input.step",), number=number)


class BatchTooLarge(Problem):
    code = ErrorCode.LIMIT_EXCEEDED
    zh = "一次集中收件至少 2 件,最多 {most} 件。"
    en = "A batch has at least 2 applications and at most {most}."

    def __init__(self, most: int) -> None:
        super().__init__(fields=("input.applications",), most=most)


class AlertCleared(Problem):
    code = ErrorCode.CONFLICT
    zh = "该拥堵提醒已解除。"
    en = "This crowd has been cleared already."

    def __init__(self) -> None:
        super().__init__(fields=("input.alertId",))


def no_such(what: str, what_zh: str, field: str) -> NotFound:
    """The one refusal for what does not exist and for what the caller may not see."""
    return NotFound(what, what_zh, fields=(f"input.{field}",))
