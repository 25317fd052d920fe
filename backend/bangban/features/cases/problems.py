"""Refusals of casework; those about papers are in ``paper_problems``.

Material names are the catalog's, which is kept in the district's language.
"""

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


class NotTracked(Problem):
    """Check-ins are of cases that are helped in the mode TRACKING (DOMAIN C03)."""

    zh = "此办件未选择“跟踪帮”,无需登记回访。"
    en = "This case is not helped in the mode TRACKING, so there are no check-ins."


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


class OwnApplication(Problem):
    """Whoever applies does not judge the application (DOMAIN C02: reviewer ≠ applicant)."""

    code = ErrorCode.FORBIDDEN
    zh = "这是您本人的申请,请由其他工作人员办理。"
    en = "This is an application of your own; somebody else judges it."

    def __init__(self) -> None:
        super().__init__(fields=("input.number",))


class AuthorisationRequired(Problem):
    """Acting for the applicant needs an authorisation 委托书 whose scope and date cover it (invariant 5)."""

    code = ErrorCode.AUTHORISATION_REQUIRED
    zh = "代办需要有效的委托书,且委托权限应包含“{scope_zh}”。"
    en = "Acting for the applicant needs an authorisation in force that covers: {scope}."

    def __init__(self, scope: str, scope_zh: str, *, field: str) -> None:
        super().__init__(fields=(field,), scope=scope, scope_zh=scope_zh)


class ApplicantsOwnWordNeeded(Problem):
    """What the applicant took back, nobody else gives again (invariant 5)."""

    code = ErrorCode.AUTHORISATION_REQUIRED
    zh = "申请人已自行撤销委托,只能由申请人本人重新委托。"
    en = "The applicant withdrew the authorisation; only the applicant gives another one."


class AuthorisationEnded(Problem):
    """There is no authorisation in force that could be withdrawn."""

    code = ErrorCode.CONFLICT
    zh = "此办件没有有效的委托书可撤销。"
    en = "This case has no authorisation in force that could be withdrawn."


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

    def __init__(self, levels: Iterable[str], *, field: str = "input.number") -> None:
        listed = list(levels)
        super().__init__(fields=(field,), levels=listed)


class ItemNotTakenOn(ItemNotHandledHere):
    """The point where a partner's clerk works did not take on the item: no level says where they may."""

    zh = "您所在的合作网点未承接该事项。"
    en = "The partner's point where you work has not taken on this item."


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


def no_such_case(*, field: str = "input.number") -> NotFound:
    """The one refusal for a case that does not exist and for one that the caller may not see."""
    return NotFound("case", "办件", fields=(field,))


class ModeNotOffered(Problem):
    """The district does not offer this mode of help 未开通的帮办方式 (DOMAIN C03)."""

    zh = "本地区未开通这些帮办方式:{modes}。"
    en = "This district does not offer these modes of help: {modes}."

    def __init__(self, modes: Iterable[str]) -> None:
        super().__init__(fields=("input.modes",), modes=modes)


class ModeFieldsMissing(Problem):
    """A mode of help needs things said that were not; all of them are named at once (DOMAIN C03)."""

    zh = "所选帮办方式还需填写:{missing_zh}。"
    en = "The chosen modes of help still need: {missing}."

    def __init__(self, labels: Iterable[Mapping[str, str]]) -> None:
        listed = list(labels)
        super().__init__(
            fields=("input.modeFields",),
            missing="; ".join(each["en"] for each in listed),
            missing_zh=[each["zh"] for each in listed],
        )


class DataErased(Problem):
    """The retention period is over."""

    code = ErrorCode.CONFLICT
    zh = "保存期限已满,该办件的个人信息已按规定清除。"
    en = "The retention period is over: the personal data of this case was erased."
