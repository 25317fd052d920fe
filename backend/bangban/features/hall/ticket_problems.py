"""Refusals about numbers and queues. Nothing here names a person: numbers are what a screen shows to everybody."""

from __future__ import annotations

from collections.abc import Sequence

from bangban.features.hall.values import TicketState
from bangban.kernel.problems import ErrorCode, Problem

_TICKET_ZH = {
    TicketState.ISSUED: "等候中",
    TicketState.CALLED: "已叫号",
    TicketState.SERVING: "办理中",
    TicketState.SERVED: "已办理",
    TicketState.NO_SHOW: "已过号",
    TicketState.CANCELLED: "已作废",
    TicketState.TRANSFERRED: "已转窗",
}


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
        super().__init__(fields=("input.queue",), wanted=wanted, right=right)
        self.right = tuple(right)


class NoQueueForMatter(Problem):
    """No window of the point takes the matter."""

    code = ErrorCode.WRONG_QUEUE
    zh = "该服务点没有窗口受理此事项。"
    en = "No window of this point takes this matter."

    def __init__(self, *, field: str = "input.queue") -> None:
        super().__init__(fields=(field,))


class InItsQueue(Problem):
    """A transfer is for what other windows take."""

    code = ErrorCode.CONFLICT
    zh = "{number} 号已在受理该事项的队列中,无需转窗。"
    en = "Ticket {number} is in the queue that takes this matter already."

    def __init__(self, number: str, *, field: str) -> None:
        super().__init__(fields=(field,), number=number)


class NumbersWait(Problem):
    """A point closes no window, nor for good, while somebody waits whom nobody else there would call (DOMAIN A03)."""

    code = ErrorCode.CONFLICT
    zh = "仍有号票无其他窗口可叫:{numbers}。请先办完或作废。"
    en = "No other window would call these numbers, which wait: {numbers}. Serve or cancel them first."

    def __init__(self, numbers: Sequence[str], *, field: str) -> None:
        super().__init__(fields=(field,), numbers=tuple(numbers))


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
