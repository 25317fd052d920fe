"""Signing in and out in the API."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Protocol, TypedDict, cast

import strawberry
from sqlalchemy import true

from bangban.features.accounts import service
from bangban.features.accounts.desk import Also, Desk, Recall, SignedIn
from bangban.features.accounts.logins import clean_login
from bangban.features.accounts.refresh_tokens import RefreshToken
from bangban.features.accounts.repeats import AnsweredBefore, Repeatable
from bangban.features.people.graphql import Viewer
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import selected_below
from bangban.kernel.identifiers.phone import find_phone
from bangban.kernel.planner.reads import Reads
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.registry import District

_INPUT = strawberry.argument(description="What to do 输入.")


class AccountServices(Protocol):
    """What these resolvers need of the process."""

    @property
    def desk(self) -> Desk: ...


@strawberry.input(description="Login and password 登录.")
class SignInInput:
    login: str = strawberry.field(description="Login name 登录名.")
    password: str = strawberry.field(description="Password 密码.")
    otp: str | None = strawberry.field(
        default=None,
        description="One-time password, for accounts that have a second factor; none has one yet 动态口令.",
    )


@strawberry.input(description="A phone to send a code to 获取验证码.")
class SignInCodeInput:
    phone: str = strawberry.field(description="Phone number 手机号.")


@strawberry.input(description="A phone and the code that was sent to it 验证码登录.")
class SignInWithCodeInput:
    phone: str = strawberry.field(description="Phone number 手机号.")
    code: str = strawberry.field(description="The six digits 验证码.")


@strawberry.type(description="A session just opened or carried on 会话.")
class Session:
    access_token: str = strawberry.field(description="Bearer token, short-lived 访问令牌.")
    refresh_token: str = strawberry.field(description="Token for `refreshSession`, used once 刷新令牌.")
    expires_at: datetime = strawberry.field(description="When the access token ends 访问令牌到期时间.")
    viewer: Viewer = strawberry.field(description="Who signed in 登录者.")


def desk_of(info: Info) -> Desk:
    """The sign-in desk of this process."""
    return cast("AccountServices", info.context.services).desk


class Hooks(TypedDict, total=False):
    """What the services are to do in their own transaction, for a request with a key."""

    also: Also
    recall: Recall


def repeatable_of(info: Info, district: District | None, subject: str) -> Repeatable | None:
    """The request as one that may come again; None where it has no Idempotency-Key."""
    context = info.context
    if context.idempotency_key is None:
        return None
    return Repeatable(desk_of(info), district, subject, context.idempotency_key, context.body_hash)


async def signed_in_once(
    repeatable: Repeatable | None, do: Callable[[Hooks], Awaitable[SignedIn]]
) -> SignedIn:
    """Open or carry on a session once for each Idempotency-Key; the same tokens afterwards."""
    if repeatable is None:
        return await do({})
    try:
        await repeatable.peek()
        return await do({"also": repeatable.keep, "recall": repeatable.recall})
    except AnsweredBefore as before:
        return await repeatable.signed_in(before.answer)


def _refreshing(info: Info, refresh_token: str) -> Repeatable | None:
    token = RefreshToken.parse(refresh_token)
    if token.district is None:
        return repeatable_of(info, None, f"refresh {token.hash.hex()}")
    district = desk_of(info).tenancy.registry.find(token.district)
    if district is None:
        return None  # the service refuses it
    return repeatable_of(info, district, f"refresh {token.hash.hex()}")


async def session_of(info: Info, signed: SignedIn) -> Session:
    """The session with its viewer, who from here on is the one that signed in."""
    context = info.context
    context.principal = signed.principal
    slug = signed.principal.district
    context.district = context.services.tenancy.registry.get(slug) if slug else None
    children = next((each.children for each in selected_below(info) if each.name == "viewer"), ())
    viewer: Any = {}
    if children:
        facts = await context.facts()
        planner, reader = context.services.planner, context.services.tenancy.reader
        ready = planner.row(children, Reads(), lambda _: true(), facts, tag="viewer", platform=slug is None)
        if context.district is None:
            viewer = json.loads(await reader.platform(ready.statement.sql, ready.arguments))
        else:
            district = context.district
            sql = ready.sql(district.schema)
            viewer = json.loads(await reader.district(district.slug, Wall.READ, sql, ready.arguments))
    return Session(
        access_token=signed.access_token,
        refresh_token=signed.refresh_token,
        expires_at=signed.expires_at,
        viewer=viewer,
    )


@strawberry.type
class AccountMutation:
    @mutation(
        "Sign in as staff or auditor of a district, or as operator without one 登录.",
        Permission.SESSION_SIGN_IN,
        needs_district=False,
    )
    async def sign_in(self, info: Info, input: Annotated[SignInInput, _INPUT]) -> Session:  # noqa: A002 - the contract's name
        context = info.context

        async def do(hooks: Hooks) -> SignedIn:
            return await service.sign_in(
                desk_of(info),
                district=context.district,
                login=input.login,
                password=input.password,
                request_id=context.request_id,
                also=hooks.get(
                    "also"
                ),  # argon2 says who it is: nothing is used up that could be held against them
            )

        repeatable = repeatable_of(info, context.district, f"login {clean_login(input.login)}")
        return await session_of(info, await signed_in_once(repeatable, do))

    @mutation(
        "Send a sign-in code; the answer never says whether the phone is known 获取验证码.",
        Permission.SESSION_SIGN_IN,
    )
    async def request_sign_in_code(
        self,
        info: Info,
        input: Annotated[SignInCodeInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> bool:
        context, district = info.context, info.context.get_district()
        hooks: Hooks = {}
        repeatable = repeatable_of(info, district, f"code for {find_phone(input.phone) or ''}")
        try:
            if repeatable is not None:
                await repeatable.peek()
                hooks = {"also": repeatable.keep, "recall": repeatable.recall}
            return await service.request_sign_in_code(
                desk_of(info),
                district=district,
                phone=input.phone,
                language=context.language,
                request_id=context.request_id,
                **hooks,
            )
        except AnsweredBefore:
            return True  # there is no other answer

    @mutation("Sign in as a resident or a firm's contact 验证码登录.", Permission.SESSION_SIGN_IN)
    async def sign_in_with_code(
        self,
        info: Info,
        input: Annotated[SignInWithCodeInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Session:
        context, district = info.context, info.context.get_district()

        async def do(hooks: Hooks) -> SignedIn:
            return await service.sign_in_with_code(
                desk_of(info),
                district=district,
                phone=input.phone,
                code=input.code,
                language=context.language,
                request_id=context.request_id,
                **hooks,
            )

        repeatable = repeatable_of(info, district, f"phone {find_phone(input.phone) or ''}")
        return await session_of(info, await signed_in_once(repeatable, do))

    @mutation(
        "Exchange a refresh token, once, for new tokens 刷新会话.",
        Permission.SESSION_REFRESH,
        needs_district=False,
    )
    async def refresh_session(
        self,
        info: Info,
        refresh_token: Annotated[str, strawberry.argument(description="The latest refresh token 刷新令牌.")],
    ) -> Session:
        async def do(hooks: Hooks) -> SignedIn:
            return await service.refresh_session(
                desk_of(info), refresh_token=refresh_token, request_id=info.context.request_id, **hooks
            )

        return await session_of(info, await signed_in_once(_refreshing(info, refresh_token), do))

    @mutation("End this session at once, everywhere 退出登录.", Permission.SESSION_END, needs_district=False)
    async def sign_out(self, info: Info) -> bool:
        context = info.context
        return await service.sign_out(
            desk_of(info), context.principal, district=context.district, request_id=context.request_id
        )
