"""First-asked records in the API: what can be done. Each mutation is one transaction; resolvers only translate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

import strawberry

from bangban.features.first_asks import service
from bangban.features.first_asks.graphql import FirstAsk
from bangban.features.first_asks.values import AskChannel
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import row_of
from bangban.kernel.planner.parameters import as_uuid, maybe_uuid
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")
_NUMBER = "The record's number 首问编号."


@strawberry.input(description="Who asked, as far as they said 来访人.")
class AskerInput:
    name: str | None = strawberry.field(default=None, description="Name 姓名.")
    phone: str | None = strawberry.field(default=None, description="Phone number 电话.")


@strawberry.input(description="A question of the caller's 网上咨询.")
class AskOnlineInput:
    area_id: strawberry.ID = strawberry.field(description="Where the matter lies 所属区域.")
    matter: str = strawberry.field(description="The question 咨询内容.")
    service_code: str | None = strawberry.field(
        default=None, description="Code of the matter that it is about 事项编码."
    )
    case_number: str | None = strawberry.field(
        default=None, description="The caller's case that it is about 办件编号."
    )


@strawberry.input(description="Something that the caller was asked 首问登记.")
class RecordFirstAskInput:
    channel: AskChannel = strawberry.field(description="How they asked 首问渠道.")
    area_id: strawberry.ID = strawberry.field(description="Where it was asked 所属区域.")
    matter: str = strawberry.field(description="What they asked 事由.")
    within_duty: bool = strawberry.field(description="Whether it is the caller's own duty 是否本人职责.")
    asker: AskerInput | None = strawberry.field(default=None, description="Who asked, if they said 来访人.")
    case_number: str | None = strawberry.field(
        default=None, description="The case that it is about 办件编号."
    )


@strawberry.input(description="A transfer inside 内部转办.")
class TransferFirstAskInput:
    number: str = strawberry.field(description=_NUMBER)
    reason: str = strawberry.field(description="Why 转办原因.")
    to_staff_id: strawberry.ID | None = strawberry.field(default=None, description="A colleague 接收人.")
    to_team_id: strawberry.ID | None = strawberry.field(
        default=None, description="Or a team, where who takes it first has it 接收队伍."
    )


@strawberry.input(description="Accepting a transfer, giving it back, or taking it back 接收、退回或撤回转办.")
class TakeFirstAskInput:
    number: str = strawberry.field(description=_NUMBER)
    accept: bool = strawberry.field(
        default=True, description="Accept it, or give it back; whose matter it is takes it back so 是否接收."
    )
    reason: str | None = strawberry.field(default=None, description="Why it goes back 退回或撤回原因.")


@strawberry.input(description="An answer, which nobody changes afterwards 答复.")
class AnswerFirstAskInput:
    number: str = strawberry.field(description=_NUMBER)
    text: str = strawberry.field(description="What to answer 答复内容.")


@strawberry.input(description="The end of a first-asked record 首问办结.")
class CloseFirstAskInput:
    number: str = strawberry.field(description=_NUMBER)
    outcome: str = strawberry.field(description="What came of it 办理结果.")


async def _ask(info: Info, do: Callable[[Work], Awaitable[UUID]]) -> FirstAsk:
    return await row_of(info, FirstAsk, do)


@strawberry.type
class FirstAskMutation:
    @mutation("Ask a question at any hour; somebody answers for it at once 网上咨询.", Permission.ASKING_ASK)
    async def ask_online(
        self,
        info: Info,
        input: Annotated[AskOnlineInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> FirstAsk:
        area_id = as_uuid(input.area_id, ("input", "areaId"))
        return await _ask(
            info,
            lambda work: service.ask_online(
                work,
                area_id=area_id,
                matter=input.matter,
                service_code=input.service_code,
                case_number=input.case_number,
            ),
        )

    @mutation("Record what the caller was asked; it is theirs to the end 首问登记.", Permission.ASKING_RECORD)
    async def record_first_ask(
        self,
        info: Info,
        input: Annotated[RecordFirstAskInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> FirstAsk:
        area_id, asker = as_uuid(input.area_id, ("input", "areaId")), input.asker
        return await _ask(
            info,
            lambda work: service.record_first_ask(
                work,
                channel=input.channel,
                area_id=area_id,
                matter=input.matter,
                within_duty=input.within_duty,
                asker=None if asker is None else service.Asker(name=asker.name, phone=asker.phone),
                case_number=input.case_number,
            ),
        )

    @mutation(
        "Pass it on to a colleague or a team; who was asked stays in charge 内部转办.",
        Permission.ASKING_TRANSFER,
    )
    async def transfer_first_ask(
        self,
        info: Info,
        input: Annotated[TransferFirstAskInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> FirstAsk:
        to_staff_id = maybe_uuid(input.to_staff_id, ("input", "toStaffId"))
        to_team_id = maybe_uuid(input.to_team_id, ("input", "toTeamId"))
        return await _ask(
            info,
            lambda work: service.transfer_first_ask(
                work,
                number=input.number,
                to_staff_id=to_staff_id,
                to_team_id=to_team_id,
                reason=input.reason,
            ),
        )

    @mutation(
        "Accept what was passed on, give it back, or take it back 接收、退回或撤回转办.",
        Permission.ASKING_TRANSFER,
    )
    async def take_first_ask(
        self,
        info: Info,
        input: Annotated[TakeFirstAskInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> FirstAsk:
        return await _ask(
            info,
            lambda work: service.take_first_ask(
                work, number=input.number, accept=input.accept, reason=input.reason
            ),
        )

    @mutation("Answer; the answer stays, with who gave it 答复.", Permission.ASKING_ANSWER)
    async def answer_first_ask(
        self,
        info: Info,
        input: Annotated[AnswerFirstAskInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> FirstAsk:
        return await _ask(
            info, lambda work: service.answer_first_ask(work, number=input.number, text=input.text)
        )

    @mutation(
        "Close it with what came of it, by who was asked 首问办结.",
        Permission.ASKING_ANSWER,
    )
    async def close_first_ask(
        self,
        info: Info,
        input: Annotated[CloseFirstAskInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> FirstAsk:
        return await _ask(
            info, lambda work: service.close_first_ask(work, number=input.number, outcome=input.outcome)
        )
