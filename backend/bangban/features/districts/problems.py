"""Refusals about joining the platform."""

from __future__ import annotations

from typing import NamedTuple

from bangban.kernel.problems import ErrorCode, NotFound, Problem


class OnboardingUnknown(NotFound):
    """No such onboarding, or not the one that the ticket belongs to."""

    def __init__(self, *, field: str = "input.id") -> None:
        super().__init__("onboarding", "入驻申请", fields=(field,))


class SlugTaken(Problem):
    """A slug belongs to the first who asked for it."""

    code = ErrorCode.CONFLICT
    zh = "地区标识“{slug}”已被使用或正在申请,请换一个。"
    en = "The slug {slug} is taken or being applied for; choose another one."

    def __init__(self, slug: str) -> None:
        super().__init__(fields=("input.slug",), slug=slug)


class ApplicationFault(NamedTuple):
    """What is wrong with one field of an application."""

    field: str
    zh: str
    en: str


class ApplicationFaulty(Problem):
    """An application was refused; every fault in it is named at once."""

    zh = "申请有误:{faults_zh}"
    en = "The application is not valid: {faults_en}"

    def __init__(self, faults: tuple[ApplicationFault, ...]) -> None:
        self.faults = faults
        super().__init__(
            fields=tuple(dict.fromkeys(f"input.{fault.field}" for fault in faults)),
            faults_zh="".join(fault.zh for fault in faults),
            faults_en=" ".join(fault.en for fault in faults),
        )


class OnboardingCodeRefused(Problem):
    """The code is wrong, was sent too long ago, or was guessed at too often. It is never said which."""

    zh = "验证码不正确或已失效,请核对后再试,或重新获取。"
    en = "The code is not right, or no longer valid; check it, or have another one sent."

    def __init__(self) -> None:
        super().__init__(fields=("input.code",))


class OnboardingExpired(Problem):
    """Nobody verified the contact in time: the slug is free for others."""

    code = ErrorCode.CONFLICT
    zh = "此入驻申请未在规定时间内核实联系人,已失效,请重新申请。"
    en = "The contact of this application was not verified in time, so it is over; apply again."


class ContactUnverified(Problem):
    """Nobody has shown yet that the contact is theirs, so there is nothing to decide."""

    code = ErrorCode.CONFLICT
    zh = "此入驻申请的联系人尚未核实,不能批准。"
    en = "The contact of this application is not verified yet; it cannot be approved."


class ReasonWrong(Problem):
    """Whoever is turned down is told why."""

    zh = "请用 1 至 {most} 个字说明原因。"
    en = "Give the reason in 1 to {most} characters."

    def __init__(self, most: int) -> None:
        super().__init__(fields=("input.reason",), most=most)


class OnboardingDecided(Problem):
    """An application is approved or rejected once."""

    code = ErrorCode.CONFLICT
    zh = "此入驻申请的状态为 {state},不能再审批。"
    en = "This onboarding is {state} already; it cannot be decided again."


class ApplicationWaiting(Problem):
    """Somebody applied for the slug of a profile; an operator decides that first."""

    code = ErrorCode.CONFLICT
    zh = "地区标识“{slug}”有待审批的入驻申请 {id},请先批准或驳回。"
    en = "An application for the slug {slug} is waiting ({id}); approve or reject it first."
