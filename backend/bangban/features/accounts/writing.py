"""Setting, forgetting and changing passwords in the API."""

from __future__ import annotations

from typing import Annotated

import strawberry

from bangban.features.accounts.asking_resets import request_password_reset
from bangban.features.accounts.changing_passwords import change_password
from bangban.features.accounts.desk import SignedIn
from bangban.features.accounts.graphql import (
    Hooks,
    Session,
    desk_of,
    repeatable_of,
    session_of,
    signed_in_once,
)
from bangban.features.accounts.logins import clean_login
from bangban.features.accounts.one_time_tokens import OneTimeToken
from bangban.features.accounts.repeats import AnsweredBefore, Repeatable
from bangban.features.accounts.setting_passwords import set_password_by_token
from bangban.features.accounts.values import TokenKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.problems import refused_at

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.input(description="The token of an invitation, and the first password 接受邀请.")
class AcceptInvitationInput:
    token: str = strawberry.field(description="One-time token from the message 邀请口令.")
    password: str = strawberry.field(description="Password to set, ten characters or more 密码.")


@strawberry.input(description="Whose password was forgotten 申请重置密码.")
class RequestPasswordResetInput:
    login: str = strawberry.field(description="Login name 登录名.")


@strawberry.input(description="The token of a reset, and another password 重置密码.")
class ResetPasswordInput:
    token: str = strawberry.field(description="One-time token from the message 重置口令.")
    password: str = strawberry.field(description="Password to set, ten characters or more 新密码.")


@strawberry.input(description="The present password and another one 修改密码.")
class ChangePasswordInput:
    current: str = strawberry.field(description="The present password 原密码.")
    new: str = strawberry.field(description="Password to set, ten characters or more 新密码.")


def _by_token(info: Info, text: str) -> Repeatable | None:
    """The request as one that may come again: it is about its token."""
    token = OneTimeToken.parse(text)
    district = desk_of(info).tenancy.registry.find(token.district)
    if district is None:
        return None  # the service refuses it
    return repeatable_of(info, district, f"token {token.secret}")


async def _set_by_token(info: Info, kind: TokenKind, token: str, password: str) -> Session:
    context = info.context

    async def do(hooks: Hooks) -> SignedIn:
        return await set_password_by_token(
            desk_of(info),
            kind=kind,
            token=token,
            password=password,
            district=context.district,
            request_id=context.request_id,
            **hooks,
        )

    return await session_of(info, await signed_in_once(_by_token(info, token), do))


@strawberry.type
class PasswordMutation:
    @mutation(
        "Set the first password with an invitation's token, and sign in 接受邀请.",
        Permission.INVITATION_ACCEPT,
        needs_district=False,
    )
    async def accept_invitation(
        self,
        info: Info,
        input: Annotated[AcceptInvitationInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Session:
        return await _set_by_token(info, TokenKind.INVITATION, input.token, input.password)

    @mutation(
        "Have a token sent to the account's contact; never says whether the login is known 申请重置密码.",
        Permission.PASSWORD_RESET,
    )
    async def request_password_reset(
        self,
        info: Info,
        input: Annotated[RequestPasswordResetInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> bool:
        context, district = info.context, info.context.get_district()
        hooks: Hooks = {}
        repeatable = repeatable_of(info, district, f"reset of {clean_login(input.login)}")
        try:
            if repeatable is not None:
                await repeatable.peek()
                hooks = {"also": repeatable.keep, "recall": repeatable.recall}
            return await request_password_reset(
                desk_of(info),
                district=district,
                login=input.login,
                request_id=context.request_id,
                **hooks,
            )
        except AnsweredBefore:
            return True  # there is no other answer

    @mutation(
        "Set a forgotten password anew with a reset's token, and sign in 重置密码.",
        Permission.PASSWORD_RESET,
        needs_district=False,
    )
    async def reset_password(
        self,
        info: Info,
        input: Annotated[ResetPasswordInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Session:
        return await _set_by_token(info, TokenKind.RESET, input.token, input.password)

    @mutation(
        "Change one's own password; every other session of the account ends 修改密码.",
        Permission.PASSWORD_CHANGE,
        needs_district=False,
    )
    async def change_password(
        self,
        info: Info,
        input: Annotated[ChangePasswordInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> bool:
        context = info.context
        hooks: Hooks = {}
        principal = context.principal
        repeatable = repeatable_of(info, context.district, f"password of {principal.kind} {principal.id}")
        try:
            if repeatable is not None:
                await repeatable.peek()
                hooks = {"also": repeatable.keep, "recall": repeatable.recall}
            with refused_at({"input.password": "input.new"}):
                return await change_password(
                    desk_of(info),
                    principal,
                    district=context.district,
                    current=input.current,
                    new=input.new,
                    request_id=context.request_id,
                    **hooks,
                )
        except AnsweredBefore:
            return True  # there is no other answer
