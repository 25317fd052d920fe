"""Refusals of first-asked records."""

from __future__ import annotations

from bangban.features.first_asks.values import AskState
from bangban.kernel.problems import ErrorCode, NotFound, Problem

STATE_ZH = {
    AskState.RECEIVED: "已接待",
    AskState.HANDLING: "办理中",
    AskState.TRANSFERRED: "待接收",
    AskState.FOLLOWING: "跟踪中",
    AskState.ANSWERED: "已答复",
    AskState.CLOSED: "已办结",
}


class AskStateRefused(Problem):
    """The state of the record does not allow this; also what the second of two people acting at once gets."""

    code = ErrorCode.ILLEGAL_TRANSITION
    zh = "首问记录当前为“{state_zh}”,不能执行此操作。"
    en = "The record is {state}; this cannot be done from there."

    def __init__(self, state: AskState) -> None:
        super().__init__(fields=("input.number",), state=state, state_zh=STATE_ZH[state])


class NotInCharge(Problem):
    """Only who was asked, or who has taken the matter, does this; closing is for who was asked (DOMAIN B01)."""

    code = ErrorCode.NOT_THE_HOLDER
    zh = "只有首问责任人或当前承办人可以办理;办结由首问责任人作出。"
    en = "This is for who was first asked or who has the matter now; who was first asked closes it."


class TooManyQuestions(Problem):
    """Each question has an owner at once, so one resident does not take up everybody's time (DOMAIN A12)."""

    code = ErrorCode.LIMIT_EXCEEDED
    zh = "您未答复的咨询已达上限({most} 件),请等待答复后再提问。"
    en = "You have as many unanswered questions as one person may have: {most}. Wait for an answer."

    def __init__(self, most: int) -> None:
        super().__init__(most=most)


class NoTransfer(Problem):
    """Nothing was transferred to the caller, or it went back already."""

    code = ErrorCode.NO_HANDOVER
    zh = "没有待您接收的转办。"
    en = "No transfer of this record is waiting for you."


class TransferReceiverUnfit(Problem):
    """Matters are passed on inside only, to somebody in service who may take them (DOMAIN B02)."""

    zh = "只能内部转办给在岗且有权承办的同事。"
    en = "A matter is passed on inside only, to a colleague in service who may take it."


def no_such_ask() -> NotFound:
    """The one refusal for a record that does not exist and for one that the caller may not see."""
    return NotFound("first-asked record", "首问记录", fields=("input.number",))
