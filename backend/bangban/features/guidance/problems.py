"""Refusals about guidance."""

from __future__ import annotations

from bangban.features.catalog.problems import ItemFaulty
from bangban.kernel.problems import ErrorCode, NotFound, Problem


class GuidanceFaulty(ItemFaulty):
    """Questions were refused; every fault is named at once, with the path of its field."""

    lead_zh = "情形引导不符合要求"
    lead_en = "The guidance cannot be published"


class GuidanceUnknown(NotFound):
    """There is no such version of such questions."""

    def __init__(self) -> None:
        super().__init__("guidance", "情形引导", fields=("input.guidance",))


class NoEndReached(Problem):
    """The answers do not fit the questions, or another question follows them."""

    code = ErrorCode.INVALID_INPUT
    zh = "这些回答没有走到情形引导的结果。"
    en = "These answers do not lead to an end of the questions."

    def __init__(self) -> None:
        super().__init__(fields=("input.guidance.answers",))
