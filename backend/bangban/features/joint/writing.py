"""Applications for several matters at once in the API: what can be done. Resolvers only translate."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

import strawberry

from bangban.features.cases.service import ApplicantDetails, GivenAuthorisation, ModeField
from bangban.features.joint import service
from bangban.features.joint.graphql import BundleApplication
from bangban.features.joint.inputs import (
    ApplyForBundleInput,
    IssueTogetherInput,
    ReleaseResultsInput,
    RevealBundleFormInput,
    SupplyBundleMaterialsInput,
    WithdrawBundleInput,
)
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import once, row_of
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.type(description="A line of the shared form in the clear; every look is recorded 表单原文.")
class RevealedField:
    key: str = strawberry.field(description="Key 键.")
    value: str = strawberry.field(description="What was filled in 内容.")


async def _application(info: Info, do: Callable[[Work], Awaitable[UUID]]) -> BundleApplication:
    return await row_of(info, BundleApplication, do)


@strawberry.type
class BundleApplicationMutation:
    @mutation("Apply for several matters at once 申请一件事.", Permission.BUNDLE_APPLY)
    async def apply_for_bundle(
        self,
        info: Info,
        input: Annotated[ApplyForBundleInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> BundleApplication:
        area_id = as_uuid(input.area_id, ("input", "areaId"))
        who, given = input.applicant, input.authorisation
        return await _application(
            info,
            lambda work: service.apply_for_bundle(
                work,
                bundle_code=input.bundle_code,
                area_id=area_id,
                applicant=ApplicantDetails(
                    kind=who.kind, name=who.name, identity_number=who.identity_number, phone=who.phone
                ),
                services=input.services,
                supplied=input.supplied,
                form=[(each.key, each.value) for each in input.form],
                release=input.release,
                help=input.help,
                modes=input.modes,
                mode_fields=[
                    ModeField(mode=each.mode, key=each.key, value=each.value) for each in input.mode_fields
                ],
                note=input.note,
                channel=input.channel,
                authorisation=None
                if given is None
                else GivenAuthorisation(scope=given.scope, valid_until=given.valid_until),
                way=input.guidance.way if input.guidance else None,
            ),
        )

    @mutation("Hand in papers once, for every matter that needs them 补交共用材料.", Permission.BUNDLE_APPLY)
    async def supply_bundle_materials(
        self,
        info: Info,
        input: Annotated[SupplyBundleMaterialsInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> BundleApplication:
        return await _application(
            info,
            lambda work: service.supply_bundle_materials(work, number=input.number, keys=input.materials),
        )

    @mutation("Withdraw what is still open 撤回一件事.", Permission.BUNDLE_APPLY)
    async def withdraw_bundle(
        self,
        info: Info,
        input: Annotated[WithdrawBundleInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> BundleApplication:
        return await _application(
            info, lambda work: service.withdraw_bundle(work, number=input.number, reason=input.reason)
        )

    @mutation(
        "See the shared form in the clear; permitted, recorded, limited 查看共用表单.", Permission.CASE_REVEAL
    )
    async def reveal_bundle_form(
        self,
        info: Info,
        input: Annotated[RevealBundleFormInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> list[RevealedField]:
        async def as_json(_: Work, seen: list[dict[str, str]]) -> str:
            return json.dumps(seen)

        found = await once(
            info.context,
            lambda work: service.reveal_form(work, number=input.number, reason=input.reason),
            as_json,
        )
        return [RevealedField(**each) for each in json.loads(found)]

    @mutation("Have the results of several cases given out together 多证齐发.", Permission.BUNDLE_APPLY)
    async def issue_together(
        self,
        info: Info,
        input: Annotated[IssueTogetherInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> BundleApplication:
        return await _application(
            info, lambda work: service.issue_together(work, numbers=input.case_numbers, reason=input.reason)
        )

    @mutation("Give out the results that are there 发放结果.", Permission.BUNDLE_RELEASE)
    async def release_results(
        self,
        info: Info,
        input: Annotated[ReleaseResultsInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> BundleApplication:
        return await _application(
            info,
            lambda work: service.release_results(
                work, number=input.number, in_parts=input.in_parts, reason=input.reason
            ),
        )
