"""What people are told of first-asked records: colleagues of transfers inside and of late answers, residents that
their question came in and that it was answered; and the timers of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from bangban.features.accounts.residents import PHONE_CONTEXT, ways_to_resident
from bangban.features.accounts.tables import RESIDENT_LANGUAGE, ResidentRow
from bangban.features.areas.tables import AreaRow
from bangban.features.districts.platform import PLATFORM
from bangban.features.first_asks.service.answering import ANSWERED
from bangban.features.first_asks.service.loading import team_members, who_may_take
from bangban.features.first_asks.service.online import RECEIVED, REPLY_DUE
from bangban.features.first_asks.service.passing import (
    TRANSFER_DUE,
    TRANSFER_EXPIRED,
    TRANSFERRED,
    expire_transfer,
)
from bangban.features.first_asks.tables import FirstAskAnswerRow, FirstAskRow, FirstAskTransferRow
from bangban.features.first_asks.values import AskState
from bangban.features.people.contacts import ways_to
from bangban.features.people.leads import leads_of
from bangban.features.people.tables import StaffRow, TeamRow
from bangban.kernel.jobs.deliveries import Delivery, Handler
from bangban.kernel.jobs.letters import Writer, letter, tellers
from bangban.kernel.messenger import Message, Messenger, Template
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

MOST_TOLD: Final = 50
"""How many people of a team are told of one transfer."""


def handlers(tenancy: Tenancy, messenger: Messenger) -> Mapping[str, Handler]:
    """The outbox's handlers of first-asked records, by kind."""
    writers: dict[str, Writer] = {
        TRANSFERRED: _offered,
        TRANSFER_EXPIRED: _expired,
        RECEIVED: _received,
        ANSWERED: _answered,
        REPLY_DUE: _late,
    }
    return {**tellers(tenancy, messenger, writers), TRANSFER_DUE: partial(_transfer_due, tenancy)}


async def _transfer_due(tenancy: Tenancy, delivery: Delivery) -> None:
    async with tenancy.write(
        delivery.district, PLATFORM, request_id="transfer-due", now=delivery.moment()
    ) as work:
        await expire_transfer(work, transfer_id=UUID(delivery.reference))


async def _transfer(work: Work, delivery: Delivery) -> Any | None:
    owner, receiver, sender = aliased(StaffRow), aliased(StaffRow), aliased(StaffRow)
    return (
        await work.db.execute(
            select(FirstAskRow, FirstAskTransferRow, owner, receiver, TeamRow.name, sender.name)
            .join(FirstAskTransferRow, FirstAskTransferRow.first_ask_id == FirstAskRow.id)
            .join(owner, owner.id == FirstAskRow.owner_id)
            .outerjoin(receiver, receiver.id == FirstAskTransferRow.to_id)
            .outerjoin(TeamRow, TeamRow.id == FirstAskTransferRow.to_team_id)
            .join(sender, sender.id == FirstAskTransferRow.from_id)
            .where(FirstAskTransferRow.id == UUID(delivery.reference))
        )
    ).one_or_none()


async def _offered(work: Work, delivery: Delivery) -> Sequence[Message]:
    """内转: to whoever is asked to take it; nobody, once it is taken or went back."""
    found = await _transfer(work, delivery)
    if found is None or found[1].taken_at is not None or found[1].returned_at is not None:
        return ()
    ask, offer, _, receiver, _, sender = found
    people = [receiver] if offer.to_team_id is None else await _team(work, offer.to_team_id, ask)
    return _letters(work, delivery, Template.TRANSFER_OFFERED, people, number=ask.number, sender=sender)


async def _team(work: Work, team_id: UUID, ask: FirstAskRow) -> Sequence[StaffRow]:
    """Those of the team who may take it: nobody else is told of a matter that is none of theirs."""
    path = (await work.db.scalars(select(AreaRow.path).where(AreaRow.id == ask.area_id))).one()
    members = await who_may_take(work, team_members(work, team_id), path) - {ask.handler_id}
    named = select(StaffRow).where(StaffRow.id.in_(members)).order_by(StaffRow.id).limit(MOST_TOLD)
    return (await work.db.scalars(named)).all()


async def _expired(work: Work, delivery: Delivery) -> Sequence[Message]:
    """转办超时: to who was first asked, and to their lead."""
    found = await _transfer(work, delivery)
    if found is None:
        return ()
    ask, _, owner, receiver, team, _ = found
    people = [owner, *await leads_of(work, owner.id)]
    name = team if receiver is None else receiver.name
    return _letters(work, delivery, Template.TRANSFER_EXPIRED, people, number=ask.number, receiver=name)


async def _received(work: Work, delivery: Delivery) -> Sequence[Message]:
    """To who asked online: that it came in, with its number and the time of the answer."""
    return [
        _to_resident(work, delivery, Template.QUESTION_RECEIVED, each, due_at=_shown(work, each.reply_due_at))
        for each in await _residents(work, delivery)
    ]


async def _answered(work: Work, delivery: Delivery) -> Sequence[Message]:
    """To the same: that there is an answer."""
    return [
        _to_resident(work, delivery, Template.QUESTION_ANSWERED, each)
        for each in await _residents(work, delivery)
    ]


async def _residents(work: Work, delivery: Delivery) -> Sequence[Any]:
    found = await work.db.execute(
        select(
            FirstAskRow.number,
            FirstAskRow.reply_due_at,
            ResidentRow.phone_sealed,
            ResidentRow.wechat_sealed,
            RESIDENT_LANGUAGE,
        )
        .join(ResidentRow, ResidentRow.id == FirstAskRow.resident_id)
        .where(FirstAskRow.id == UUID(delivery.reference), ResidentRow.phone_sealed.is_not(None))
    )
    return found.all()


def _to_resident(work: Work, delivery: Delivery, template: Template, found: Any, **facts: object) -> Message:
    return letter(
        work,
        delivery,
        template,
        to=ways_to_resident(
            work.vault,
            wechat=found.wechat_sealed,
            phone=work.vault.open(found.phone_sealed, context=PHONE_CONTEXT),
        ),
        language=found.language,
        number=found.number,
        **facts,
    )


async def _late(work: Work, delivery: Delivery) -> Sequence[Message]:
    """答复超时: to who owns the question and to their lead, if it is not answered when the time is over.

    Nothing is changed, so a timer that comes twice sends the same messages under the same keys.
    """
    answered = exists().where(FirstAskAnswerRow.first_ask_id == FirstAskRow.id)
    found = (
        await work.db.execute(
            select(FirstAskRow.number, FirstAskRow.reply_due_at, StaffRow)
            .join(StaffRow, StaffRow.id == FirstAskRow.owner_id)
            .where(
                FirstAskRow.id == UUID(delivery.reference), FirstAskRow.state != AskState.CLOSED, ~answered
            )
        )
    ).one_or_none()
    if found is None:
        return ()
    number, due_at, owner = found
    people = [owner, *await leads_of(work, owner.id)]
    shown = _shown(work, due_at)
    return _letters(work, delivery, Template.QUESTION_LATE, people, number=number, due_at=shown)


def _shown(work: Work, moment: datetime | None) -> str:
    """A moment as the district's clocks show it, to the minute."""
    if moment is None:
        return ""
    return f"{moment.astimezone(work.district.zone):%m-%d %H:%M}"


def _letters(
    work: Work, delivery: Delivery, template: Template, people: Sequence[StaffRow], **facts: object
) -> list[Message]:
    return [
        letter(work, delivery, template, f"-{staff.id}", to=to, language=staff.language, **facts)
        for staff in people
        if (to := ways_to(work.vault, staff))
    ]
