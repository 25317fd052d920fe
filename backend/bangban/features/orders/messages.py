"""What people are told of orders: helpers what is offered to them, residents what became of it.

As with cases, the outbox says no more than which order and what kind, and phones are opened here, at the last
moment. A message that comes twice carries the same key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, select

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.rules.transition import UNDECIDED
from bangban.features.orders.kind_words import kind_word
from bangban.features.orders.rules.facts import Announcement
from bangban.features.orders.rules.offering import by_fitness, unfitness
from bangban.features.orders.rules.settings import order_settings
from bangban.features.orders.rules.working import was_missed
from bangban.features.orders.service.helpers import helper_of, read_helper_rows
from bangban.features.orders.service.reading import WHOLE_ORDER, facts_of
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.to_resident import tell_given_back, to_resident
from bangban.features.orders.values import AT_THE_DOOR, OrderState
from bangban.features.people.contacts import ways_to_each
from bangban.features.people.leads import leads_of
from bangban.features.people.tables import StaffRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written
from bangban.kernel.jobs.deliveries import Delivery, Handler
from bangban.kernel.jobs.letters import Writer, letter, tellers
from bangban.kernel.messenger import Message, Messenger, Template
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

MOST_ASKED: Final = 50
"""How many people are told of one offer; those come first who fit best."""


def handlers(tenancy: Tenancy, messenger: Messenger) -> Mapping[str, Handler]:
    """The outbox's handlers of orders' messages, by kind."""
    writers: dict[str, Writer] = {
        Announcement.OFFERED: partial(_offered, Template.ORDER_OFFERED),
        Announcement.FELL_THROUGH: partial(_offered, Template.ORDER_FELL_THROUGH),
        Announcement.LEFT_OVER: partial(_to_dispatchers, Template.ORDER_LEFT_OVER),
        Announcement.UNTAKEN: partial(_to_dispatchers, Template.ORDER_UNTAKEN),
        Announcement.ASSIGNED: partial(_to_holder, Template.ORDER_ASSIGNED),
        Announcement.CANCELLED: partial(_to_holder, Template.ORDER_CANCELLED),
        Announcement.FAILED: _failed,
        Announcement.WINDOW_OVER: _missed,
        Announcement.TAKEN: partial(to_resident, Template.ORDER_TAKEN),
        Announcement.GIVEN_BACK: tell_given_back,
        Announcement.DONE: partial(to_resident, Template.ORDER_DONE),
        **{str(end): _case_over for end in UNDECIDED},
    }
    return tellers(tenancy, messenger, writers)


async def _to_staff(
    work: Work,
    delivery: Delivery,
    order: Any,
    people: Sequence[Any],
    *,
    template: Template,
    area: str,
    part: str = "",
    **facts: object,
) -> list[Message]:
    addresses = await ways_to_each(work, [each.id for each in people])
    return [
        letter(
            work,
            delivery,
            template,
            f"-{each.id}{part}",
            to=addresses[each.id],
            language=each.language,
            number=order.number,
            kind=kind_word(order.kind, each.language),
            area=area,
            **facts,
        )
        for each in people
        if each.id in addresses
    ]


_AREA: Final = Written(select(AreaRow.name).where(AreaRow.id == Given("area_id", Uuid())))


async def _order(work: Work, delivery: Delivery) -> Any | None:
    found = await work.run(WHOLE_ORDER, order_id=UUID(delivery.reference))
    return found[0] if found else None


async def _offered(template: Template, work: Work, delivery: Delivery) -> Sequence[Message]:
    """To whoever is posted where the offer is now; nobody, once somebody has it."""
    order = await _order(work, delivery)
    if order is None or order.state is not OrderState.OPEN:
        return ()
    facts, settings = facts_of(order), order_settings(work.settings)
    rows = await read_helper_rows(work, path=facts.place.path, service_code=facts.service_code)
    asked = {row.id: row for row in rows if row.post_id == facts.asked.id}
    able = [each for row in asked.values() if unfitness(facts, each := helper_of(row), settings) is None]
    people = [asked[each.id] for each in by_fitness(facts, able)[:MOST_ASKED]]
    return await _to_staff(
        work, delivery, order, people, template=template, area=await _area(work, facts.place.id)
    )


async def _to_dispatchers(template: Template, work: Work, delivery: Delivery) -> Sequence[Message]:
    """To those who dispatch at the order's area: nobody took it; nobody, once somebody has it."""
    order = await _order(work, delivery)
    if order is None or order.state is not OrderState.OPEN:
        return ()
    area, people = await _area(work, order.area_id), await _dispatchers(work, order)
    return await _to_staff(work, delivery, order, people, template=template, area=area)


