"""Refusals of casework. Material names are the catalog's, which is kept in the district's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bangban.features.cases.values import CaseState
from bangban.kernel.problems import ErrorCode, Forbidden, NotFound, Problem

STATE_ZH = {
    CaseState.SUBMITTED: "已申请",
    CaseState.PRE_CHECKING: "待受理",
    CaseState.AWAITING_MATERIALS: "待补正",
    CaseState.ACCEPTED: "已受理",
    CaseState.IN_PROGRESS: "办理中",
    CaseState.SUSPENDED: "已中止",
    CaseState.COMPLETED: "已办结",
    CaseState.CLOSED: "已评价归档",
    CaseState.DECLINED: "不予受理",
    CaseState.WITHDRAWN: "已撤回",
    CaseState.TERMINATED: "已终止",
}


class IllegalTransition(Problem):
    """The state of the case does not allow this; also what the second of two people acting at once gets."""

    code = ErrorCode.ILLEGAL_TRANSITION
    zh = "办件当前状态为“{state_zh}”,不能执行此操作。"
    en = "The case is {state}; this cannot be done from there."

    def __init__(self, state: CaseState) -> None:
        super().__init__(fields=("input.number",), state=state, state_zh=STATE_ZH[state])


class NotTheHolder(Problem):
    """Only who holds a case may hand it over (DOMAIN C04, invariant 6)."""

    code = ErrorCode.NOT_THE_HOLDER
    zh = "只有当前承办人才能交接此办件。"
    en = "Only the person who holds the case may hand it over."


class HandoverPending(Problem):
    code = ErrorCode.HANDOVER_PENDING
    zh = "此办件的交接尚未被接收或退回。"
    en = "A hand-over of this case is still waiting to be taken or returned."


class NoHandover(Problem):
    """Nothing was handed to the caller: no hand-over is open, or it is meant for somebody else."""

    code = ErrorCode.NO_HANDOVER
    zh = "没有待您接收的交接。"
    en = "No hand-over of this case is waiting for you."


class ReceiverUnfit(Problem):
    """The receiver is gone, has no assignment today, or may not work on cases of this area."""

    zh = "不能交接给此人:其不在岗,或无权在该区域接办。"
    en = "The case cannot go to this person, who is not in service or may not work on cases in this area."


class NoticeIncomplete(Problem):
    """A one-time notice 一次性告知 names everything that is missing, or is not given (DOMAIN B03)."""

    code = ErrorCode.NOTICE_INCOMPLETE
    zh = "一次性告知必须列明全部缺少的材料,尚未列入:{missing}。"
    en = "A notice must name everything that is missing at once; it leaves out: {missing}."

    def __init__(self, missing: Iterable[str]) -> None:
        super().__init__(fields=("input.missing",), missing="、".join(missing))


class SecondNotice(Problem):
    """A second notice is a breach, which only a supervisor may commit, on record (DOMAIN B03)."""

    code = ErrorCode.SECOND_NOTICE
    zh = "此办件已经一次性告知过;再次告知属于违规,只能由督办人员作出。"
    en = "The applicant has had the one notice; another is a breach that only a supervisor may commit."


class MaterialsMissing(Problem):
    code = ErrorCode.MATERIALS_MISSING
    zh = "材料尚不齐全:{missing}。"
    en = "Materials are missing: {missing}."

    def __init__(self, missing: Iterable[str], *, fields: tuple[str, ...] = ("input.number",)) -> None:
        super().__init__(fields=fields, missing="、".join(missing))


class NotTolerable(Problem):
    """A core material, or one that the item does not list for tolerance (DOMAIN D10, invariant 11)."""

    code = ErrorCode.NOT_TOLERABLE
    zh = "以下材料不得容缺:{materials}。"
    en = "These materials cannot be tolerated as missing: {materials}."

    def __init__(self, materials: Iterable[str]) -> None:
        super().__init__(fields=("input.tolerated",), materials="、".join(materials))


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
        super().__init__(fields=("input.number",), missing="、".join(missing))


class PapersOut(Problem):
    """What was taken is returned or at its final place before a case is completed or closed (invariant 7)."""

    code = ErrorCode.PAPERS_OUT
    zh = "尚有 {count} 份代收材料在途,须退还申请人或转交到位后方可办结、评价。"
    en = "{count} of the applicant's papers are still in somebody's hands: return or file them first."

    def __init__(self, count: int) -> None:
        super().__init__(fields=("input.number",), count=count)


class AuthorisationRequired(Problem):
    """Acting for the applicant needs an authorisation 委托书 whose scope and date cover it (invariant 5)."""

    code = ErrorCode.AUTHORISATION_REQUIRED
    zh = "代办需要有效的委托书,且委托权限应包含“{scope_zh}”。"
    en = "Acting for the applicant needs an authorisation in force that covers: {scope}."

    def __init__(self, scope: str, scope_zh: str) -> None:
        super().__init__(fields=("input.authorisation",), scope=scope, scope_zh=scope_zh)


class AuthorisationEnded(Problem):
    """There is no authorisation in force that could be withdrawn."""

    code = ErrorCode.CONFLICT
    zh = "此办件没有有效的委托书可撤销。"
    en = "This case has no authorisation in force that could be withdrawn."


class ToleranceBarred(Problem):
    """Whoever broke a promise makes no other until a supervisor has cleared it (DOMAIN D10)."""

    code = ErrorCode.TOLERANCE_BARRED
    zh = "该申请人曾有容缺承诺逾期未兑现,恢复资格前不能再次容缺受理。"
    en = "This applicant broke an earlier promise; no other is accepted until that is cleared."


class PromiseNotBroken(Problem):
    code = ErrorCode.CONFLICT
    zh = "此办件没有待恢复的容缺失信。"
    en = "This case has no broken promise that could be cleared."


class PhraseBanned(Problem):
    """Staff do not write this to an applicant (DOMAIN B05)."""

    code = ErrorCode.PHRASE_BANNED
    zh = "文字中含禁用语“{phrase}”,请改用规范用语{instead_zh}。"
    en = "The text has a banned phrase in it, “{phrase}”; use the standard wording instead{instead}."

    def __init__(self, phrase: str, instead: str | None, *, field: str) -> None:
        super().__init__(
            fields=(f"input.{field}",),
            phrase=phrase,
            instead=f": “{instead}”" if instead else "",
            instead_zh=f":“{instead}”" if instead else "",
        )


class AlreadyRated(Problem):
    code = ErrorCode.ALREADY_RATED
    zh = "此办件已经评价过。"
    en = "This case has been rated already."


class RatedToday(Problem):
    """While a case is open it is rated once a day at most (DOMAIN H01)."""

    code = ErrorCode.ALREADY_RATED
    zh = "办理过程中每天只能评价一次,请明天再来。"
    en = "While a case is being done it can be rated once a day; come again tomorrow."


class NotRatedMeanwhile(Problem):
    """The district's rating scheme has no rating while a case is done 边办边评 (DOMAIN H01)."""

    zh = "本地区未开通边办边评,请在办结后评价。"
    en = "This district is not rated while a case is being done; rate it once it is completed."

    def __init__(self) -> None:
        super().__init__(fields=("input.phase",))


