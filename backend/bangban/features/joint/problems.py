"""Refusals of joint handling."""

from __future__ import annotations

from collections.abc import Sequence

from bangban.kernel.problems import ErrorCode, NotFound, Problem


def no_such_application() -> NotFound:
    """No such application, or the caller may not see it; the two look the same."""
    return NotFound("application for a bundle", "一件事申请", fields=("input.number",))


class NothingOpen(Problem):
    """All of its cases are over, so there is nothing left to withdraw."""

    code = ErrorCode.ILLEGAL_TRANSITION
    zh = "其中的办件均已结束,没有可撤回的。"
    en = "All of its cases are over; there is nothing left to withdraw."

    def __init__(self) -> None:
        super().__init__(fields=("input.number",))


class ResultsAwaited(Problem):
    """The applicant wants the results together, and some cases are not decided yet (DOMAIN D11)."""

    code = ErrorCode.CONFLICT
    zh = "申请人选择结果一并领取,以下办件尚未办结:{numbers}。如改为分批领取,请注明。"
    en = "The results are to be given out together, and these are not decided yet: {numbers}. Ask for them in parts."

    def __init__(self, numbers: Sequence[str]) -> None:
        self.numbers = tuple(numbers)
        super().__init__(fields=("input.inParts",), numbers=numbers)


class NothingToRelease(Problem):
    """No result is there that was not given out already."""

    code = ErrorCode.CONFLICT
    zh = "没有待发放的结果。"
    en = "There is no result that was not given out already."

    def __init__(self) -> None:
        super().__init__(fields=("input.number",))


class NotIssuable(Problem):
    """These cases cannot be put together: another applicant's, over already, or in a bundle already."""

    code = ErrorCode.CONFLICT
    zh = "以下办件不能合并出证:{reasons_zh}。"
    en = "These cases cannot be issued together: {reasons}."

    def __init__(self, reasons: Sequence[tuple[str, str, str]]) -> None:
        """``reasons``: number of the case, why in Chinese, why in English."""
        self.reasons = tuple(reasons)
        super().__init__(
            fields=("input.caseNumbers",),
            reasons=[f"{number} ({en})" for number, _, en in reasons],
            reasons_zh=[f"{number}({zh})" for number, zh, _ in reasons],
        )
