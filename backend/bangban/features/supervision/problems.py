"""Refusals about duties."""

from __future__ import annotations

from bangban.kernel.problems import ErrorCode, NotFound, Problem


class DutyUnknown(NotFound):
    """There is no such duty, or it lies outside the caller's areas; the two look the same."""

    def __init__(self) -> None:
        super().__init__("duty", "督办件", fields=("input.id",))


class DutyOver(Problem):
    """A duty is settled once, and not at all where it is void."""

    code = ErrorCode.CONFLICT
    zh = "该督办件的状态为 {state},不能再处理。"
    en = "This duty is {state} already; nothing more can be done about it."


class UrgedLately(Problem):
    """Urging again at once helps nobody."""

    code = ErrorCode.CONFLICT
    zh = "{hours} 小时内已催办过,请稍后再催。"
    en = "The holder was urged within the last {hours} hours already."
