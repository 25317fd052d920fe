"""Refusals of outreach."""

from __future__ import annotations

from bangban.kernel.faulty import faults_counted
from bangban.kernel.problems import ErrorCode, NotFound, Problem


def no_such_outreach() -> NotFound:
    """The one refusal for an outreach that is not there, and for one where the caller holds none."""
    return NotFound("outreach", "宣讲活动", fields=("input.outreachId",))


class OutreachFaulty(Problem):
    """A plan, a report or a wish that cannot be; every fault is named at once."""

    zh = "填写有 {count} 处错误:{faults_zh}"
    en = "There are {counted}: {faults_en}"

    def __init__(self, faults: tuple[tuple[str, str, str], ...]) -> None:
        """``faults`` are the input's field and both sentences of each."""
        super().__init__(
            fields=tuple(dict.fromkeys(f"input.{field}" for field, _, _ in faults)),
            count=len(faults),
            counted=faults_counted(len(faults)),
            faults_zh="".join(zh for _, zh, _ in faults),
            faults_en=" ".join(en for _, _, en in faults),
        )


class OutreachReported(Problem):
    """It is reported once."""

    code = ErrorCode.CONFLICT
    zh = "此次宣讲已填报。"
    en = "This outreach was reported already."

    def __init__(self) -> None:
        super().__init__(fields=("input.outreachId",))


class OutreachIsCancelled(Problem):
    """It will not be held."""

    code = ErrorCode.CONFLICT
    zh = "此次宣讲已取消。"
    en = "This outreach was cancelled."

    def __init__(self) -> None:
        super().__init__(fields=("input.outreachId",))


class OutreachBegan(Problem):
    """Its first day is over: what was held is reported."""

    code = ErrorCode.CONFLICT
    zh = "宣讲已于 {on} 开始,不能取消,请据实填报。"
    en = "It began on {on} and cannot be cancelled. Report what came of it."


class OutreachNotHeld(Problem):
    """It has not begun."""

    code = ErrorCode.CONFLICT
    zh = "宣讲自 {on} 开始,尚不能填报。"
    en = "It begins on {on} and cannot be reported before."
