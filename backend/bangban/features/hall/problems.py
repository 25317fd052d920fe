"""Refusals of a hall. Nothing here names a person: numbers are what a screen shows to everybody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bangban.features.hall.values import TicketState, VisitState
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
_TICKET_ZH = {
    TicketState.ISSUED: "等候中",
    TicketState.CALLED: "已叫号",
    TicketState.SERVING: "办理中",
    TicketState.SERVED: "已办理",
    TicketState.NO_SHOW: "已过号",
    TicketState.CANCELLED: "已作废",
    TicketState.TRANSFERRED: "已转窗",
}


class NotOnShift(Problem):
    """Only a guide who is on the rota now opens a visit (DOMAIN A01)."""

    code = ErrorCode.NOT_ON_SHIFT
    zh = "您此刻不在该服务点的导办值班表上。"
    en = "You are not on the guides' rota of this point at this moment."


class VisitNotOpen(Problem):
    code = ErrorCode.ILLEGAL_TRANSITION
    zh = "该到访当前状态为“{state_zh}”,不能执行此操作。"
    en = "The visit is {state}; this cannot be done from there."

    def __init__(self, state: VisitState) -> None:
        super().__init__(fields=("input.visitId",), state=state, state_zh=_VISIT_ZH[state])


class AboutAnotherCase(Problem):
    """A visit is about one matter, so about one case."""

    code = ErrorCode.CONFLICT
    zh = "该到访已关联另一办件。"
    en = "The visit is about another case already."

    def __init__(self) -> None:
        super().__init__(fields=("input.caseNumber",))


class TicketNotThere(Problem):
    """The ticket's state does not allow the step, or its day is over."""

    code = ErrorCode.ILLEGAL_TRANSITION
    zh = "{number} 号当前状态为“{state_zh}”,不能执行此操作。"
    en = "Ticket {number} is {state}; this cannot be done from there."

    def __init__(self, number: str, state: TicketState) -> None:
        super().__init__(fields=("input.ticketId",), number=number, state=state, state_zh=_TICKET_ZH[state])


class TicketExpired(Problem):
    """Tickets die with their day (DOMAIN A03)."""

    code = ErrorCode.ILLEGAL_TRANSITION
    zh = "{number} 号已过当日,作废。"
    en = "Ticket {number} was of an earlier day and has expired."

    def __init__(self, number: str) -> None:
        super().__init__(fields=("input.ticketId",), number=number)


class DuplicateTicket(Problem):
    """One live ticket for a visitor and queue (DOMAIN A03, invariant 1); the refusal names the one that lives."""

    code = ErrorCode.DUPLICATE_TICKET
    zh = "该来访人已有 {number} 号,无需重复取号。"
    en = "This visitor has ticket {number} already."

    def __init__(self, number: str) -> None:
        super().__init__(fields=("input.visitId",), number=number)
        self.number = number


class TicketTakenMeanwhile(Problem):
    """Somebody gave the visitor a number of the queue at the same moment."""

    code = ErrorCode.CONFLICT
    zh = "该来访人刚在别处取号,请稍后再试。"
    en = "This visitor was given a number elsewhere at this moment; try again."


class WrongQueue(Problem):
    """The chosen queue does not take the matter; the refusal names the right ones, best first (DOMAIN A03)."""

    code = ErrorCode.WRONG_QUEUE
    zh = "{wanted} 队列不受理该事项,应取:{right}。"
    en = "Queue {wanted} does not take this matter; the right queue is: {right}."

    def __init__(self, wanted: str, right: Sequence[str]) -> None:
        super().__init__(fields=("input.queue",), wanted=wanted, right="、".join(right))
        self.right = tuple(right)


class NoQueueForMatter(Problem):
    """No window of the point takes the matter."""

    code = ErrorCode.WRONG_QUEUE
    zh = "该服务点没有窗口受理此事项。"
    en = "No window of this point takes this matter."

    def __init__(self) -> None:
        super().__init__(fields=("input.queue",))


class ChecklistIncomplete(Problem):
    """A pre-check looks at every required paper, so that what is missing is told at once (DOMAIN A06, B03)."""

    code = ErrorCode.NOTICE_INCOMPLETE
    zh = "材料预检须逐项核对全部必备材料,尚未核对:{missing}。"
    en = "A pre-check looks at every required paper; these were not looked at: {missing}."

    def __init__(self, missing: Iterable[str]) -> None:
        super().__init__(fields=("input.papers",), missing="、".join(missing))


class ToldAlready(Problem):
    """What is missing was told once; nothing more may be asked for (DOMAIN B03, invariant 3)."""

    code = ErrorCode.SECOND_NOTICE
    zh = "已一次性告知所缺材料,不得再增加:{more}。"
    en = "What is missing was told once; nothing may be added now: {more}."

    def __init__(self, more: Iterable[str]) -> None:
        super().__init__(fields=("input.papers",), more="、".join(more))


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
        super().__init__(fields=("input.visitId",), missing="、".join(missing))


class AdviceNotOffered(Problem):
    zh = "本地区不发放咨询号。"
    en = "This district gives no tickets for advice."

    def __init__(self) -> None:
        super().__init__(fields=("input.advisory",))


class WindowBusy(Problem):
    """A window serves one after another."""

    code = ErrorCode.WINDOW_BUSY
    zh = "该窗口的 {number} 号尚未办完。"
    en = "The window is not done with ticket {number} yet."

    def __init__(self, number: str) -> None:
        super().__init__(fields=("input.windowId",), number=number)


class NobodyWaiting(Problem):
    code = ErrorCode.NOBODY_WAITING
    zh = "该窗口目前无人等候。"
    en = "Nobody waits for this window at present."

    def __init__(self) -> None:
        super().__init__(fields=("input.windowId",))


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
