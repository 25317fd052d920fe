"""Messages to whoever asked for an order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, select
from sqlalchemy.orm import aliased

from bangban.features.accounts.residents import PHONE_CONTEXT, ways_to_resident
from bangban.features.accounts.tables import RESIDENT_LANGUAGE, ResidentRow
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import OrderState
from bangban.features.people.tables import StaffRow
from bangban.kernel.database.written import Given, Written
from bangban.kernel.jobs.deliveries import Delivery
from bangban.kernel.jobs.letters import letter
from bangban.kernel.messenger import Message, Template
from bangban.kernel.tenancy.work import Work

_HOLDER = aliased(StaffRow)
_RESIDENT: Final = Written(
    select(
        OrderRow.number,
        OrderRow.state,
        ResidentRow.phone_sealed,
        ResidentRow.wechat_sealed,
        RESIDENT_LANGUAGE,
        _HOLDER.name.label("helper"),
    )
    .select_from(OrderRow)
    .join(ResidentRow, ResidentRow.id == OrderRow.resident_id)
    .outerjoin(_HOLDER, _HOLDER.id == OrderRow.holder_id)
    .where(OrderRow.id == Given("order_id", Uuid()), ResidentRow.phone_sealed.is_not(None))
)


async def to_resident(
    template: Template, work: Work, delivery: Delivery, **facts: object
) -> Sequence[Message]:
    """To whoever asked: who helps, and later that it is done and may be rated. Nothing while nobody has it."""
    found = await work.run(_RESIDENT, order_id=UUID(delivery.reference))
    return [
        _letter(work, delivery, template, each, helper=each.helper, **facts)
        for each in found
        if each.helper is not None
    ]


async def tell_given_back(work: Work, delivery: Delivery) -> Sequence[Message]:
    """To whoever had heard that somebody takes it: it is offered again. Nothing once somebody has it, or it is over."""
    found = await work.run(_RESIDENT, order_id=UUID(delivery.reference))
    waiting = [each for each in found if each.state is OrderState.OPEN]
    return [_letter(work, delivery, Template.ORDER_GIVEN_BACK, each) for each in waiting]


def _letter(work: Work, delivery: Delivery, template: Template, to: Any, **facts: object) -> Message:
    return letter(
        work,
        delivery,
        template,
        to=ways_to_resident(
            work.vault,
            wechat=to.wechat_sealed,
            phone=work.vault.open(to.phone_sealed, context=PHONE_CONTEXT),
        ),
        language=to.language,
        number=to.number,
        **facts,
    )