async def _dispatchers(work: Work, order: Any) -> Sequence[Any]:
    rows = await read_helper_rows(
        work, path=order.place_path, service_code=None, permission=Permission.ORDER_DISPATCH
    )
    return list({row.id: row for row in rows}.values())[:MOST_ASKED]


async def _missed(work: Work, delivery: Delivery) -> Sequence[Message]:
    """约定时段已过: to the helper and whoever leads them; to those who dispatch, while nobody has it."""
    order = await _order(work, delivery)
    if order is None or not was_missed(facts_of(order), at=delivery.at):
        return ()
    people = await _dispatchers(work, order) if order.holder_id is None else await _holder(work, order)
    if order.holder_id is not None:
        people = [*people, *await leads_of(work, order.holder_id)]
    return await _to_staff(
        work,
        delivery,
        order,
        people,
        template=Template.ORDER_WINDOW_MISSED,
        area=await _area(work, order.area_id),
        window=_window(work, order),
    )


def _window(work: Work, order: Any) -> str:
    """The agreed time as the district's clocks show it."""
    begins, ends = (each.astimezone(work.district.zone) for each in (order.window_from, order.window_until))
    return f"{begins:%m-%d %H:%M}-{ends:%H:%M}"


async def _to_holder(template: Template, work: Work, delivery: Delivery) -> Sequence[Message]:
    """To whoever has it now, or had it when it was cancelled."""
    order = await _order(work, delivery)
    if order is None or order.holder_id is None:
        return ()
    people, area = await _holder(work, order), await _area(work, order.area_id)
    return await _to_staff(work, delivery, order, people, template=template, area=area)


_ON_THE_WAY: Final = Written(
    select(OrderRow.id, OrderRow.number, OrderRow.kind, OrderRow.holder_id, OrderRow.area_id)
    .where(
        OrderRow.case_id == Given("case_id", Uuid()),
        OrderRow.kind.in_(sorted(AT_THE_DOOR)),
        OrderRow.state == OrderState.DOING,
    )
    .order_by(OrderRow.id)
)


async def _case_over(work: Work, delivery: Delivery) -> Sequence[Message]:
    """办件已结束: to whoever is on the way to a door for a case that ended undecided."""
    return [
        each
        for order in await work.run(_ON_THE_WAY, case_id=UUID(delivery.reference))
        for each in await _to_staff(
            work,
            delivery,
            order,
            await _holder(work, order),
            template=Template.ORDER_CASE_OVER,
            area=await _area(work, order.area_id),
            part=f"-{order.id}",
        )
    ]


async def _holder(work: Work, order: Any) -> Sequence[Any]:
    found: Sequence[Any] = await work.run(_STAFF, staff_id=order.holder_id)
    return found


async def _area(work: Work, area_id: UUID) -> str:
    (area,) = await work.run(_AREA, area_id=area_id)
    return str(area.name)


_STAFF: Final = Written(
    select(StaffRow.id, StaffRow.login, StaffRow.language).where(
        StaffRow.id == Given("staff_id", Uuid()), StaffRow.login.is_not(None)
    )
)


async def _failed(work: Work, delivery: Delivery) -> Sequence[Message]:
    """未办成: to whoever asked, with the time that was agreed next, if one was."""
    order = await _order(work, delivery)
    if order is None or order.state is not OrderState.FAILED:
        return ()
    if order.window_from is None or order.window_from <= delivery.at:
        return await to_resident(Template.ORDER_TRY_FAILED, work, delivery)
    return await to_resident(Template.ORDER_TRY_AGAIN, work, delivery, window=_window(work, order))
