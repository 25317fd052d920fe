"""Applying to join, and following it, in the API."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Annotated, Any, Protocol, cast
from uuid import UUID

import strawberry
from sqlalchemy import LargeBinary, Uuid, and_
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.districts.contact import phone_subject
from bangban.features.districts.graphql import Onboarding
from bangban.features.districts.rules import Application, check_application
from bangban.features.districts.service import apply_in, count_application, hash_ticket
from bangban.kernel.access.grants import PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Context, Info
from bangban.kernel.graphql.roots import mutation, subscription
from bangban.kernel.graphql.watching import watch
from bangban.kernel.graphql.writing import read_platform_row, selected_below
from bangban.kernel.levels import AreaLevel
from bangban.kernel.planner.fields import Rows
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.problems import NotFound
from bangban.kernel.tenancy.answers import Answers
from bangban.kernel.tenancy.tables import PlatformStoredAnswerRow
from bangban.kernel.vault.district import DistrictVault

_USUAL_LEVELS = (AreaLevel.COUNTY, AreaLevel.TOWN, AreaLevel.VILLAGE, AreaLevel.GRID)


class OnboardingServices(Protocol):
    """What these resolvers need of the process."""

    @property
    def templates(self) -> frozenset[str]: ...


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


@strawberry.type(description="An application and the token to follow it with 入驻凭证.")
class OnboardingTicket:
    onboarding: Onboarding = strawberry.field(description="The application 入驻申请.")
    access_token: str = strawberry.field(description="Bearer token for this application only 查询令牌.")


_TICKET_PREFIX = "ticket."


def ticket_hash_of(token: str) -> bytes | None:
    """The hash of an onboarding ticket in bearer form; None for any other token."""
    return hash_ticket(token.removeprefix(_TICKET_PREFIX)) if token.startswith(_TICKET_PREFIX) else None


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
        onboarding_id, ticket = await _applied(context, application)
        context.ticket = hash_ticket(ticket)
        children = next((each.children for each in selected_below(info) if each.name == "onboarding"), ())
        found = await _read(context, info, children, onboarding_id)
        return OnboardingTicket(onboarding=found, access_token=_TICKET_PREFIX + ticket)


async def _applied(context: Context, application: Application) -> tuple[UUID, str]:
    """Take the application once for each Idempotency-Key: its id and ticket."""
    tenancy, key = context.services.tenancy, context.idempotency_key
    templates = cast("OnboardingServices", context.services).templates
    wished = check_application(application, templates=templates)
    if key is not None:  # a retry is no further try, so it is answered before tries are counted
        async with tenancy.platform() as db:
            stored = await _answers(db, context, wished).peek(key, context.body_hash)
        if stored is not None:
            return _unpacked(stored)
    await count_application(tenancy, wished, now=context.now)
    async with tenancy.platform() as db:
        answers = _answers(db, context, wished)
        stored = await answers.find(key, context.body_hash) if key is not None else None
        if stored is not None:
            return _unpacked(stored)
        row, ticket = await apply_in(db, tenancy, wished, now=context.now)
        if key is not None:
            await answers.keep(key, json.dumps({"id": str(row.id), "ticket": ticket}))
        return row.id, ticket


def _answers(db: AsyncSession, context: Context, application: Application) -> Answers:
    """Where its answer is kept: with the contact's phone, so that strangers' keys never meet."""
    ring = context.services.tenancy.ring
    owner = f"applicant:{phone_subject(ring, application.contact_phone)[:16].hex()}"
    vault = DistrictVault(ring.derive("platform.answers"))
    return Answers(db, PlatformStoredAnswerRow, vault, owner, context.now)


def _unpacked(answer: str) -> tuple[UUID, str]:
    kept = json.loads(answer)
    return UUID(kept["id"]), kept["ticket"]


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
