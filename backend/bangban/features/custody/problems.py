"""Refusals of custody."""

from __future__ import annotations

from collections.abc import Iterable

from bangban.kernel.problems import ErrorCode, Problem


class PapersNotHeld(Problem):
    """Nobody gives away what is not in their hands (DOMAIN C09, invariant 7)."""

    code = ErrorCode.PAPERS_NOT_HELD
    zh = "以下材料不在其手中,或份数不足:{papers}。"
    en = "These papers are not in these hands, or not so many of them: {papers}."

    def __init__(self, papers: Iterable[str]) -> None:
        super().__init__(fields=("input.papers",), papers=papers)


class ResultNotReady(Problem):
    """A result is taken for the applicant once the case is completed, and not before."""

    code = ErrorCode.ILLEGAL_TRANSITION
    zh = "办件尚未办结,还没有可代领的结果。"
    en = "The case is not completed, so there is no result to take."

    def __init__(self) -> None:
        super().__init__(fields=("input.papers",))


class ReceiverUnknown(Problem):
    zh = "请指明接收人或接收单位(只选其一),且接收单位应在用。"
    en = "Name the person or the unit that receives the papers, one of them; a unit must be in use."

    def __init__(self) -> None:
        super().__init__(fields=("input.toStaffId",))
