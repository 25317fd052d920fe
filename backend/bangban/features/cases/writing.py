"""Cases in the API: what can be done. Each mutation is one transaction; resolvers only translate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

import strawberry

from bangban.features.cases import service
from bangban.features.cases.graphql import Case
from bangban.features.cases.inputs import (
    AcceptCaseInput,
    AcknowledgeNextStepsInput,
    ApplyForCaseInput,
    ClearBrokenPromiseInput,
    CompleteCaseInput,
    DeclineCaseInput,
    PreCheckCaseInput,
    RateCaseInput,
    RecordCheckInInput,
    RenewAuthorisationInput,
    ResumeCaseInput,
    ReturnCaseInput,
    RevokeAuthorisationInput,
    SupplyMaterialsInput,
    SuspendCaseInput,
    TerminateCaseInput,
    WithdrawCaseInput,
)
from bangban.features.cases.values import HelpKind, HelpMode, RatingPhase
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import row_of
from bangban.kernel.ids import CaseId
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


async def _case(info: Info, do: Callable[[Work], Awaitable[CaseId]]) -> Case:
    return await row_of(info, Case, do)


@strawberry.type
class CaseMutation:
    @mutation("Apply for a matter 申请.", Permission.CASE_APPLY)
    async def apply_for_case(self, info: Info, input: Annotated[ApplyForCaseInput, _INPUT]) -> Case:  # noqa: A002 - the contract's name
        area_id = as_uuid(input.area_id, ("input", "areaId"))
        given = input.authorisation
        return await _case(
            info,
            lambda work: service.apply_for_case(
                work,
                service_code=input.service_code,
                area_id=area_id,
                applicant=service.ApplicantDetails(
                    kind=input.applicant.kind,
                    name=input.applicant.name,
                    identity_number=input.applicant.identity_number,
                    phone=input.applicant.phone,
                ),
                help=input.help or HelpKind.HELP,
                modes=input.modes if input.modes is not None else [HelpMode.ONLINE],
                supplied=input.supplied or [],
                note=input.note,
                channel=input.channel,
                authorisation=None
                if given is None
                else service.GivenAuthorisation(scope=given.scope, valid_until=given.valid_until),
                mode_fields=[
                    service.ModeField(mode=each.mode, key=each.key, value=each.value)
                    for each in input.mode_fields or ()
                ],
                way=input.guidance.way if input.guidance else None,
            ),
        )

    @mutation(
        "Pre-check: complete, or one notice of all that is missing 初审与反馈.",
        Permission.CASE_PRE_CHECK,
        Permission.CASE_NOTICE_AGAIN,
    )
    async def pre_check_case(self, info: Info, input: Annotated[PreCheckCaseInput, _INPUT]) -> Case:  # noqa: A002 - the contract's name
        missing = [service.MissingMaterial(each.code, each.reason) for each in input.missing]
        where_id = None if input.where_id is None else as_uuid(input.where_id, ("input", "whereId"))
        telling = service.Telling(channel=input.channel, how=input.how, where_id=where_id)
        return await _case(
            info,
            lambda work: service.pre_check_case(
                work, number=input.number, missing=missing, opinion=input.opinion, telling=telling
            ),
        )

    @mutation("Hand in materials 补交材料.", Permission.CASE_SUPPLY)
    async def supply_materials(self, info: Info, input: Annotated[SupplyMaterialsInput, _INPUT]) -> Case:  # noqa: A002 - the contract's name
        return await _case(
            info, lambda work: service.supply_materials(work, number=input.number, codes=input.codes)
        )

    @mutation("Accept, with tolerance where the matter allows it 受理.", Permission.CASE_ACCEPT)
    async def accept_case(self, info: Info, input: Annotated[AcceptCaseInput, _INPUT]) -> Case:  # noqa: A002 - the contract's name
        return await _case(
            info,
            lambda work: service.accept_case(
                work, number=input.number, tolerated=input.tolerated or [], promised_by=input.promised_by
            ),
        )

    @mutation("Complete 办结.", Permission.CASE_COMPLETE)
    async def complete_case(self, info: Info, input: Annotated[CompleteCaseInput, _INPUT]) -> Case:  # noqa: A002 - the contract's name
        return await _case(
            info,
            lambda work: service.complete_case(
                work,
                number=input.number,
                outcome=input.outcome,
                opinion=input.opinion,
                basis=input.basis,
                result_number=input.result_number,
                collected=bool(input.collected),
            ),
        )

    @mutation(
        "Rate, by the applicant: once when it is completed, or meanwhile where that is offered 评价.",
        Permission.CASE_RATE,
    )
    async def rate_case(self, info: Info, input: Annotated[RateCaseInput, _INPUT]) -> Case:  # noqa: A002 - the contract's name
        return await _case(
            info,
            lambda work: service.rate_case(
                work,
                number=input.number,
                grade=input.grade,
                comment=input.comment,
                phase=input.phase or RatingPhase.AFTER,
            ),
        )

    @mutation("Decline to accept, with reason and basis 不予受理.", Permission.CASE_DECLINE)
    async def decline_case(self, info: Info, input: Annotated[DeclineCaseInput, _INPUT]) -> Case:  # noqa: A002 - the contract's name
        return await _case(
            info,
            lambda work: service.decline_case(
                work, number=input.number, reason=input.reason, basis=input.basis
            ),
        )

    @mutation("Withdraw 撤回.", Permission.CASE_WITHDRAW)
    async def withdraw_case(self, info: Info, input: Annotated[WithdrawCaseInput, _INPUT]) -> Case:  # noqa: A002 - the contract's name
        return await _case(
            info, lambda work: service.withdraw_case(work, number=input.number, reason=input.reason)
        )

    @mutation("Suspend; the clock stops 中止.", Permission.CASE_SUSPEND)
    async def suspend_case(self, info: Info, input: Annotated[SuspendCaseInput, _INPUT]) -> Case:  # noqa: A002 - the contract's name
        return await _case(
            info, lambda work: service.suspend_case(work, number=input.number, reason=input.reason)
        )

    @mutation("Resume; the clock goes on 恢复办理.", Permission.CASE_RESUME)
    async def resume_case(self, info: Info, input: Annotated[ResumeCaseInput, _INPUT]) -> Case:  # noqa: A002 - the contract's name
        return await _case(info, lambda work: service.resume_case(work, number=input.number))

    @mutation(
        "Give back what was handed over; dispatchers recall what somebody else does not take 退回交接.",
        Permission.CASE_RETURN,
    )
    async def return_case(self, info: Info, input: Annotated[ReturnCaseInput, _INPUT]) -> Case:  # noqa: A002 - the contract's name
        return await _case(
            info, lambda work: service.return_case(work, number=input.number, reason=input.reason)
        )

    @mutation("Terminate on a legal ground 终止.", Permission.CASE_TERMINATE)
    async def terminate_case(self, info: Info, input: Annotated[TerminateCaseInput, _INPUT]) -> Case:  # noqa: A002 - the contract's name
        return await _case(
            info,
            lambda work: service.terminate_case(
                work, number=input.number, reason=input.reason, basis=input.basis
            ),
        )

    @mutation("Withdraw the power of attorney; the case goes on 撤销委托.", Permission.CASE_AUTHORISE)
    async def revoke_authorisation(
        self,
        info: Info,
        input: Annotated[RevokeAuthorisationInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Case:
        return await _case(
            info, lambda work: service.revoke_authorisation(work, number=input.number, reason=input.reason)
        )

    @mutation("Give another power of attorney 续办委托.", Permission.CASE_AUTHORISE)
    async def renew_authorisation(
        self,
        info: Info,
        input: Annotated[RenewAuthorisationInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Case:
        given = service.GivenAuthorisation(
            scope=input.authorisation.scope, valid_until=input.authorisation.valid_until
        )
        return await _case(
            info, lambda work: service.renew_authorisation(work, number=input.number, authorisation=given)
        )

    @mutation("Let a broken promise bar its applicant no longer 恢复容缺资格.", Permission.CASE_CLEAR_PROMISE)
    async def clear_broken_promise(
        self,
        info: Info,
        input: Annotated[ClearBrokenPromiseInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Case:
        return await _case(
            info, lambda work: service.clear_broken_promise(work, number=input.number, reason=input.reason)
        )

    @mutation("Take note of the matters that follow 知悉后续事项.", Permission.CASE_ACKNOWLEDGE)
    async def acknowledge_next_steps(
        self,
        info: Info,
        input: Annotated[AcknowledgeNextStepsInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Case:
        return await _case(info, lambda work: service.acknowledge_next_steps(work, number=input.number))

    @mutation("Tell the applicant of a tracked case how it stands 登记跟踪回访.", Permission.CASE_CHECK_IN)
    async def record_check_in(self, info: Info, input: Annotated[RecordCheckInInput, _INPUT]) -> Case:  # noqa: A002 - the contract's name
        return await _case(
            info, lambda work: service.record_check_in(work, number=input.number, words=input.said)
        )
