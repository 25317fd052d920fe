"""People's own data in the API: what can be done."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Protocol, cast
from uuid import UUID

import strawberry
from sqlalchemy import true

from bangban.features.cases.reveal_writing import RevealedModeDetail, mode_details_of
from bangban.features.joint.writing import RevealedField
from bangban.features.outreach.enums import CareNeed
from bangban.features.outreach.service import set_interests, withdraw_interests
from bangban.features.personal_data.correcting import decide_request, request_correction
from bangban.features.personal_data.graphql import DataRequest, MyData, Retention
from bangban.features.personal_data.problems import WeChatUnset
from bangban.features.personal_data.retention import set_retention
from bangban.features.personal_data.service import Stated, as_json, bind_wechat, reveal_own_data, set_language
from bangban.features.personal_data.tables import DataField
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import answer_of, once, row_of, stored_answer
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.type(description="What the caller stated in one case, in the clear 本人在办件中填写的信息.")
class StatedData:
    number: str = strawberry.field(description="The case's number 办件编号.")
    name: str = strawberry.field(description="Name 姓名或名称.")
    identity_number: str = strawberry.field(description="Identity number 证件号.")
    phone: str = strawberry.field(description="Phone number 手机号.")
    mode_details: list[RevealedModeDetail] = strawberry.field(
        description="What was said for the modes of help 帮办方式填写项."
    )
    form: list[RevealedField] = strawberry.field(
        description="The shared form of the application that the case is part of 共用表单."
    )


@strawberry.input(description="A request to have one item of one case corrected 更正申请.")
class RequestCorrectionInput:
    number: str = strawberry.field(description="The case's number 办件编号.")
    field: DataField = strawberry.field(description="What is wrong 更正项.")
    value: str = strawberry.field(description="What it should be 正确内容.")
    reason: str = strawberry.field(description="Why, in five to 500 characters 理由.")


@strawberry.input(description="In which language the caller is told of things 消息语言.")
class SetMyLanguageInput:
    language: str = strawberry.field(description="zh-CN or en 语言.")


@strawberry.input(description="To which WeChat account the caller's messages go first 绑定微信.")
class SetMyWechatInput:
    code: str | None = strawberry.field(
        default=None,
        description="One-time code of the Official Account's web authorisation; null unbinds 网页授权码.",
    )


class WeChatLogin(Protocol):
    """Who says whose a code is."""

    async def openid_of(self, code: str) -> str:
        """The openid. Raises a Problem."""


class PersonalDataServices(Protocol):
    """What these resolvers need of the process."""

    @property
    def wechat(self) -> WeChatLogin | None: ...


@strawberry.input(description="What the caller wants to be told of; consent can be taken back 政策提示意愿.")
class SetMyInterestsInput:
    consent: bool = strawberry.field(
        description="Whether to be told at all; if not, all that was said before is deleted 是否同意."
    )
    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="Where the caller lives; needed with consent 所在区域."
    )
    themes: list[str] = strawberry.field(
        default_factory=list, description="Themes of the catalog; none: whatever there is 关注主题."
    )
    care_needs: list[CareNeed] = strawberry.field(
        default_factory=list, description="Care that they need, if they wish to say so 照顾需求."
    )


@strawberry.input(description="The answer to a request about personal data 答复.")
class DecideDataRequestInput:
    id: strawberry.ID = strawberry.field(description="The request's identifier 申请标识.")
    grant: bool = strawberry.field(description="Correct it, or refuse to 是否更正.")
    answer: str = strawberry.field(description="Why, in five to 500 characters 答复理由.")


@strawberry.input(description="For how long personal data is kept; left out: as it is 保存期限.")
class SetRetentionInput:
    case_days: int | None = strawberry.field(
        default=None, description="Days after the end of a case, 180 to 36500 办件办结后天数."
    )
    account_days: int | None = strawberry.field(
        default=None, description="Days for an account without cases, 180 to 36500 无办件账户天数."
    )


async def _request(info: Info, do: Any) -> DataRequest:
    return await row_of(info, DataRequest, do)


async def _mine(info: Info, do: Callable[[Work], Awaitable[UUID]]) -> MyData:
    return await row_of(info, MyData, do)


@strawberry.type
class PersonalDataMutation:
    @mutation(
        "See one's own data in the clear; recorded, limited 查看本人信息.", Permission.PERSONAL_DATA_READ
    )
    async def reveal_my_data(self, info: Info) -> list[StatedData]:
        async def answer(_: Work, found: list[Stated]) -> str:
            return as_json(found)

        found = json.loads(await once(info.context, reveal_own_data, answer))
        return [
            StatedData(
                **each
                | {
                    "mode_details": mode_details_of(each["mode_details"]),
                    "form": [RevealedField(**line) for line in each["form"]],
                }
            )
            for each in found
        ]

    @mutation("Ask for personal data to be corrected 申请更正个人信息.", Permission.PERSONAL_DATA_CORRECT)
    async def request_correction(
        self,
        info: Info,
        input: Annotated[RequestCorrectionInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> DataRequest:
        return await _request(
            info,
            lambda work: request_correction(
                work, number=input.number, field=input.field, value=input.value, reason=input.reason
            ),
        )

    @mutation(
        "Choose the language in which one is told of things 设置消息语言.", Permission.PERSONAL_DATA_CORRECT
    )
    async def set_my_language(
        self,
        info: Info,
        input: Annotated[SetMyLanguageInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> MyData:
        return await _mine(info, lambda work: set_language(work, language=input.language))

    @mutation(
        "Agree to be told of offers, or not any more 设置政策提示意愿.", Permission.PERSONAL_DATA_CORRECT
    )
    async def set_my_interests(
        self,
        info: Info,
        input: Annotated[SetMyInterestsInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> MyData:
        async def do(work: Work) -> UUID:
            if not input.consent:
                return await withdraw_interests(work)
            if input.area_id is None:
                raise InvalidInput("Say where you live.", "请填写所在区域。", fields=("input.areaId",))
            return await set_interests(
                work,
                area_id=as_uuid(input.area_id, ("input", "areaId")),
                themes=tuple(dict.fromkeys(theme.strip() for theme in input.themes)),
                care_needs=tuple(dict.fromkeys(input.care_needs)),
            )

        return await _mine(info, do)

    @mutation(
        "Bind a WeChat account, which messages go to first, or unbind it 绑定或解绑微信.",
        Permission.PERSONAL_DATA_CORRECT,
    )
    async def set_my_wechat(
        self,
        info: Info,
        input: Annotated[SetMyWechatInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> MyData:
        openid = None
        # A code is used up by asking, and WeChat may be slow: once, and in no transaction.
        if input.code is not None and await stored_answer(info.context) is None:
            login = cast("PersonalDataServices", info.context.services).wechat
            if login is None:
                raise WeChatUnset
            openid = await login.openid_of(input.code)
        return await _mine(info, lambda work: bind_wechat(work, openid))

    @mutation(
        "Correct personal data as asked, or refuse to 答复个人信息更正申请.", Permission.PERSONAL_DATA_DECIDE
    )
    async def decide_data_request(
        self,
        info: Info,
        input: Annotated[DecideDataRequestInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> DataRequest:
        request_id = as_uuid(input.id, ("input", "id"))
        return await _request(
            info,
            lambda work: decide_request(work, request_id=request_id, grant=input.grant, answer=input.answer),
        )

    @mutation("Set for how long personal data is kept 设置保存期限.", Permission.DISTRICT_CONFIGURE)
    async def set_retention(
        self,
        info: Info,
        input: Annotated[SetRetentionInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Retention:
        answer = await answer_of(
            info,
            lambda work: set_retention(work, case_days=input.case_days, account_days=input.account_days),
            where=lambda _: true(),
            tag="retention",
            values=lambda _: {},
        )
        return cast("Retention", answer)
