"""网上咨询: residents ask online around the clock, and somebody owns the question at once (DOMAIN A12, B01)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy import Uuid, any_, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.accounts.residents import hold_resident
from bangban.features.cases.rules.assistance import assistance_of
from bangban.features.catalog.service import current_item
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.first_asks import rules
from bangban.features.first_asks.problems import TooManyQuestions
from bangban.features.first_asks.service.loading import caller_of, record
from bangban.features.first_asks.service.recording import file_ask
from bangban.features.first_asks.tables import FirstAskRow
from bangban.features.first_asks.values import AskChannel, AskState
from bangban.features.hall.service.rota import on_call_at
from bangban.features.orders.rules.facts import Helper, OrderFacts, Place
from bangban.features.orders.rules.offering import by_fitness
from bangban.features.orders.service.helpers import read_helpers
from bangban.features.orders.service.locating import place_of_area
from bangban.features.orders.values import OrderKind, OrderState
from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written
from bangban.kernel.problems import Forbidden
from bangban.kernel.tenancy.quotas import check_storage
from bangban.kernel.tenancy.work import Work

RECEIVED: Final = "asking.received"
REPLY_DUE: Final = "asking.reply-due"  # a timer


async def ask_online(
    work: Work, *, area_id: UUID, matter: str, service_code: str | None = None, case_number: str | None = None
) -> UUID:
    """咨询: the resident asks at an area. The record's number and the time of the answer are sent at once.

    Raises:
        Forbidden: The caller is no resident.
        AreaUnknown, AreaRetired, NotFound (no such item, or no case of theirs), InvalidInput, StorageFull.
        TooManyQuestions: Too many of theirs wait for an answer.
        NobodyToAsk: Nobody at the area or above it may be asked.
    """
    work.grants.require(Permission.ASKING_ASK)
    if work.principal.kind is not PrincipalKind.RESIDENT:
        raise Forbidden(permission=Permission.ASKING_ASK)
    check_storage(work.district.quotas, work.district.storage_bytes)
    assistance = assistance_of(work.settings)
    masked = await hold_resident(work, caller_of(work))  # before their questions are counted
    place = await place_of_area(work, area_id)
    open_now = assistance.is_open(
        work.now.astimezone(work.district.zone), working=work.calendar.is_working(work.today)
    )
    on_call = () if open_now else await on_call_at(work, place.id, work.now)
    item = None if service_code is None else await current_item(work.db, service_code.strip(), work.today)
    owner_id = await _owner(work, place, item, on_call)
    row = await file_ask(
        work,
        rules.receive(owner_id=owner_id, within_duty=True),
        channel=AskChannel.ONLINE,
        area_id=place.id,
        matter=matter,
        case_number=case_number,
        service_item_id=None if item is None else item.id,
        resident_id=caller_of(work),
        reply_due_at=work.now + assistance.reply_wait(in_hours=open_now),
        asker_masked=masked,
    )
    record(work, row, Permission.ASKING_ASK, owner=str(row.owner_id), in_hours=open_now)
    work.announce(RECEIVED, str(row.id))
    work.announce(REPLY_DUE, str(row.id), due=row.reply_due_at)
    return row.id


async def _owner(work: Work, place: Place, item: ServiceItemRow | None, on_call: Collection[UUID]) -> UUID:
    """Whose question it is: the first who may be asked and stays. Raises ``NobodyToAsk``."""
    askable = await _askable(work, place, item)
    while True:
        owner_id = rules.owner_among(askable, on_call)
        if await _posts(work, place, item, staff_id=owner_id):
            return owner_id
        askable = [each for each in askable if each.id != owner_id]


async def _posts(
    work: Work, place: Place, item: ServiceItemRow | None, *, staff_id: UUID | None = None
) -> list[Helper]:
    return await read_helpers(
        work,
        path=place.path,
        service_code=None if item is None else item.code,
        staff_id=staff_id,
        permission=Permission.ASKING_RECORD,
    )


async def _askable(work: Work, place: Place, item: ServiceItemRow | None) -> list[Helper]:
    """Those posted at the area or above it who may be asked, in the order in which orders choose."""
    asked = OrderFacts(
        kind=OrderKind.NEED,
        state=OrderState.OPEN,
        place=place,
        asked=place,
        service_code=None if item is None else item.code,
        theme=None if item is None else item.details.get("theme"),
        department=None if item is None else item.department,
    )
    return by_fitness(asked, await _with_questions(work, await _posts(work, place, item)))


async def _with_questions(work: Work, helpers: Sequence[Helper]) -> list[Helper]:
    """The helpers with the questions that they own added to their load. Raises ``TooManyQuestions``."""
    ids, most = list({each.id for each in helpers}), assistance_of(work.settings).open_questions
    rows = await work.run(_OPEN, owners=ids, resident_id=caller_of(work))
    if sum(row.waiting for row in rows) >= most:
        raise TooManyQuestions(most)
    open_of = {row.owner_id: row.open for row in rows}
    return [replace(each, load=each.load + open_of.get(each.id, 0)) for each in helpers]


_OPEN: Final = Written(
    select(
        FirstAskRow.owner_id,
        func.count().label("open"),
        func.count()
        .filter(
            FirstAskRow.resident_id == Given("resident_id", Uuid()),
            FirstAskRow.state != AskState.ANSWERED.value,
        )
        .label("waiting"),
    )
    .where(
        or_(
            FirstAskRow.owner_id == any_(Given("owners", ARRAY(Uuid()))),
            FirstAskRow.resident_id == Given("resident_id", Uuid()),
        ),
        FirstAskRow.state != AskState.CLOSED.value,
    )
    .group_by(FirstAskRow.owner_id)
)
