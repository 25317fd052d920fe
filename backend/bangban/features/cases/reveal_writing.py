"""Seeing an applicant unmasked, in the API: permitted, recorded, and limited."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated

import strawberry

from bangban.features.cases import service
from bangban.features.cases.inputs import RevealApplicantInput
from bangban.features.cases.values import HelpMode
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import once
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.type(description="What was said for a mode of help, in the clear 帮办方式填写项.")
class RevealedModeDetail:
    mode: HelpMode = strawberry.field(description="The mode that asks for it 帮办方式.")
    key: str = strawberry.field(description="Which field 字段.")
    value: str = strawberry.field(description="What was said 内容.")


def mode_details_of(opened: Sequence[Mapping[str, str]]) -> list[RevealedModeDetail]:
    """What ``open_mode_fields`` found, as the API has it."""
    return [
        RevealedModeDetail(mode=HelpMode(each["mode"]), key=each["key"], value=each["value"])
        for each in opened
    ]


@strawberry.type(description="An applicant in the clear; every look is recorded 未脱敏的申请人信息.")
class RevealedApplicant:
    name: str = strawberry.field(description="Name 姓名或名称.")
    identity_number: str = strawberry.field(description="Identity number 证件号.")
    phone: str = strawberry.field(description="Phone number 手机号.")
    mode_details: list[RevealedModeDetail] = strawberry.field(
        description="What was said for the modes of help 帮办方式填写项."
    )


@strawberry.type
class RevealMutation:
    @mutation(
        "See the applicant unmasked; permitted, recorded, limited 查看未脱敏信息.", Permission.CASE_REVEAL
    )
    async def reveal_applicant(
        self,
        info: Info,
        input: Annotated[RevealApplicantInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> RevealedApplicant:
        async def as_json(_: Work, seen: service.Revealed) -> str:
            return json.dumps(seen._asdict())

        found = await once(
            info.context,
            lambda work: service.reveal_applicant(work, number=input.number, reason=input.reason),
            as_json,
        )
        seen = json.loads(found)
        return RevealedApplicant(**seen | {"mode_details": mode_details_of(seen["mode_details"])})