class ItemNotHandledHere(Problem):
    """The caller's unit neither deals with the item by its level nor has it by delegation (DOMAIN G07, L04)."""

    code = ErrorCode.ITEM_NOT_HANDLED_HERE
    zh = "该事项不由您所在的单位办理,也未下放给该单位;办理层级:{levels}。"
    en = "Your unit does not deal with this item and was not delegated it; it is dealt with at: {levels}."

    def __init__(self, levels: Iterable[str]) -> None:
        super().__init__(fields=("input.number",), levels=", ".join(levels))


class OnlyTheApplicant(Forbidden):
    zh = "只有申请人本人才能评价。"
    en = "Only the applicant may rate a case."

    def __init__(self) -> None:
        super().__init__(permission="case:rate")


class NobodyToHelp(Problem):
    """A resident's application finds no helper at all; a case without a holder must not exist."""

    code = ErrorCode.UNAVAILABLE
    zh = "该区域目前没有可接办的帮办人员,请稍后再试或到窗口办理。"
    en = "Nobody can take up cases in this area at present; try again later or come to a window."


def no_such_case() -> NotFound:
    """The one refusal for a case that does not exist and for one that the caller may not see."""
    return NotFound("case", "办件", fields=("input.number",))


class ModeNotOffered(Problem):
    """The district does not offer this mode of help 未开通的帮办方式 (DOMAIN C03)."""

    zh = "本地区未开通这些帮办方式:{modes}。"
    en = "This district does not offer these modes of help: {modes}."

    def __init__(self, modes: Iterable[str]) -> None:
        super().__init__(fields=("input.modes",), modes="、".join(modes))


class ModeFieldsMissing(Problem):
    """A mode of help needs things said that were not; all of them are named at once (DOMAIN C03)."""

    zh = "所选帮办方式还需填写:{missing_zh}。"
    en = "The chosen modes of help still need: {missing}."

    def __init__(self, labels: Iterable[Mapping[str, str]]) -> None:
        listed = list(labels)
        super().__init__(
            fields=("input.modeFields",),
            missing="; ".join(each["en"] for each in listed),
            missing_zh="、".join(each["zh"] for each in listed),
        )


class DataErased(Problem):
    """The retention period is over."""

    code = ErrorCode.CONFLICT
    zh = "保存期限已满,该办件的个人信息已按规定清除。"
    en = "The retention period is over: the personal data of this case was erased."
