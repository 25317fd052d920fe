"""Refusals about the papers of a case: notices, what is missing, promises to supply it, results on condition."""

from __future__ import annotations

from collections.abc import Iterable

from bangban.kernel.problems import ErrorCode, Problem


class NoticeIncomplete(Problem):
    """A one-time notice 一次性告知 names everything that is missing, or is not given (DOMAIN B03)."""

    code = ErrorCode.NOTICE_INCOMPLETE
    zh = "一次性告知必须列明全部缺少的材料,尚未列入:{missing}。"
    en = "A notice must name everything that is missing at once; it leaves out: {missing}."

    def __init__(self, missing: Iterable[str]) -> None:
        super().__init__(fields=("input.missing",), missing=missing)


class SecondNotice(Problem):
    """A second notice is a breach, which only a supervisor may commit, on record (DOMAIN B03)."""

    code = ErrorCode.SECOND_NOTICE
    zh = "此办件已经一次性告知过;再次告知属于违规,只能由督办人员作出。"
    en = "The applicant has had the one notice; another is a breach that only a supervisor may commit."


class NothingToAcknowledge(Problem):
    """There is no one-time notice to acknowledge (DOMAIN B03)."""

    code = ErrorCode.CONFLICT
    zh = "尚无需签收的一次性告知。"
    en = "There is no one-time notice to acknowledge."


class AcknowledgedAlready(Problem):
    """A notice is acknowledged once; also what the second of two at once gets (DOMAIN B03)."""

    code = ErrorCode.CONFLICT
    zh = "该一次性告知已签收。"
    en = "This one-time notice has been acknowledged already."


class NotYoursToSign(Problem):
    """Nobody acknowledges a notice in another's name without a power of attorney (DOMAIN B03, 3.7)."""

    zh = "申请人只能本人确认;工作人员应选择当面签收,代办件的经办人可凭委托书签收,但不得签收本人出具的告知。"
    en = (
        "Applicants acknowledge for themselves; staff say that they saw the signature, or hold the case and act by a"
        " power of attorney, but never for a notice of their own."
    )

    def __init__(self) -> None:
        super().__init__(fields=("input.signer",))


class MaterialsMissing(Problem):
    code = ErrorCode.MATERIALS_MISSING
    zh = "材料尚不齐全:{missing}。"
    en = "Materials are missing: {missing}."

    def __init__(self, missing: Iterable[str], *, fields: tuple[str, ...] = ("input.number",)) -> None:
        super().__init__(fields=fields, missing=missing)


class NotTolerable(Problem):
    """A core material, or one that the item does not list for tolerance (DOMAIN D10, invariant 11)."""

    code = ErrorCode.NOT_TOLERABLE
    zh = "以下材料不得容缺:{materials}。"
    en = "These materials cannot be tolerated as missing: {materials}."

    def __init__(self, materials: Iterable[str]) -> None:
        super().__init__(fields=("input.tolerated",), materials=materials)


class PromiseOutsideLimit(Problem):
    """A promise to supply later lies after today and within the item's promised limit (DOMAIN 3.9)."""

    code = ErrorCode.INVALID_INPUT
    zh = "承诺补交日期应在今天之后、{latest} 之前(含当日)。"
    en = "The promised date must be later than today and not after {latest}."

    def __init__(self, latest: object) -> None:
        super().__init__(fields=("input.promisedBy",), latest=latest)


class ToleranceOpen(Problem):
    """No result before the promised materials are there (DOMAIN D10)."""

    code = ErrorCode.TOLERANCE_OPEN
    zh = "容缺材料尚未补齐,不能办结:{missing}。"
    en = "No result can be given before the promised materials are there: {missing}."

    def __init__(self, missing: Iterable[str]) -> None:
        super().__init__(fields=("input.number",), missing=missing)


class PromiseOver(Problem):
    """A result stands on the condition of a promise only while that can still be kept (DOMAIN D10)."""

    code = ErrorCode.TOLERANCE_OPEN
    zh = "容缺承诺已于 {promised_by} 到期,不能再附条件办结;请补齐材料后办结,或依法终止。"
    en = "The promise ran out on {promised_by}: no result can be issued on its condition any more."

    def __init__(self, promised_by: object) -> None:
        super().__init__(fields=("input.number",), promised_by=promised_by)


class ResultConditional(Problem):
    """A result that stands on a condition may still be withdrawn, so its case is not rated and closed (DOMAIN D10)."""

    code = ErrorCode.TOLERANCE_OPEN
    zh = "办理结果尚附条件,容缺材料补齐并核对后方可评价。"
    en = "The result still stands on a condition; rate it once the promised materials are there and checked."

    def __init__(self) -> None:
        super().__init__(fields=("input.number",))


class ResultHeld(Problem):
    """The applicant wants the results of several cases together, so none is given out before (DOMAIN D11)."""

    code = ErrorCode.CONFLICT
    zh = "申请人选择结果一并领取,此办件的结果尚未发放。"
    en = "The applicant wants the results together, and the result of this case was not given out yet."

    def __init__(self, *, field: str = "input.number") -> None:
        super().__init__(fields=(field,))


class PapersOut(Problem):
    """What was taken is returned or at its final place before a case is completed or closed (invariant 7)."""

    code = ErrorCode.PAPERS_OUT
    zh = "尚有 {count} 份代收材料在途,须退还申请人或转交到位后方可办结、评价。"
    en = "{count} of the applicant's papers are still in somebody's hands: return or file them first."

    def __init__(self, count: int) -> None:
        super().__init__(fields=("input.number",), count=count)


class ToleranceBarred(Problem):
    """Whoever broke a promise makes no other until a supervisor has cleared it (DOMAIN D10)."""

    code = ErrorCode.TOLERANCE_BARRED
    zh = "该申请人曾有容缺承诺逾期未兑现,恢复资格前不能再次容缺受理。"
    en = "This applicant broke an earlier promise; no other is accepted until that is cleared."


class PromiseNotBroken(Problem):
    code = ErrorCode.CONFLICT
    zh = "此办件没有待恢复的容缺失信。"
    en = "This case has no broken promise that could be cleared."
