"""Making and keeping operators' accounts in the API: for security operators, and never their own."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Protocol, cast
from uuid import UUID

import strawberry
from sqlalchemy import Uuid
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.accounts.desk import Desk
from bangban.features.accounts.tables import OperatorRow
from bangban.features.operators import service
from bangban.features.operators.graphql import Operator
from bangban.features.operators.problems import InvitationPhoneWrong
from bangban.features.operators.service import INVITED_FOR, Actor, hash_token
from bangban.kernel.access.roles import OperatorDuty
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Context, Info
from bangban.kernel.graphql.platform_writing import platform_answer_of, platform_once
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.identifiers.phone import find_phone
from bangban.kernel.messenger.channel import hand_over
from bangban.kernel.messenger.message import Message
from bangban.kernel.messenger.templates import Template
from bangban.kernel.planner.parameters import as_uuid

_INPUT = strawberry.argument(description="What to do 输入.")


class OperatorServices(Protocol):
    """What these resolvers need of the process."""

    @property
    def desk(self) -> Desk: ...


@strawberry.input(description="An account to make 新建平台账号.")
class CreateOperatorInput:
    login: str = strawberry.field(description="Login name 登录名.")
    name: str = strawberry.field(description="Name 姓名.")
    duty: OperatorDuty = strawberry.field(description="The one duty of the account 职责.")
    phone: str = strawberry.field(
        description="Phone that gets the invitation; it is not kept 接收邀请的手机号(不保存)."
    )


@strawberry.input(description="An account to invite anew 重新邀请.")
class InviteOperatorInput:
    id: strawberry.ID = strawberry.field(description="The account 平台账号.")
    phone: str = strawberry.field(
        description="Phone that gets the invitation; it is not kept 接收邀请的手机号(不保存)."
    )


@strawberry.input(description="Another duty for an account 改任职责.")
class SetOperatorDutyInput:
    id: strawberry.ID = strawberry.field(description="The account 平台账号.")
    duty: OperatorDuty = strawberry.field(description="Duty from now on 职责.")


@strawberry.input(description="An account to close or to open 停用或启用平台账号.")
class OperatorInput:
    id: strawberry.ID = strawberry.field(description="The account 平台账号.")


@strawberry.input(description="An invitation and the password to set 接受平台邀请.")
class AcceptOperatorInvitationInput:
    token: str = strawberry.field(description="One-time token of the message 邀请口令.")
    password: str = strawberry.field(description="Password to set 密码.")


def _desk(context: Context) -> Desk:
    return cast("OperatorServices", context.services).desk


def _actor(context: Context) -> Actor:
    return Actor(id=context.principal.id, now=context.now, request_id=context.request_id)


async def _answered(info: Info, do: Callable[[AsyncSession], Awaitable[OperatorRow]]) -> Any:
    return await platform_answer_of(
        info,
        do,
        where=lambda rows: rows.c.id == rows.request.bind("operator_id", Uuid()),
        tag="operator",
        values=lambda row: {"operator_id": row.id},
    )


async def _invited(
    info: Info, phone: str, do: Callable[[AsyncSession], Awaitable[tuple[OperatorRow, str]]]
) -> Any:
    """Do it, and send the token to the phone once it is committed: nobody else ever sees it."""
    context, to = info.context, find_phone(phone)
    if to is None:
        raise InvitationPhoneWrong
    sent: list[tuple[str, str]] = []

    async def invite(db: AsyncSession) -> OperatorRow:
        row, token = await do(db)
        sent.append((row.login, token))
        return row

    answer = await _answered(info, invite)
    for login, token in sent:  # none where the answer to the same request was given again
        message = Message.of(
            Template.OPERATOR_INVITATION,
            to=to,
            district=None,
            at=context.now,
            login=login,
            token=token,
            hours=int(INVITED_FOR.total_seconds() // 3600),
        )
        await hand_over(context.services.messenger, message)
    return answer


def _id(given: strawberry.ID) -> UUID:
    return as_uuid(given, ("input.id",))


@strawberry.type
class OperatorMutation:
    @mutation(
        "Make an operator's account and invite its owner by message 新建平台账号.",
        Permission.OPERATOR_MANAGE,
        needs_district=False,
    )
    async def create_operator(
        self,
        info: Info,
        input: Annotated[CreateOperatorInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Operator:
        by = _actor(info.context)

        async def do(db: AsyncSession) -> tuple[OperatorRow, str]:
            return await service.create_operator(
                db, login=input.login, name=input.name, duty=input.duty, by=by
            )

        return cast("Operator", await _invited(info, input.phone, do))

    @mutation(
        "Send another invitation, which sets a lost password anew 重新邀请平台账号.",
        Permission.OPERATOR_MANAGE,
        needs_district=False,
    )
    async def invite_operator(
        self,
        info: Info,
        input: Annotated[InviteOperatorInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Operator:
        by, operator_id = _actor(info.context), _id(input.id)

        async def do(db: AsyncSession) -> tuple[OperatorRow, str]:
            return await service.invite_operator(db, operator_id, by=by)

        return cast("Operator", await _invited(info, input.phone, do))

    @mutation(
        "Give an account another duty; its sessions end 改任平台职责.",
        Permission.OPERATOR_MANAGE,
        needs_district=False,
    )
    async def set_operator_duty(
        self,
        info: Info,
        input: Annotated[SetOperatorDutyInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Operator:
        desk, by, operator_id = _desk(info.context), _actor(info.context), _id(input.id)

        async def do(db: AsyncSession) -> OperatorRow:
            return await service.set_duty(db, desk, operator_id, input.duty, by=by)

        return cast("Operator", await _answered(info, do))

    @mutation(
        "Close an account; its sessions end at once 停用平台账号.",
        Permission.OPERATOR_MANAGE,
        needs_district=False,
    )
    async def disable_operator(
        self,
        info: Info,
        input: Annotated[OperatorInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Operator:
        desk, by, operator_id = _desk(info.context), _actor(info.context), _id(input.id)

        async def do(db: AsyncSession) -> OperatorRow:
            return await service.disable(db, desk, operator_id, by=by)

        return cast("Operator", await _answered(info, do))

    @mutation("Open a closed account again 启用平台账号.", Permission.OPERATOR_MANAGE, needs_district=False)
    async def enable_operator(
        self,
        info: Info,
        input: Annotated[OperatorInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Operator:
        desk, by, operator_id = _desk(info.context), _actor(info.context), _id(input.id)

        async def do(db: AsyncSession) -> OperatorRow:
            return await service.enable(db, desk, operator_id, by=by)

        return cast("Operator", await _answered(info, do))

    @mutation(
        "Set an operator's password with the token of an invitation 接受平台邀请.",
        Permission.SESSION_SIGN_IN,
        needs_district=False,
    )
    async def accept_operator_invitation(
        self,
        info: Info,
        input: Annotated[AcceptOperatorInvitationInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> bool:
        context = info.context

        async def do(db: AsyncSession) -> str:
            await service.accept_invitation(
                db,
                _desk(context),
                token=input.token,
                password=input.password,
                now=context.now,
                request_id=context.request_id,
            )
            return "true"

        # Kept with the token, which the same request brings again.
        owner = f"invitation:{hash_token(input.token).hex()}"
        return bool(json.loads(await platform_once(context, owner, do)))
