"""Applying to join, and following it, in the API."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from functools import partial
from typing import Annotated, Any, cast
from uuid import UUID

import strawberry
from sqlalchemy import LargeBinary, Uuid, and_

from bangban.features.districts.answering import applied, decided, resent, verified
from bangban.features.districts.deciding import approve_in, reject_in, retry_in
from bangban.features.districts.onboarding_graphql import Onboarding
from bangban.features.districts.rules import Application
from bangban.features.districts.service import hash_ticket
from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Context, Info
from bangban.kernel.graphql.roots import mutation, subscription
from bangban.kernel.graphql.watching import watch
from bangban.kernel.graphql.writing import read_platform_row, selected_below
from bangban.kernel.levels import AreaLevel
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.planner.sources import Rows
from bangban.kernel.problems import NotFound

_USUAL_LEVELS = (AreaLevel.COUNTY, AreaLevel.TOWN, AreaLevel.VILLAGE, AreaLevel.GRID)


@strawberry.input(description="A district's application to join 入驻申请.")
class ApplyForOnboardingInput:
    slug: str = strawberry.field(description="Its name in addresses, for good 地区标识.")
    name: str = strawberry.field(description="Name of the district 名称.")
    division_code: str = strawberry.field(description="Division code, six digits 区划代码.")
    contact_name: str = strawberry.field(description="Whom to talk to 联系人.")
    contact_phone: str = strawberry.field(description="Phone, which gets the invitation 联系电话.")
    contact_email: str = strawberry.field(description="E-mail address 电子邮箱.")
    admin_login: str = strawberry.field(description="Login of the first administrator 管理员登录名.")
    template: str | None = strawberry.field(default="county", description="Template to start from 模板.")
    levels: list[AreaLevel] | None = strawberry.field(
        default_factory=lambda: list(_USUAL_LEVELS),
        description="Levels of its area tree, from the county down 层级.",
    )
    brand: str | None = strawberry.field(default=None, description="Brand of its service 服务品牌.")


@strawberry.input(description="The code that the contact was sent 核实入驻联系人.")
class VerifyOnboardingInput:
    id: strawberry.ID = strawberry.field(description="The application 入驻申请.")
    code: str = strawberry.field(description="The code, six digits 验证码.")


@strawberry.input(description="Which application's code to send again 重发验证码.")
class ResendOnboardingCodeInput:
    id: strawberry.ID = strawberry.field(description="The application 入驻申请.")


@strawberry.input(description="Which application to approve 批准入驻.")
class ApproveOnboardingInput:
    id: strawberry.ID = strawberry.field(description="The application 入驻申请.")


@strawberry.input(description="Which application to turn down, and why 驳回入驻.")
class RejectOnboardingInput:
    id: strawberry.ID = strawberry.field(description="The application 入驻申请.")
    reason: str = strawberry.field(description="The reason, which the applicant reads 原因.")


@strawberry.input(description="Which onboarding to let go on 重试入驻.")
class RetryOnboardingInput:
    id: strawberry.ID = strawberry.field(description="The application 入驻申请.")


@strawberry.type(description="An application and the token to follow it with 入驻凭证.")
class OnboardingTicket:
    onboarding: Onboarding = strawberry.field(description="The application 入驻申请.")
    access_token: str = strawberry.field(description="Bearer token for this application only 查询令牌.")


_TICKET_PREFIX = "ticket."


def ticket_hash_of(token: str) -> bytes | None:
    """The hash of an onboarding ticket in bearer form; None for any other token."""
    return hash_ticket(token.removeprefix(_TICKET_PREFIX)) if token.startswith(_TICKET_PREFIX) else None


async def _answered(info: Info, onboarding_id: UUID) -> Any:
    """The application as it stands now, for whoever may see it."""
    return await _read(info.context, info, selected_below(info), onboarding_id)


async def _read(context: Context, info: Info, children: Any, onboarding_id: UUID) -> Any:
    type_ = info._raw_info.schema.type_map["Onboarding"]  # noqa: SLF001 - Strawberry's Info hides the core one

    def mine(rows: Rows) -> Any:
        this = rows.c.id == rows.request.bind("onboarding_id", Uuid())
        if rows.request.principal_kind == PrincipalKind.OPERATOR:
            return this
        return and_(this, rows.c.ticket_hash == rows.request.bind("ticket", LargeBinary()))

    found = await read_platform_row(
        context, type_, children, mine, tag="onboarding", onboarding_id=onboarding_id
    )
    if found is None:
        raise NotFound("application", "该入驻申请", fields=("id",))
    return found


@strawberry.type
class DistrictMutation:
    @mutation("Apply to join; needs no account 申请入驻.", Permission.ONBOARDING_APPLY, needs_district=False)
    async def apply_for_onboarding(
        self,
        info: Info,
        input: Annotated[ApplyForOnboardingInput, strawberry.argument(description="What to do 输入.")],  # noqa: A002 - the contract's name
    ) -> OnboardingTicket:
        context = info.context
        application = Application(
            slug=input.slug,
            name=input.name,
            division_code=input.division_code,
            contact_name=input.contact_name,
            contact_phone=input.contact_phone,
            contact_email=input.contact_email,
            admin_login=input.admin_login,
            template=input.template or "county",
            levels=tuple(input.levels or _USUAL_LEVELS),
            brand=input.brand,
        )
        onboarding_id, ticket = await applied(context, application)
        context.ticket = hash_ticket(ticket)
        children = next((each.children for each in selected_below(info) if each.name == "onboarding"), ())
        found = await _read(context, info, children, onboarding_id)
        return OnboardingTicket(onboarding=found, access_token=_TICKET_PREFIX + ticket)

    @mutation(
        "Verify the contact with the code that was sent to it, once 核实入驻联系人.",
        Permission.ONBOARDING_APPLY,
        needs_district=False,
    )
    async def verify_onboarding(
        self,
        info: Info,
        input: Annotated[VerifyOnboardingInput, strawberry.argument(description="What to do 输入.")],  # noqa: A002 - the contract's name
    ) -> Onboarding:
        return cast("Onboarding", await _answered(info, await verified(info.context, input.id, input.code)))

    @mutation(
        "Send another code to the contact; the one before counts no more 重发验证码.",
        Permission.ONBOARDING_APPLY,
        needs_district=False,
    )
    async def resend_onboarding_code(
        self,
        info: Info,
        input: Annotated[ResendOnboardingCodeInput, strawberry.argument(description="What to do 输入.")],  # noqa: A002 - the contract's name
    ) -> Onboarding:
        return cast("Onboarding", await _answered(info, await resent(info.context, input.id)))

    @mutation(
        "Approve a verified application: its district is made 批准入驻.",
        Permission.ONBOARDING_APPROVE,
        needs_district=False,
    )
    async def approve_onboarding(
        self,
        info: Info,
        input: Annotated[ApproveOnboardingInput, strawberry.argument(description="What to do 输入.")],  # noqa: A002 - the contract's name
    ) -> Onboarding:
        return cast("Onboarding", await _answered(info, await decided(info.context, input.id, approve_in)))

    @mutation(
        "Turn an application down and say why 驳回入驻.", Permission.ONBOARDING_APPROVE, needs_district=False
    )
    async def reject_onboarding(
        self,
        info: Info,
        input: Annotated[RejectOnboardingInput, strawberry.argument(description="What to do 输入.")],  # noqa: A002 - the contract's name
    ) -> Onboarding:
        reject = partial(reject_in, reason=input.reason)
        return cast("Onboarding", await _answered(info, await decided(info.context, input.id, reject)))

    @mutation(
        "Let an onboarding that failed go on where it stopped 重试入驻.",
        Permission.ONBOARDING_APPROVE,
        needs_district=False,
    )
    async def retry_onboarding(
        self,
        info: Info,
        input: Annotated[RetryOnboardingInput, strawberry.argument(description="What to do 输入.")],  # noqa: A002 - the contract's name
    ) -> Onboarding:
        return cast("Onboarding", await _answered(info, await decided(info.context, input.id, retry_in)))


@strawberry.type
class DistrictSubscription:
    @subscription(
        "An onboarding, now and after every step 入驻进度.", Permission.ONBOARDING_READ, needs_district=False
    )
    async def onboarding_progress(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its identifier 标识.")],  # noqa: A002 - the contract's name
    ) -> AsyncGenerator[Onboarding, None]:
        onboarding_id = as_uuid(id, ("id",))
        children = selected_below(info)
        slug = await _slug(info.context, onboarding_id)

        async def read() -> Any:
            return await _read(info.context, info, children, onboarding_id)

        async for found in watch(
            info.context, slug=slug, kind="onboarding.changed", reference=str(onboarding_id), read=read
        ):
            yield cast("Onboarding", found)


async def _slug(context: Context, onboarding_id: UUID) -> str:
    """The slug that notifications of it go to. Whether the caller may follow it, ``read`` decides."""
    sql = "SELECT slug FROM platform.onboarding WHERE id = $1"
    found = await context.services.tenancy.reader.platform(sql, (onboarding_id,))
    if found is None:
        raise NotFound("application", "该入驻申请", fields=("id",))
    return found.decode()
