"""Refusals about joining the platform."""

from __future__ import annotations

from typing import NamedTuple

from bangban.kernel.problems import ErrorCode, NotFound, Problem


class OnboardingUnknown(NotFound):
    """No such onboarding, or not the one that the ticket belongs to."""

    def __init__(self, *, field: str = "id") -> None:
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
